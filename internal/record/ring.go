package record

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkprf "github.com/tink-crypto/tink-go/v2/prf"
)

// ErrUnknownKey is returned where a record names a master key that the ring
// does not hold.
var ErrUnknownKey = errors.New("unknown master key")

// Ring is a server's keys: tink keysets with key ids, and the key pair to which
// devices seal what only the server may read. Losing it loses every record; a
// backup holds it under a passphrase (Protect). It is safe for concurrent use.
type Ring struct {
	records, lookups *keyset.Handle
	// Derivations by key id. Present is the id under which records are sealed.
	recordPRFs map[uint32]*prf
	present    uint32
	lookupPRF  *prf
	escrow     *ecdh.PrivateKey
}

// SaltBytes is the size of a family's salt.
const SaltBytes = 16

// NewRing generates fresh keys. rand is used for the escrow key pair; tink
// draws its own.
func NewRing(rand io.Reader) (*Ring, error) {
	records, err := keyset.NewHandle(tinkprf.HKDFSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("generate record keys: %w", err)
	}
	lookups, err := keyset.NewHandle(tinkprf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("generate look-up keys: %w", err)
	}
	escrow, err := ecdh.X25519().GenerateKey(rand)
	if err != nil {
		return nil, fmt.Errorf("generate escrow key: %w", err)
	}
	return newRing(records, lookups, escrow)
}

func newRing(records, lookups *keyset.Handle, escrow *ecdh.PrivateKey) (*Ring, error) {
	recordPRFs, present, err := prfsOf(records)
	if err != nil {
		return nil, fmt.Errorf("record keys: %w", err)
	}
	lookupPRFs, oldest, err := prfsOf(lookups)
	if err != nil {
		return nil, fmt.Errorf("look-up keys: %w", err)
	}
	return &Ring{
		records: records, lookups: lookups, recordPRFs: recordPRFs, present: present, lookupPRF: lookupPRFs[oldest], escrow: escrow,
	}, nil
}

// String keeps the keys out of logs.
func (*Ring) String() string { return "[sealed]" }

// FamilyKey derives the key of a family's records under the present master key.
func (r *Ring) FamilyKey(salt [SaltBytes]byte) (Key, error) {
	return r.FamilyKeyOf(r.present, salt)
}

// FamilyKeyOf derives the key under the master key named, for records that an
// older one sealed. Errors: ErrUnknownKey.
func (r *Ring) FamilyKeyOf(id uint32, salt [SaltBytes]byte) (Key, error) {
	p, ok := r.recordPRFs[id]
	if !ok {
		return Key{}, fmt.Errorf("%w: %d", ErrUnknownKey, id)
	}
	secret, err := p.derive("family", salt[:])
	return Key{ID: id, secret: secret}, err
}

// purpose derives 32 bytes for one use under the oldest look-up key: these
// values are compared over time, so rotation must not move them unasked.
func (r *Ring) purpose(use string, input []byte) ([32]byte, error) {
	return r.lookupPRF.derive(use, input)
}

// IdentifierHash is the keyed hash by which an NIK or NKK is found: 128 bits,
// under a key that is not in the database. kind keeps the two apart.
func (r *Ring) IdentifierHash(kind byte, number uint64) ([16]byte, error) {
	var input [9]byte
	input[0] = kind
	binary.BigEndian.PutUint64(input[1:], number)
	h, err := r.purpose("identifier", input[:])
	return [16]byte(h[:16]), err
}

// DigestKey is a village's digest key.
func (r *Ring) DigestKey(village uint32) ([32]byte, error) {
	return r.purpose("digest", binary.BigEndian.AppendUint32(nil, village))
}

// TokenKey signs access tokens and seals what belongs to sessions.
func (r *Ring) TokenKey() ([32]byte, error) { return r.purpose("token", nil) }

// AuditKey is the seed of the key that signs checkpoints of the audit trail.
func (r *Ring) AuditKey() ([32]byte, error) { return r.purpose("audit", nil) }

// EscrowPublicKey is the X25519 public key to which devices seal, 32 bytes.
func (r *Ring) EscrowPublicKey() []byte { return r.escrow.PublicKey().Bytes() }

// TableEscrow binds changes that are sealed under an escrow key.
const TableEscrow = "escrow"

const escrowInfo = "keluarga-sehat/escrow/1"

// NewEscrow draws a key that only the server can open: enc is sent along with
// what the key seals. One serves many records, so that a save costs no public
// key operation.
func NewEscrow(rand io.Reader, serverPublicKey []byte) (key Key, enc []byte, err error) {
	public, err := ecdh.X25519().NewPublicKey(serverPublicKey)
	if err != nil {
		return Key{}, nil, fmt.Errorf("server's public key: %w", err)
	}
	recipient, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return Key{}, nil, fmt.Errorf("server's public key: %w", err)
	}
	if key, err = NewKey(rand); err != nil {
		return Key{}, nil, err
	}
	enc, err = hpke.Seal(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(escrowInfo), key.secret[:])
	if err != nil {
		return Key{}, nil, fmt.Errorf("seal escrow key: %w", err)
	}
	return key, enc, nil
}

// OpenEscrow opens what NewEscrow gave. Errors: ErrSealed.
func (r *Ring) OpenEscrow(enc []byte) (Key, error) {
	private, err := hpke.NewDHKEMPrivateKey(r.escrow)
	if err != nil {
		return Key{}, fmt.Errorf("escrow key: %w", err)
	}
	secret, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(escrowInfo), enc)
	if err != nil {
		return Key{}, fmt.Errorf("%w: escrow key", ErrSealed)
	}
	return KeyFromBytes(0, secret)
}

// ringFile is the ring as written to a file.
type ringFile struct {
	Version int             `json:"version"`
	Records json.RawMessage `json:"records"`
	Lookups json.RawMessage `json:"lookups"`
	Escrow  []byte          `json:"escrow"`
}

// Marshal is the ring in the clear, for a file that only the server may read.
func (r *Ring) Marshal() ([]byte, error) {
	records, err := marshalKeyset(r.records)
	if err != nil {
		return nil, err
	}
	lookups, err := marshalKeyset(r.lookups)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(ringFile{Version: 1, Records: records, Lookups: lookups, Escrow: r.escrow.Bytes()}, "", "  ")
}

func marshalKeyset(h *keyset.Handle) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return b.Bytes(), nil
}

// UnmarshalRing reads what Marshal wrote.
func UnmarshalRing(data []byte) (*Ring, error) {
	var f ringFile
	if err := json.Unmarshal(data, &f); err != nil || f.Version != 1 {
		return nil, fmt.Errorf("%w: no key file", ErrUnknownForm)
	}
	records, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Records)))
	if err != nil {
		return nil, fmt.Errorf("read record keys: %w", err)
	}
	lookups, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Lookups)))
	if err != nil {
		return nil, fmt.Errorf("read look-up keys: %w", err)
	}
	escrow, err := ecdh.X25519().NewPrivateKey(f.Escrow)
	if err != nil {
		return nil, fmt.Errorf("read escrow key: %w", err)
	}
	return newRing(records, lookups, escrow)
}

// Protect encrypts data (a marshalled ring) under a passphrase, in the age
// format, so that age itself can open it in an emergency.
func Protect(dst io.Writer, passphrase string, data []byte) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("passphrase: %w", err)
	}
	w, err := age.Encrypt(dst, recipient)
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	return w.Close()
}

// Unprotect undoes Protect. Errors: ErrWrongPassword.
func Unprotect(src io.Reader, passphrase string) ([]byte, error) {
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	r, err := age.Decrypt(src, identity)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrWrongPassword, err)
	}
	return io.ReadAll(io.LimitReader(r, MaxPlainBytes))
}
