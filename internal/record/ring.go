package record

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkprf "github.com/tink-crypto/tink-go/v2/prf"
)

// ErrUnknownKey is returned where a record names a master key that the ring
// does not hold.
var ErrUnknownKey = errors.New("unknown master key")

// Ring is a server's keys: tink keysets with key ids, and the key pair to which
// devices seal what only the server may read. Losing it loses every record; a
// backup holds it under a passphrase (Protect). It does not change: Rotate,
// Retire and their like give another. It is safe for concurrent use.
type Ring struct {
	records, lookups *keyset.Handle
	// Derivations by key id. Present is the id under which records are sealed, uses
	// are those under which the rest is derived.
	recordPRFs, lookupPRFs map[uint32]*prf
	present                uint32
	uses                   lookupUses
	// escrows are the key pairs to which devices may have sealed, the newest first.
	escrows   []*ecdh.PrivateKey
	auditors  []FormerAuditor
	former    []FormerKeys
	rotatedMS int64
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
	return (&Ring{records: records, lookups: lookups, escrows: []*ecdh.PrivateKey{escrow}}).derive()
}

// derive makes ready what the keysets give. Uses that are not set are the first
// look-up key's.
func (r *Ring) derive() (_ *Ring, err error) {
	if r.recordPRFs, r.present, err = prfsOf(r.records); err != nil {
		return nil, fmt.Errorf("record keys: %w", err)
	}
	var first uint32
	if r.lookupPRFs, first, err = prfsOf(r.lookups); err != nil {
		return nil, fmt.Errorf("look-up keys: %w", err)
	}
	for _, use := range r.uses.all() {
		if *use == 0 {
			*use = first
		}
		if r.lookupPRFs[*use] == nil {
			return nil, fmt.Errorf("look-up keys: %w: %d", ErrUnknownKey, *use)
		}
	}
	return r, nil
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

// lookupUses say from which look-up key each use derives, by key id.
type lookupUses struct {
	Identifier uint32 `json:"identifier"`
	Digest     uint32 `json:"digest"` // and NumberName, DecisionProof
	Token      uint32 `json:"token"`
	Audit      uint32 `json:"audit"`
}

func (u *lookupUses) all() []*uint32 {
	return []*uint32{&u.Identifier, &u.Digest, &u.Token, &u.Audit}
}

// IdentifierHash is the keyed hash by which an NIK or NKK is found: 128 bits,
// under a key that is not in the database. kind keeps the two apart.
func (r *Ring) IdentifierHash(kind byte, number uint64) ([16]byte, error) {
	var input [9]byte
	input[0] = kind
	binary.BigEndian.PutUint64(input[1:], number)
	h, err := r.lookupPRFs[r.uses.Identifier].derive("identifier", input[:])
	return [16]byte(h[:16]), err
}

// IdentifierKey names the key of IdentifierHash; another after a rotation.
func (r *Ring) IdentifierKey() uint32 { return r.uses.Identifier }

// DigestKey is a village's digest key. Rotation keeps it: devices hold it, and
// compare by it what they hold.
func (r *Ring) DigestKey(village uint32) ([32]byte, error) {
	return r.lookupPRFs[r.uses.Digest].derive("digest", binary.BigEndian.AppendUint32(nil, village))
}

// NumberName names an NIK or NKK where the name goes into what people decide of
// families that share it, so that it outlasts a rotation, and is never stored by
// itself: 256 bits.
func (r *Ring) NumberName(kind byte, number uint64) ([32]byte, error) {
	return r.lookupPRFs[r.uses.Digest].derive("number", binary.BigEndian.AppendUint64([]byte{kind}, number))
}

// DecisionProof is the keyed hash by which the server knows again a decision, by its content
// hash, that it has applied. Rotation keeps its key: devices hold proofs, and show them to a
// server that was restored.
func (r *Ring) DecisionProof(content [32]byte) ([32]byte, error) {
	return r.lookupPRFs[r.uses.Digest].derive("decision", content[:])
}

// TokenKey is the secret that signs access tokens, with the id of the look-up key
// that it comes from.
func (r *Ring) TokenKey() (secret [32]byte, id uint32, err error) {
	secret, err = r.lookupPRFs[r.uses.Token].derive("token", nil)
	return secret, r.uses.Token, err
}

// SessionKey seals what belongs to sessions, under the look-up key named; 0: the
// first, whose id was not written beside what it sealed. Errors: ErrUnknownKey.
func (r *Ring) SessionKey(id uint32) (Key, error) {
	from := id
	if id == 0 {
		from = r.uses.Digest // which stays the first
	}
	p, ok := r.lookupPRFs[from]
	if !ok {
		return Key{}, fmt.Errorf("%w: %d", ErrUnknownKey, id)
	}
	secret, err := p.derive("token", nil)
	return Key{ID: id, secret: secret}, err
}

// AuditKey is the seed of the key that signs checkpoints of the audit trail.
func (r *Ring) AuditKey() ([32]byte, error) {
	return r.lookupPRFs[r.uses.Audit].derive("audit", nil)
}

// EscrowPublicKey is the X25519 public key to which devices seal, 32 bytes.
func (r *Ring) EscrowPublicKey() []byte { return r.escrows[0].PublicKey().Bytes() }

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

// OpenEscrow opens what NewEscrow gave, under this key pair or a former one.
// Errors: ErrSealed.
func (r *Ring) OpenEscrow(enc []byte) (Key, error) {
	for _, pair := range r.escrows {
		private, err := hpke.NewDHKEMPrivateKey(pair)
		if err != nil {
			return Key{}, fmt.Errorf("escrow key: %w", err)
		}
		if secret, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(escrowInfo), enc); err == nil {
			return KeyFromBytes(0, secret)
		}
	}
	return Key{}, fmt.Errorf("%w: escrow key", ErrSealed)
}
