package ingest

import (
	"fmt"
	"io"
	"sync"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

// Tables that sealed payloads are bound to.
const (
	tableFamily     = "family"
	tableReview     = "family.review"
	tableHistory    = "history"
	tableQuarantine = "quarantine"
	tableNotice     = "notice"
	tableBatch      = "batch"
)

// Vault seals and opens the server's records. Safe for concurrent use.
type Vault struct {
	ring    *record.Ring
	rand    io.Reader
	sealers sync.Pool
}

// NewVault makes a Vault over a ring; rand gives salts and nonces and must be
// safe for concurrent use.
func NewVault(ring *record.Ring, rand io.Reader) *Vault {
	return &Vault{ring: ring, rand: rand, sealers: sync.Pool{}}
}

// Ring is the vault's keys.
func (v *Vault) Ring() *record.Ring { return v.ring }

func (v *Vault) sealer() (*record.Sealer, error) {
	if s, ok := v.sealers.Get().(*record.Sealer); ok {
		return s, nil
	}
	return record.NewSealer(v.rand)
}

// NewSalt draws a salt.
func (v *Vault) NewSalt() (salt [16]byte, err error) {
	if _, err = io.ReadFull(v.rand, salt[:]); err != nil {
		return salt, fmt.Errorf("draw salt: %w", err)
	}
	return salt, nil
}

// Seal seals a payload under a salt's key.
func (v *Vault) Seal(salt [16]byte, bind record.Binding, plain []byte) ([]byte, error) {
	key, err := v.ring.FamilyKey(salt)
	if err != nil {
		return nil, err
	}
	return v.sealWith(key, bind, plain)
}

// sealWith seals a payload under a key derived before.
func (v *Vault) sealWith(key record.Key, bind record.Binding, plain []byte) ([]byte, error) {
	s, err := v.sealer()
	if err != nil {
		return nil, err
	}
	defer v.sealers.Put(s)
	return s.Seal(nil, key, bind, plain)
}

// Open opens a payload, under the master key that sealed it.
func (v *Vault) Open(salt [16]byte, bind record.Binding, sealed []byte) ([]byte, error) {
	id, err := record.KeyID(sealed)
	if err != nil {
		return nil, err
	}
	key, err := v.ring.FamilyKeyOf(id, salt)
	if err != nil {
		return nil, err
	}
	s, err := v.sealer()
	if err != nil {
		return nil, err
	}
	defer v.sealers.Put(s)
	return s.Open(nil, key, bind, sealed)
}

func familyBinding(f *store.Family) record.Binding {
	return record.Binding{Table: tableFamily, ID: f.ID, Extra: uint64(f.Village)}
}

// OpenFamily gives a family's digest, its canonical bytes and its state.
func (v *Vault) OpenFamily(f *store.Family) (merge.Digest, []byte, merge.State, error) {
	d, canonical, err := v.OpenCanonical(f)
	if err != nil {
		return merge.Digest{}, nil, merge.State{}, err
	}
	state, err := merge.Decode(canonical)
	if err != nil {
		return d, nil, merge.State{}, fmt.Errorf("decode family %s: %w", f.ID, err)
	}
	return d, canonical, state, nil
}

// OpenCanonical gives a family's digest and its canonical bytes.
func (v *Vault) OpenCanonical(f *store.Family) (d merge.Digest, canonical []byte, err error) {
	plain, err := v.Open(f.Salt, familyBinding(f), f.Payload)
	if err != nil {
		return d, nil, fmt.Errorf("open family %s: %w", f.ID, err)
	}
	if len(plain) < len(d) {
		return d, nil, fmt.Errorf("open family %s: %w", f.ID, merge.ErrMalformedState)
	}
	return merge.Digest(plain[:len(d)]), plain[len(d):], nil
}

// sealFamily seals a family: plain is its digest, then its canonical state.
func (v *Vault) sealFamily(f *store.Family, plain []byte) error {
	key, err := v.ring.FamilyKey(f.Salt)
	if err != nil {
		return err
	}
	return v.sealFamilyWith(key, f, plain)
}

// sealFamilyWith is sealFamily under the family's key, derived before.
func (v *Vault) sealFamilyWith(key record.Key, f *store.Family, plain []byte) (err error) {
	f.Payload, err = v.sealWith(key, familyBinding(f), plain)
	return err
}

func historyBinding(village uint32, change merge.ID) record.Binding {
	return record.Binding{Table: tableHistory, ID: change, Extra: uint64(village)}
}

// OpenHistory gives the Change message's bytes of a history entry of a family
// with the salt.
func (v *Vault) OpenHistory(village uint32, salt [16]byte, e *store.Entry) ([]byte, error) {
	return v.Open(salt, historyBinding(village, e.Change), e.Payload)
}

// OpenQuarantine gives the Change message's bytes.
func (v *Vault) OpenQuarantine(q *store.Quarantine) ([]byte, error) {
	return v.Open(q.Salt, record.Binding{Table: tableQuarantine, ID: q.Change, Extra: uint64(q.Village)}, q.Payload)
}

// OpenNotice gives the FeedNotice's bytes.
func (v *Vault) OpenNotice(n *store.Notice) ([]byte, error) {
	return v.Open(n.Salt, record.Binding{Table: tableNotice, Extra: uint64(n.Account)}, n.Payload)
}

// SealNotice seals a decision for an account.
func (v *Vault) SealNotice(account uint32, plain []byte) (store.Notice, error) {
	n := store.Notice{Account: account}
	var err error
	if n.Salt, err = v.NewSalt(); err != nil {
		return n, err
	}
	n.Payload, err = v.Seal(n.Salt, record.Binding{Table: tableNotice, Extra: uint64(account)}, plain)
	return n, err
}

// OpenReview gives the FamilyReview's bytes; nil where there is none.
func (v *Vault) OpenReview(f *store.Family) ([]byte, error) {
	if f.Review == nil {
		return nil, nil
	}
	return v.Open(f.Salt, record.Binding{Table: tableReview, ID: f.ID, Extra: uint64(f.Village)}, f.Review)
}

func (v *Vault) sealReview(f *store.Family, plain []byte) (err error) {
	f.Review, err = v.Seal(f.Salt, record.Binding{Table: tableReview, ID: f.ID, Extra: uint64(f.Village)}, plain)
	return err
}

// openDeposited opens a change that a device had sealed under an escrow key.
func (v *Vault) openDeposited(key record.Key, id merge.ID, sealed []byte) ([]byte, error) {
	s, err := v.sealer()
	if err != nil {
		return nil, err
	}
	defer v.sealers.Put(s)
	return s.Open(nil, key, record.Binding{Table: record.TableEscrow, ID: id}, sealed)
}
