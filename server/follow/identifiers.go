// Package follow keeps what may lag behind the commits: the index of NIK and
// NKK by keyed hash, and what it says of families that share one. It follows each
// village's revisions in batches, and doing a batch twice has no second effect.
//
// A family that begins or ceases to share an identifier is told so in its review
// (ksv1.FamilyDuplicates) by a commit of its own, and the other one by another:
// no transaction reaches over two villages. What one side answers comes to the
// other the same way, for its decision is a revision that is followed too.
package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
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
)

// Bounds of one reading of a village, and of one transaction, which holds
// SQLite's one writer for a tenth of a second or two: entries by their hashes, or
// readings by their families.
const (
	readFamilies = 2_000
	writeEntries = 16_000
	writeBatches = 8
	// catchMax is how often it begins at once; later it does so again anyway.
	catchMax = 4
)

// Identifiers is the follower. One at a time is enough; several do no harm.
type Identifiers struct {
	Store store.Store
	Vault *ingest.Vault
	// Known are the identifiers of what this process has just committed; nil:
	// none.
	Known *ingest.Identified
	// Core commits what families are told; nil: one of Store and Vault.
	Core *ingest.Core

	cursor int64
	// followed is how far villages are followed once what is being written is; told,
	// which family a revision told, where that need not be followed.
	followed map[uint32]uint64
	told     map[revision]merge.ID
	// erasures are how many there were in villages when reading them began.
	erasures map[uint32]uint64
}

func (f *Identifiers) core() *ingest.Core {
	if f.Core == nil {
		f.Core = &ingest.Core{Store: f.Store, Vault: f.Vault, Now: time.Now}
	}
	return f.Core
}

// batch is what was read of a village.
type batch struct {
	store.IdentifierBatch
	// families were read.
	families int
	// doubled share identifiers, or did when they were told last.
	doubled []place
}

// Run follows until the context ends; failures are told and tried again.
func (f *Identifiers) Run(ctx context.Context, onError func(error)) {
	ticker := time.NewTicker(Interval)
	defer ticker.Stop()
	caught, last := time.Time{}, uint64(0)
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
			if err := f.Catch(ctx); err != nil && ctx.Err() == nil {
				onError(err)
			}
			caught = now
		}
	}
}

// Catch follows every village up to where it stands now. It begins anew where a family
// was erased meanwhile that it had read.
func (f *Identifiers) Catch(ctx context.Context) error {
	for range catchMax - 1 {
		if err := f.catch(ctx); !errors.Is(err, store.ErrForgotten) {
			return err
		}
	}
	return f.catch(ctx)
}

func (f *Identifiers) catch(ctx context.Context) error {
	f.erasures = map[uint32]uint64{}
	var changed []store.Village
	var next int64
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		changed, next, err = snap.ChangedVillages(ctx, f.cursor)
		return err
	})
	if err != nil {
		return err
	}
	var waiting []batch
	families := 0
	for _, v := range changed {
		if v.Revision == 0 {
			continue
		}
		for after, more := uint64(0), true; more; {
			var b batch
			if b, more, err = f.read(ctx, v.Number, after); err != nil {
				return err
			}
			after = b.Revision
			if b.families > 0 {
				waiting, families = append(waiting, b), families+b.families
			}
			if families >= gatherFamilies || !f.Store.ManyVillages() {
				if err := f.write(ctx, waiting); err != nil {
					return err
				}
				waiting, families = waiting[:0], 0
			}
		}
	}
	if err := f.write(ctx, waiting); err != nil {
		return err
	}
	f.cursor = next
	return nil
}

// read gathers the families that follow a revision; 0: that up to which the
// village was followed.
func (f *Identifiers) read(ctx context.Context, village uint32, after uint64) (b batch, more bool, err error) {
	b.Village = village
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{village}})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if after == 0 {
			var erasures uint64
			if after, erasures, err = snap.FollowedTo(ctx, village); err != nil {
				return err
			}
			f.erasures[village] = erasures
		}
		v, err := snap.Village(ctx, village)
		b.Revision = v.Revision
		return err
	})
	if err != nil {
		return b, false, err
	}
	// Where this process alone has made families since, and told some, that is known
	// without reading it, and has no entries yet.
	if entries, ok := f.Known.TakeAll(village, after, b.Revision, func(r uint64) bool { return f.told[revision{village, r}] != merge.ID{} }); ok {
		b.Entries, b.families = entries, int(b.Revision-after)
		return b, false, nil
	}
	var revised []store.Revised
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		revised, err = snap.RevisedSince(ctx, village, after, readFamilies)
		return err
	})
	if err != nil {
		return b, false, err
	}
	if len(revised) == readFamilies {
		b.Revision, more = revised[len(revised)-1].Revision, true
	}
	b.families = len(revised)
	var unknown []store.Revised
	for _, r := range revised {
		if f.told[revision{village, r.Revision}] == r.ID {
			continue
		}
		if r.Doubled {
			b.doubled = append(b.doubled, place{village, r.ID})
		}
		found, ok := f.Known.Take(village, r.ID, r.Revision)
		if !ok {
			unknown = append(unknown, r)
		}
		// What has just been made has no entries yet.
		b.Entries = append(b.Entries, found...)
	}
	err = f.open(ctx, &b, unknown)
	return b, more, err
}

// open adds families of which it is not known what they are found by. One that
// has been revised meanwhile may be left out: it comes again by its new revision.
func (f *Identifiers) open(ctx context.Context, b *batch, families []store.Revised) (err error) {
	if len(families) == 0 {
		return nil
	}
	ids := make(map[merge.ID]bool, len(families))
	for _, r := range families {
		ids[r.ID] = true
	}
	var rows []store.Family
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err = snap.StatesSince(ctx, b.Village, families[0].Revision-1, nil, readFamilies)
		return err
	})
	if err != nil {
		return err
	}
	for i := range rows {
		if !ids[rows[i].ID] {
			continue
		}
		found, err := f.identifiersOf(&rows[i])
		if err != nil {
			return err
		}
		b.Families, b.Entries = append(b.Families, rows[i].ID), append(b.Entries, found...)
	}
	return nil
}

func (f *Identifiers) identifiersOf(row *store.Family) ([]store.Identifier, error) {
	h, err := f.householdOf(row)
	if err != nil {
		return nil, err
	}
	return f.Vault.Identifiers(row.Village, row.ID, h)
}

// householdOf opens a family as far as its numbers are asked for.
func (f *Identifiers) householdOf(row *store.Family) (*ksv1.Household, error) {
	_, canonical, err := f.Vault.OpenCanonical(row)
	if err != nil {
		return nil, err
	}
	shown, err := merge.Look(canonical)
	if err != nil {
		return nil, fmt.Errorf("family %s: %w", row.ID, err)
	}
	return shown.Household, nil
}
