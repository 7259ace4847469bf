package record

import (
	"bytes"
	"cmp"
	"crypto/ecdh"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"google.golang.org/protobuf/proto"
)

// FormerKeys are keys that a rotation has replaced. Once they are retired the key file
// still holds them, disabled: nothing is opened by them, no token verified and nothing found,
// until TakeUp; for a store that lags, or was put back, is still under them.
type FormerKeys struct {
	Record uint32 `json:"record"`
	// LookUp is what identifiers were hashed by; 0: not known.
	LookUp uint32 `json:"look_up"`
	// UntilMS is when they were replaced.
	UntilMS int64 `json:"until_ms"`
}

// Rotating tells whether the ring holds record keys that a rotation has yet to
// retire.
func (r *Ring) Rotating() bool { return len(r.recordPRFs) > 1 }

// FormerKeys are those that are retired and kept, oldest first.
func (r *Ring) FormerKeys() (kept []FormerKeys) {
	for _, f := range r.former {
		if r.recordPRFs[f.Record] == nil {
			kept = append(kept, f)
		}
	}
	return kept
}

// Retire gives the ring in which those keys are disabled that a rotation has replaced: record
// keys but the present one, and look-up keys from which nothing is derived any more. Former
// escrow keys stay, for what devices sealed and have not sent.
func (r *Ring) Retire() (*Ring, error) {
	next := r.clone()
	for id := range r.recordPRFs {
		listed := slices.ContainsFunc(r.former, func(f FormerKeys) bool { return f.Record == id })
		if id != r.present && !listed { // a rotation that an older program began
			next.former = append(next.former, FormerKeys{Record: id, UntilMS: r.rotatedMS})
		}
	}
	return next, next.change((*keyset.Manager).Disable)
}

// TakeUp gives the ring that opens by retired keys again, to seal anew what is under them;
// nothing is sealed by them.
func (r *Ring) TakeUp() (*Ring, error) {
	next := r.clone()
	return next, next.change((*keyset.Manager).Enable)
}

// Drop gives the ring without the retired keys, for good.
func (r *Ring) Drop() (*Ring, error) {
	if r.Rotating() {
		return nil, errors.New("keys are being rotated")
	}
	next := r.clone()
	next.former = nil
	return next, next.change((*keyset.Manager).Delete)
}

// Before gives the ring as it was while records were sealed under a former key; nil: it is
// not known, or not taken up.
func (r *Ring) Before(record uint32) *Ring {
	for _, f := range r.former {
		if f.Record == record && r.recordPRFs[record] != nil && r.lookupPRFs[f.LookUp] != nil {
			next := r.clone()
			next.present, next.uses.Identifier = record, f.LookUp
			return next
		}
	}
	return nil
}

// Join gives the ring with the keys of another key file of the same installation that it does
// not hold, as taken up.
func (r *Ring) Join(other *Ring) (*Ring, error) {
	if other.lookupPRFs[r.uses.Digest] == nil {
		return nil, errors.New("the key file is of another installation")
	}
	if other.rotatedMS > r.rotatedMS {
		return nil, errors.New("the key file is newer than the present one, whose place it takes")
	}
	next := r.clone()
	next.former = append(next.former, other.former...)
	if other.present != r.present {
		next.former = append(next.former, FormerKeys{Record: other.present, LookUp: other.uses.Identifier, UntilMS: r.rotatedMS})
	}
	slices.SortStableFunc(next.former, func(a, b FormerKeys) int { return int(a.Record) - int(b.Record) })
	next.former = slices.CompactFunc(next.former, func(a, b FormerKeys) bool { return a.Record == b.Record })
	slices.SortStableFunc(next.former, func(a, b FormerKeys) int { return int(a.UntilMS - b.UntilMS) })
	next.escrows = joinedEscrows(r.escrows, other.escrows)
	var err error
	if next.auditors, err = r.joinedAuditors(other); err != nil {
		return nil, err
	}
	if next.records, err = joined(r.records, other.records); err != nil {
		return nil, fmt.Errorf("join record keys: %w", err)
	}
	if next.lookups, err = joined(r.lookups, other.lookups); err != nil {
		return nil, fmt.Errorf("join look-up keys: %w", err)
	}
	return next.TakeUp()
}

// Holds tells whether the ring has every key of another, in use or retired.
func (r *Ring) Holds(other *Ring) bool {
	return len(missing(r.records, other.records)) == 0 && len(missing(r.lookups, other.lookups)) == 0 &&
		len(joinedEscrows(r.escrows, other.escrows)) == len(r.escrows)
}

// missing are the keys of another keyset that one does not have.
func missing(h, other *keyset.Handle) (keys []*tinkpb.Keyset_Key) {
	held := map[uint32]bool{}
	for _, k := range insecurecleartextkeyset.KeysetMaterial(h).GetKey() {
		held[k.GetKeyId()] = true
	}
	for _, k := range insecurecleartextkeyset.KeysetMaterial(other).GetKey() {
		if !held[k.GetKeyId()] {
			keys = append(keys, k)
		}
	}
	return keys
}

// joinedEscrows keeps the order, in which the first is in use.
func joinedEscrows(pairs, others []*ecdh.PrivateKey) []*ecdh.PrivateKey {
	all := slices.Clone(pairs)
	for _, o := range others {
		if !slices.ContainsFunc(all, func(p *ecdh.PrivateKey) bool { return p.Equal(o) }) {
			all = append(all, o)
		}
	}
	return all
}

// joinedAuditors are oldest first. What another ring signs by, and this one has no trace of,
// was in use until this one's keys were made.
func (r *Ring) joinedAuditors(other *Ring) ([]FormerAuditor, error) {
	present, err := r.auditor()
	if err != nil {
		return nil, err
	}
	theirs, err := other.auditor()
	if err != nil {
		return nil, err
	}
	all := slices.Clone(r.auditors)
	for _, a := range append(slices.Clone(other.auditors), FormerAuditor{PublicKey: theirs, UntilMS: r.rotatedMS}) {
		held := slices.ContainsFunc(all, func(b FormerAuditor) bool { return b.PublicKey.Equal(a.PublicKey) })
		if !held && !present.Equal(a.PublicKey) {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b FormerAuditor) int { return cmp.Compare(a.UntilMS, b.UntilMS) })
	return all, nil
}

func joined(h, other *keyset.Handle) (*keyset.Handle, error) {
	all := insecurecleartextkeyset.KeysetMaterial(h)
	all.Key = append(all.Key, missing(h, other)...)
	data, err := proto.Marshal(all)
	if err != nil {
		return nil, err
	}
	return insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(data)))
}

func (r *Ring) clone() *Ring {
	next := *r
	next.former = slices.Clone(r.former)
	return &next
}

// change does the same with all keys that are not in use, and derives anew.
func (r *Ring) change(do func(*keyset.Manager, uint32) error) (err error) {
	if r.records, err = changed(r.records, do, r.present); err != nil {
		return fmt.Errorf("record keys: %w", err)
	}
	if r.lookups, err = changed(r.lookups, do, r.uses.Identifier, r.uses.Digest, r.uses.Token, r.uses.Audit); err != nil {
		return fmt.Errorf("look-up keys: %w", err)
	}
	_, err = r.derive()
	return err
}

func changed(h *keyset.Handle, do func(*keyset.Manager, uint32) error, kept ...uint32) (*keyset.Handle, error) {
	m := keyset.NewManagerFromHandle(h)
	for _, k := range insecurecleartextkeyset.KeysetMaterial(h).GetKey() {
		if slices.Contains(kept, k.GetKeyId()) {
			continue
		}
		if err := do(m, k.GetKeyId()); err != nil {
			return nil, err
		}
	}
	return m.Handle()
}
