package record

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkprf "github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// FormerAuditor verifies checkpoints of the audit trail that were signed before a
// rotation.
type FormerAuditor struct {
	PublicKey ed25519.PublicKey `json:"public_key"`
	// UntilMS is when its key signed no more: a later checkpoint by it is forged.
	UntilMS int64 `json:"until_ms"`
}

// Rotate gives a ring with new keys: under them records are sealed, identifiers
// are hashed, tokens signed, checkpoints signed, and to a new one devices seal. It
// still opens everything that the present ring opens, but what was retired; Rotating
// tells it from one that is retired. Digest keys stay.
func (r *Ring) Rotate(rand io.Reader, now time.Time) (*Ring, error) {
	if r.Rotating() {
		return nil, fmt.Errorf("keys are being rotated already")
	}
	next := &Ring{uses: r.uses, rotatedMS: now.UnixMilli()}
	next.former = append(slices.Clone(r.former), FormerKeys{Record: r.present, LookUp: r.uses.Identifier, UntilMS: now.UnixMilli()})
	var err error
	if next.records, _, err = withNewKey(r.records, tinkprf.HKDFSHA256PRFKeyTemplate, true); err != nil {
		return nil, fmt.Errorf("generate record keys: %w", err)
	}
	// The first look-up key stays the primary one: digests are derived from it.
	var id uint32
	if next.lookups, id, err = withNewKey(r.lookups, tinkprf.HMACSHA256PRFKeyTemplate, false); err != nil {
		return nil, fmt.Errorf("generate look-up keys: %w", err)
	}
	next.uses.Identifier, next.uses.Token, next.uses.Audit = id, id, id
	pair, err := ecdh.X25519().GenerateKey(rand)
	if err != nil {
		return nil, fmt.Errorf("generate escrow key: %w", err)
	}
	next.escrows = append([]*ecdh.PrivateKey{pair}, r.escrows...)
	public, err := r.auditor()
	if err != nil {
		return nil, err
	}
	next.auditors = append(slices.Clone(r.auditors), FormerAuditor{PublicKey: public, UntilMS: now.UnixMilli()})
	return next.derive()
}

// auditor verifies what the ring signs now.
func (r *Ring) auditor() (ed25519.PublicKey, error) {
	seed, err := r.AuditKey()
	if err != nil {
		return nil, err
	}
	public, ok := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("audit key without a public one")
	}
	return public, nil
}

func withNewKey(h *keyset.Handle, template func() *tinkpb.KeyTemplate, primary bool) (*keyset.Handle, uint32, error) {
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(template())
	if err == nil && primary {
		err = m.SetPrimary(id)
	}
	if err != nil {
		return nil, 0, err
	}
	out, err := m.Handle()
	return out, id, err
}

// PresentKey is the id of the master key under which records are sealed.
func (r *Ring) PresentKey() uint32 { return r.present }

// RotatedAt is when the keys were last rotated; zero: never.
func (r *Ring) RotatedAt() time.Time {
	if r.rotatedMS == 0 {
		return time.Time{}
	}
	return time.UnixMilli(r.rotatedMS)
}

// FormerAuditors are those of former rotations, oldest first.
func (r *Ring) FormerAuditors() []FormerAuditor { return r.auditors }
