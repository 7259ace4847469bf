// Package follow keeps what may lag behind the commits: the index of NIK and
// NKK by keyed hash, and what it says of families that share one. It follows each
// village's revisions in batches, and doing a batch twice has no second effect.
//
// A family that begins or ceases to share an identifier is told so in its review
// (ksv1.FamilyDuplicates) by a commit of its own, and the other one by another:
// no transaction reaches over two villages. What one side answers comes to the
// other the same way, for its decision is a revision that is followed too.
//
// Whom a family shares with is found by the index. What it is found by no more, because it
// has another number or is erased, is kept (store.StaleIdentifier), in the transaction that
// changes the index, until those who are found by it still have been looked at.
//
// Of families that were made one in a ring it has one stand again (ingest.Core.SettleRing), and
// what was submitted of one that was made another is judged there (ingest.Core.CarrySubmission).
package follow

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Interval between looks at the store.
const Interval = 2 * time.Second

// Every family has its entries in as many places of the index, which soon is
// larger than what memory holds of it: the more of them are written at once, the
// fewer pages are written for each. So while families keep coming by the
// thousand, the follower lets them gather.
const (
	// GatherMax is how long it does at most.
	GatherMax = 10 * time.Second
	// RestMax is how long it waits once nothing comes any more.
	RestMax = 2 * Interval
	// gatherFrom is how many families are worth it; gatherFamilies are enough.
	gatherFrom     = 1_000
	gatherFamilies = ingest.IdentifiedMax
	// catchMax is how often it begins anew at once.
	catchMax = 4
	// waitMax is how long it waits before at most.
	waitMax = 5 * time.Second
	// overtakenMax is how long it may be overtaken at every look before that is told.
	overtakenMax = time.Minute
)

// bounds are those of one reading of a village, of what gathers before it is written, and
// of one transaction, which holds SQLite's one writer for a tenth of a second or two:
// entries by their hashes, or readings by their families; of those who are told of each
// other; and of stale identifiers that are looked at together.
type bounds struct{ readFamilies, gatherFamilies, writeEntries, writeBatches, sharers, stale int }

var usualBounds = bounds{readFamilies: 2_000, gatherFamilies: gatherFamilies, writeEntries: 16_000, writeBatches: 8, sharers: sharersMax, stale: staleMax}

// Identifiers is the follower. One at a time is enough; several do no harm.
type Identifiers struct {
	Store store.Store
	Vault *ingest.Vault
	// Known are the identifiers of what this process has just committed; nil:
	// none.
	Known *ingest.Identified
	// Core commits what families are told; nil: one of Store and Vault.
	Core *ingest.Core

	// narrow are bounds of tests; nil: the usual ones.
	narrow *bounds

	cursor int64
	// writes are how often what is found by was written in villages when reading them began,
	// and by this follower since.
	writes map[uint32]uint64
	// unread says of families that they can't be read, by its text, until that is told;
	// passed are they, until they are kept.
	unread map[string]error
	passed map[place]bool
	// merged were removed because they are others: they may have closed a ring, or be submitted.
	merged map[place]bool
	// retried is when those that were kept were last tried again.
	retried time.Time
	// damaged are villages that can't be read.
	damaged map[uint32]damage
}

func (f *Identifiers) bounds() *bounds {
	if f.narrow != nil {
		return f.narrow
	}
	return &usualBounds
}

func (f *Identifiers) core() *ingest.Core {
	if f.Core == nil {
		f.Core = &ingest.Core{Store: f.Store, Vault: f.Vault, Now: time.Now}
	}
	return f.Core
}

// batch is what was read of a village.
type batch struct {
	village  uint32
	revision uint64
	// families is how many were read.
	families int
	// opened are those of them that may be in an earlier batch.
	opened [][16]byte
	// fresh are the entries of families that were not listed, and so not indexed either.
	fresh []store.Identifier
	// again are families that were; entries are theirs.
	again   [][16]byte
	entries []store.Identifier
	// doubled share identifiers, or did when they were told last.
	doubled []place
}

// Run follows until the context ends; failures are told and tried again.
func (f *Identifiers) Run(ctx context.Context, onError func(error)) {
	ticker := time.NewTicker(Interval)
	defer ticker.Stop()
	caught, last := time.Time{}, uint64(0)
	var overtaken time.Time // since when, at every look
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			waiting, ever := f.Known.Waiting()
			gathering := ever != last && waiting >= gatherFrom && waiting < gatherFamilies && now.Sub(caught) < GatherMax
			if last = ever; gathering {
				continue
			}
			err := f.Catch(ctx)
			switch {
			case !errors.Is(err, store.ErrOvertaken):
				overtaken = time.Time{}
			case overtaken.IsZero():
				overtaken = now
			}
			// Who overtook it is at work, and the next look is soon.
			patient := !overtaken.IsZero() && now.Sub(overtaken) < overtakenMax
			if err != nil && ctx.Err() == nil && !patient {
				onError(err)
			}
			caught = now
		}
	}
}

// Catch follows every village up to where it stands now. Where somebody else writes in a
// village meanwhile, by an erasure or as another follower, it begins anew with that.
// Errors: store.ErrOvertaken where that happens catchMax times; what is left is followed
// by whoever is next. store.ErrDamaged for villages that can't be read, and once that is told
// *UnreadError for families that do not open: once each time they are tried. All others are
// followed.
func (f *Identifiers) Catch(ctx context.Context) (err error) {
	for try := 1; ; try++ {
		begin := time.Now()
		if err = f.catch(ctx); err == nil {
			if err = f.tellDamaged(); err == nil {
				err = f.tellUnread()
			}
			return err
		}
		if !errors.Is(err, store.ErrOvertaken) || try == catchMax {
			return err
		}
		// By chance, so that two do not go on overtaking each other.
		select {
		case <-time.After(rand.N(min(2*time.Since(begin), waitMax) + time.Millisecond)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// catch goes on with other villages where it was overtaken in one, or can't write in one, and
// then tells so.
func (f *Identifiers) catch(ctx context.Context) error {
	f.writes = map[uint32]uint64{}
	var changed []store.Village
	var next int64
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		changed, next, err = snap.ChangedVillages(ctx, f.cursor)
		return err
	})
	if err != nil {
		return err
	}
	r := round{Identifiers: f}
	for _, number := range f.due(changed) {
		if err := r.village(ctx, number); err != nil {
			return err
		}
	}
	if _, err := r.writeWaiting(ctx); err != nil {
		return err
	}
	if err := f.retry(ctx); err != nil && !r.leaves(err) {
		return err
	}
	if err := f.tellStale(ctx); err != nil {
		return err
	}
	if r.left == nil {
		f.cursor = next
		for _, number := range r.healed {
			delete(f.damaged, number)
		}
	}
	return r.left
}

// round is one look at what changed.
type round struct {
	*Identifiers
	// waiting are to be written together; families, how many they are of.
	waiting  []batch
	families int
	// left is why villages are left for the next round.
	left error
	// healed are damaged villages that could be read.
	healed []uint32
}

// leaves tells whether an error leaves a village for the next round; any other ends this one.
func (r *round) leaves(err error) bool {
	if errors.Is(err, store.ErrOvertaken) || errors.Is(err, store.ErrDamaged) {
		r.left = errors.Join(r.left, err)
		return true
	}
	return false
}

// village reads one up to where it stands now, and writes where enough waits.
func (r *round) village(ctx context.Context, number uint32) error {
	for after, more := uint64(0), true; more; {
		b, others, err := r.read(ctx, number, after)
		if errors.Is(err, store.ErrDamaged) {
			r.passVillage(number, err)
			return nil
		}
		if err != nil {
			return err
		}
		after, more = b.revision, others
		if b.families > 0 {
			r.waiting, r.families = append(r.waiting, b), r.families+b.families
		}
		if r.families >= r.bounds().gatherFamilies {
			ok, err := r.writeWaiting(ctx)
			if err != nil {
				return err
			}
			more = more && ok
		}
	}
	if _, ok := r.damaged[number]; ok {
		r.healed = append(r.healed, number)
	}
	return nil
}

// writeWaiting writes what waits; ok is false where it is left for the next round.
func (r *round) writeWaiting(ctx context.Context) (ok bool, err error) {
	err = r.write(ctx, r.waiting)
	r.waiting, r.families = r.waiting[:0], 0
	if r.leaves(err) {
		return false, nil
	}
	return true, err
}

// read gathers the families that follow a revision; 0: that up to which the
// village was followed.
func (f *Identifiers) read(ctx context.Context, village uint32, after uint64) (b batch, more bool, err error) {
	b.village = village
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{village}, Restricted: true})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if after == 0 {
			var writes uint64
			if after, writes, err = snap.FollowedTo(ctx, village); err != nil {
				return err
			}
			f.writes[village] = writes
		}
		v, err := snap.Village(ctx, village)
		b.revision = v.Revision
		return err
	})
	if err != nil {
		return b, false, err
	}
	// Where this process alone has made families since, that is known without reading it.
	if entries, ok := f.Known.TakeAll(village, after, b.revision); ok {
		b.fresh, b.families = entries, int(b.revision-after)
		return b, false, nil
	}
	var revised []store.Revised
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		revised, err = snap.RevisedSince(ctx, village, after, f.bounds().readFamilies)
		return err
	})
	if err != nil {
		return b, false, err
	}
	if len(revised) == f.bounds().readFamilies {
		b.revision, more = revised[len(revised)-1].Revision, true
	}
	b.families = len(revised)
	var unknown []store.Revised
	for _, r := range revised {
		if r.Doubled {
			b.doubled = append(b.doubled, place{village, r.ID})
		}
		found, ok := f.Known.Take(village, r.ID, r.Revision)
		if !ok {
			unknown = append(unknown, r)
		}
		b.fresh = append(b.fresh, found...)
	}
	err = f.open(ctx, &b, unknown)
	return b, more, err
}
