package ingest

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Past is what a damaged family is made anew from, and held against: all of one snapshot.
type Past interface {
	// History is that of store.FamilyReader, the others are those of store.FeedReader.
	History(ctx context.Context, village uint32, family merge.ID, before uint64, limit int) ([]store.Entry, error)
	PlacesOf(ctx context.Context, village uint32) ([]store.Place, error)
	StatesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) ([]store.Family, error)
}

// rejoinPage is how many changes or families are read at a time.
const rejoinPage = 500

// ReadFamily is OpenFamily, but of a family whose state does not open it gives what its
// history joins to, once that is proven to be the same: the digests of all families of its RT
// add up to the sum that is kept of the RT. Whatever changes its state then, Recompute or Mend
// mend it. Where nothing is proven, the error is that of the state. Either way the log names
// it, once. The row must be of the past's snapshot.
func (v *Vault) ReadFamily(ctx context.Context, past Past, f *store.Family) (merge.Digest, []byte, merge.State, error) {
	d, canonical, state, err := v.OpenFamily(f)
	if !Unopened(err) {
		return d, canonical, state, err
	}
	made, unproven := v.rejoin(ctx, past, f)
	switch {
	case unproven == nil:
		v.tell(f, "a family's state does not open, and is read from its history: ks-server recompute writes it anew", "error", err)
		return made.digest, made.canonical, made.state, nil
	case !Unopened(unproven) && !errors.Is(unproven, store.ErrDamaged):
		return d, nil, state, unproven // the store could not be read
	}
	v.tell(f, "a family's state does not open, and its history does not prove what it was", "error", err, "history", unproven)
	return d, nil, state, fmt.Errorf("%w; its history: %v", err, unproven)
}

// ReadCanonical is ReadFamily for who needs no more than the canonical bytes.
func (v *Vault) ReadCanonical(ctx context.Context, past Past, f *store.Family) (merge.Digest, []byte, error) {
	d, canonical, err := v.OpenCanonical(f)
	if Unopened(err) {
		d, canonical, _, err = v.ReadFamily(ctx, past, f)
	}
	return d, canonical, err
}

// ReadLater is ReadFamily of a row whose snapshot is over: where it does not open, the family
// is read again. It must not be called within a snapshot.
func (v *Vault) ReadLater(ctx context.Context, s store.Store, f *store.Family) (d merge.Digest, canonical []byte, state merge.State, err error) {
	if d, canonical, state, err = v.OpenFamily(f); !Unopened(err) {
		return d, canonical, state, err
	}
	damage := err
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{f.Village}, f.ID)
		if errors.Is(err, store.ErrNotFound) {
			return damage
		}
		if err == nil {
			d, canonical, state, err = v.ReadFamily(ctx, snap, &row)
		}
		return err
	})
	return d, canonical, state, err
}

// Unopened tells of an error of the Vault that what is stored does not open: it is damaged,
// or its key is missing.
func Unopened(err error) bool { return isDamage(err) || errors.Is(err, record.ErrUnknownKey) }

func isDamage(err error) bool {
	return errors.Is(err, record.ErrSealed) || errors.Is(err, record.ErrUnknownForm) || errors.Is(err, record.ErrTooLarge) || errors.Is(err, merge.ErrMalformedState)
}

// rejoined is a family as its history makes it.
type rejoined struct {
	digest    merge.Digest
	canonical []byte
	state     merge.State
}

// rejoin joins a family's history, and proves that nothing is missing of it.
func (v *Vault) rejoin(ctx context.Context, past Past, f *store.Family) (made rejoined, err error) {
	if made, err = v.join(ctx, past, f); err != nil || v.isProven(f, made.digest) {
		return made, err
	}
	places, err := past.PlacesOf(ctx, f.Village)
	if err != nil {
		return made, err
	}
	var kept merge.Digest
	for _, p := range places {
		if p.Place == f.Place {
			kept = p.Digest
		}
	}
	joined := map[proof]merge.Digest{proofOf(f): made.digest}
	others, err := v.sumOfOthers(ctx, past, f, joined)
	if err != nil {
		return made, err
	}
	if kept != others.Add(made.digest) {
		return made, fmt.Errorf("what it joins to does not fit the sum of RT %s: %w", f.Place, merge.ErrMalformedState)
	}
	for of, digest := range joined {
		v.proven.Store(of, digest)
	}
	return made, nil
}

// proof is what a digest was proven of.
type proof struct {
	village  uint32
	family   merge.ID
	revision uint64
}

func proofOf(f *store.Family) proof { return proof{f.Village, f.ID, f.Revision} }

// isProven tells whether a proof before this one had the family, too: one of many damaged
// families of an RT proves all of them.
func (v *Vault) isProven(f *store.Family, digest merge.Digest) bool {
	known, ok := v.proven.Load(proofOf(f))
	return ok && known == digest
}

// sumOfOthers adds up the digests of all other families of a family's RT; those that do not
// open are joined, too.
func (v *Vault) sumOfOthers(ctx context.Context, past Past, f *store.Family, joined map[proof]merge.Digest) (sum merge.Digest, err error) {
	for after := (merge.ID{}); ; {
		rows, err := past.StatesByID(ctx, f.Village, []area.Place{f.Place}, after, rejoinPage)
		if err != nil {
			return sum, err
		}
		for i := range rows {
			if after = rows[i].ID; after == f.ID {
				continue
			}
			digest, _, err := v.OpenCanonical(&rows[i])
			if Unopened(err) {
				var other rejoined
				other, err = v.join(ctx, past, &rows[i])
				digest = other.digest
				joined[proofOf(&rows[i])] = digest
			}
			if err != nil {
				return sum, fmt.Errorf("family %s of the same RT: %w", after, err)
			}
			sum = sum.Add(digest)
		}
		if len(rows) < rejoinPage {
			return sum, nil
		}
	}
}

func (v *Vault) join(ctx context.Context, past Past, f *store.Family) (made rejoined, err error) {
	key, err := v.ring.DigestKey(f.Village)
	if err != nil {
		return made, err
	}
	made.state = merge.State{Family: f.ID}
	err = v.EachChange(ctx, past, f, func(_ *store.Entry, c *ksv1.Change, err error) error {
		delta := merge.State{Family: f.ID}
		if err == nil && c != nil {
			delta, err = merge.FromChange(c)
		}
		if err != nil && !Unopened(err) {
			err = fmt.Errorf("%w: %w", merge.ErrMalformedState, err)
		}
		if err != nil {
			return err
		}
		made.state = merge.Join(made.state, delta)
		return nil
	})
	if err != nil {
		return made, err
	}
	made.canonical = made.state.Encode(nil)
	made.digest = merge.FamilyDigest(key, made.canonical)
	return made, nil
}

// EachChange opens the changes of a family, newest first. It hands over nil for one of which
// all was erased, and the error of one that does not open; an error of do ends it.
func (v *Vault) EachChange(ctx context.Context, past Past, f *store.Family, do func(e *store.Entry, c *ksv1.Change, err error) error) error {
	for before := uint64(0); ; {
		entries, err := past.History(ctx, f.Village, f.ID, before, rejoinPage)
		if err != nil {
			return err
		}
		for i := range entries {
			e := &entries[i]
			before = e.Revision
			c, err := v.openChange(f, e)
			if err := do(e, c, err); err != nil {
				return err
			}
		}
		if len(entries) < rejoinPage {
			return nil
		}
	}
}

func (v *Vault) openChange(f *store.Family, e *store.Entry) (*ksv1.Change, error) {
	if len(e.Payload) == 0 {
		return nil, nil
	}
	plain, err := v.OpenHistory(f.Village, f.Salt, e)
	if err != nil {
		return nil, fmt.Errorf("change %s does not open: %w", e.Change, err)
	}
	c := &ksv1.Change{}
	if err := proto.Unmarshal(plain, c); err != nil {
		return nil, fmt.Errorf("decode change %s: %w", e.Change, err)
	}
	return c, nil
}

// tell logs what is damaged of a family, once of each of its revisions.
func (v *Vault) tell(f *store.Family, what string, args ...any) {
	if _, told := v.told.LoadOrStore(proofOf(f), what); told || v.Log == nil {
		return
	}
	v.Log.With("village", f.Village, "family", f.ID.String()).Error(what, args...)
}
