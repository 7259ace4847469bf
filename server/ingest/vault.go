package ingest

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Tables that sealed payloads are bound to.
const (
	tableFamily     = "family"
	tableReview     = "family.review"
	tableApproved   = "family.approved"
	tableJudged     = "family.judged"
	tableVerdict    = "verdict"
	tableHistory    = "history"
	tableQuarantine = "quarantine"
	tableContent    = "quarantine.content"
	tableNotice     = "notice"
	tableBatch      = "batch"
)

// Vault seals and opens the server's records. Safe for concurrent use.
type Vault struct {
	// Log is told of families whose state does not open; nil: nobody is.
	Log *slog.Logger

	ring    *record.Ring
	rand    io.Reader
	sealers sync.Pool
	// told and proven are of damaged families: what the log was told, and their digests.
	told, proven sync.Map
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

// OpenFamily gives a family's digest, its canonical bytes and its state, as they are
// stored; ReadFamily gives them where that is damaged, too.
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
	return v.Open(q.Salt, quarantineBinding(q), q.Payload)
}

// QuarantinedContent is the content hash (merge.ContentHash) of a quarantined change as it
// came, whatever was erased of it since.
func (v *Vault) QuarantinedContent(q *store.Quarantine) (hash [sha256.Size]byte, err error) {
	if len(q.ContentHash) > 0 {
		plain, err := v.Open(q.Salt, quarantinedContentBinding(q), q.ContentHash)
		copy(hash[:], plain)
		return hash, err
	}
	plain, err := v.OpenQuarantine(q)
	if err != nil {
		return hash, err
	}
	var held ksv1.Change
	if err := proto.Unmarshal(plain, &held); err != nil {
		return hash, fmt.Errorf("decode quarantined change: %w", err)
	}
	return merge.ContentHash(&held), nil
}

// sealContent seals that hash under the row's salt.
func (v *Vault) sealContent(q *store.Quarantine, hash [sha256.Size]byte) ([]byte, error) {
	return v.Seal(q.Salt, quarantinedContentBinding(q), hash[:])
}

func quarantinedContentBinding(q *store.Quarantine) record.Binding {
	return record.Binding{Table: tableContent, ID: q.Change, Extra: uint64(q.Village)}
}

func quarantineBinding(q *store.Quarantine) record.Binding {
	return record.Binding{Table: tableQuarantine, ID: q.Change, Extra: uint64(q.Village)}
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

// FamilyReview gives where a family stands in review; nil where it was never
// submitted.
func (v *Vault) FamilyReview(f *store.Family) (*ksv1.FamilyReview, error) {
	if f.Review == nil {
		return nil, nil
	}
	plain, err := v.Open(f.Salt, stateBinding(f, tableReview), f.Review)
	if err != nil {
		return nil, fmt.Errorf("open review of family %s: %w", f.ID, err)
	}
	review := &ksv1.FamilyReview{}
	if err := proto.Unmarshal(plain, review); err != nil {
		return nil, fmt.Errorf("decode review of family %s: %w", f.ID, err)
	}
	return review, nil
}

func (v *Vault) sealReview(f *store.Family, review *ksv1.FamilyReview) error {
	plain, err := proto.Marshal(review)
	if err != nil {
		return fmt.Errorf("encode review of family %s: %w", f.ID, err)
	}
	f.Review, err = v.Seal(f.Salt, stateBinding(f, tableReview), plain)
	return err
}

func stateBinding(f *store.Family, table string) record.Binding {
	return record.Binding{Table: table, ID: f.ID, Extra: uint64(f.Village)}
}

// sealState seals a state kept beside the current one; plain is as sealFamily's.
func (v *Vault) sealState(f *store.Family, table string, plain []byte) ([]byte, error) {
	return v.Seal(f.Salt, stateBinding(f, table), plain)
}

// OpenApproved gives a family's state as last approved; nil: it never was.
func (v *Vault) OpenApproved(f *store.Family) (*merge.State, error) {
	return v.openState(f, tableApproved, f.ApprovedPayload)
}

// OpenJudged gives a family's state as the last verdict judged it; nil: none
// was passed.
func (v *Vault) OpenJudged(f *store.Family) (*merge.State, error) {
	if f.JudgedPayload == nil {
		return v.OpenApproved(f)
	}
	return v.openState(f, tableJudged, f.JudgedPayload)
}

func (v *Vault) openState(f *store.Family, table string, sealed []byte) (*merge.State, error) {
	if sealed == nil {
		return nil, nil
	}
	plain, err := v.Open(f.Salt, stateBinding(f, table), sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", table, f.ID, err)
	}
	if len(plain) < len(merge.Digest{}) {
		return nil, fmt.Errorf("open %s of %s: %w", table, f.ID, merge.ErrMalformedState)
	}
	state, err := merge.Decode(plain[len(merge.Digest{}):])
	if err != nil {
		return nil, fmt.Errorf("decode %s of %s: %w", table, f.ID, err)
	}
	return &state, nil
}

func (v *Vault) sealVerdict(row *store.Verdict, salt [16]byte, verdict *ksv1.Verdict) error {
	plain, err := proto.Marshal(verdict)
	if err != nil {
		return fmt.Errorf("encode verdict: %w", err)
	}
	row.Payload, err = v.Seal(salt, record.Binding{Table: tableVerdict, ID: row.ID, Extra: uint64(row.Village)}, plain)
	return err
}

// OpenVerdict gives a verdict on a family with the salt.
func (v *Vault) OpenVerdict(row *store.Verdict, salt [16]byte) (*ksv1.Verdict, error) {
	plain, err := v.Open(salt, record.Binding{Table: tableVerdict, ID: row.ID, Extra: uint64(row.Village)}, row.Payload)
	if err != nil {
		return nil, fmt.Errorf("open verdict %s: %w", row.ID, err)
	}
	verdict := &ksv1.Verdict{}
	if err := proto.Unmarshal(plain, verdict); err != nil {
		return nil, fmt.Errorf("decode verdict %s: %w", row.ID, err)
	}
	return verdict, nil
}

func (v *Vault) sealBatch(row *store.Batch, batch *ksv1.Batch) error {
	plain, err := proto.Marshal(batch)
	if err != nil {
		return fmt.Errorf("encode batch: %w", err)
	}
	row.Payload, err = v.Seal(row.Salt, record.Binding{Table: tableBatch, ID: row.ID, Extra: uint64(row.Village)}, plain)
	return err
}

// OpenBatch gives a batch.
func (v *Vault) OpenBatch(row *store.Batch) (*ksv1.Batch, error) {
	plain, err := v.Open(row.Salt, record.Binding{Table: tableBatch, ID: row.ID, Extra: uint64(row.Village)}, row.Payload)
	if err != nil {
		return nil, fmt.Errorf("open batch %s: %w", row.ID, err)
	}
	batch := &ksv1.Batch{}
	if err := proto.Unmarshal(plain, batch); err != nil {
		return nil, fmt.Errorf("decode batch %s: %w", row.ID, err)
	}
	return batch, nil
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
