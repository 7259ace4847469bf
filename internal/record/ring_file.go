package record

import (
	"bytes"
	"crypto/ecdh"
	"encoding/json"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Versions of the key file: 2 is written by a ring that was rotated, and 3 by one that keeps
// former keys, each of which older programs could not use: what is retired they took for live.
const (
	ringFileFirst   = 1
	ringFileRotated = 2
	ringFileKept    = 3
)

// ringFile is the ring as written to a file.
type ringFile struct {
	Version int             `json:"version"`
	Records json.RawMessage `json:"records"`
	Lookups json.RawMessage `json:"lookups"`
	Escrow  []byte          `json:"escrow"`
	// Of a rotated ring alone.
	Uses           *lookupUses     `json:"uses,omitempty"`
	FormerEscrows  [][]byte        `json:"former_escrows,omitempty"`
	FormerAuditors []FormerAuditor `json:"former_auditors,omitempty"`
	FormerKeys     []FormerKeys    `json:"former_keys,omitempty"`
	RotatedMS      int64           `json:"rotated_ms,omitempty"`
}

// Marshal is the ring in the clear, for a file that only the server may read.
func (r *Ring) Marshal() ([]byte, error) {
	f := ringFile{Version: ringFileFirst, Escrow: r.escrows[0].Bytes()}
	var err error
	if f.Records, err = marshalKeyset(r.records); err != nil {
		return nil, err
	}
	if f.Lookups, err = marshalKeyset(r.lookups); err != nil {
		return nil, err
	}
	if r.rotatedMS != 0 {
		f.Version, f.Uses, f.FormerAuditors, f.FormerKeys, f.RotatedMS = ringFileRotated, &r.uses, r.auditors, r.former, r.rotatedMS
		for _, e := range r.escrows[1:] {
			f.FormerEscrows = append(f.FormerEscrows, e.Bytes())
		}
	}
	if len(r.former) > 0 {
		f.Version = ringFileKept
	}
	return json.MarshalIndent(f, "", "  ")
}

func marshalKeyset(h *keyset.Handle) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return b.Bytes(), nil
}

// UnmarshalRing reads what Marshal wrote. Errors: ErrUnknownForm.
func UnmarshalRing(data []byte) (*Ring, error) {
	var f ringFile
	if err := json.Unmarshal(data, &f); err != nil || f.Version < ringFileFirst || f.Version > ringFileKept {
		return nil, fmt.Errorf("%w: no key file", ErrUnknownForm)
	}
	r := &Ring{auditors: f.FormerAuditors, former: f.FormerKeys, rotatedMS: f.RotatedMS}
	var err error
	if r.records, err = insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Records))); err != nil {
		return nil, fmt.Errorf("read record keys: %w", err)
	}
	if r.lookups, err = insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Lookups))); err != nil {
		return nil, fmt.Errorf("read look-up keys: %w", err)
	}
	for _, b := range append([][]byte{f.Escrow}, f.FormerEscrows...) {
		pair, err := ecdh.X25519().NewPrivateKey(b)
		if err != nil {
			return nil, fmt.Errorf("read escrow key: %w", err)
		}
		r.escrows = append(r.escrows, pair)
	}
	if f.Uses != nil {
		r.uses = *f.Uses
	}
	return r.derive()
}

// PassphraseWork is what each try of a passphrase costs: scrypt of 2^18, 256 MiB and a
// second.
const PassphraseWork = 18

// Protect encrypts data (a marshalled ring) under a passphrase, at a cost as
// PassphraseWork, in the age format, so that age itself can open it in an emergency.
func Protect(dst io.Writer, passphrase string, work int, data []byte) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("passphrase: %w", err)
	}
	recipient.SetWorkFactor(work)
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
