package follow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

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
	listed := map[merge.ID]bool{}
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		clear(listed)
		rows, err = snap.StatesSince(ctx, b.village, families[0].Revision-1, nil, f.bounds().readFamilies)
		if err != nil {
			return err
		}
		had, err := snap.IdentifiersOf(ctx, b.village, slices.Collect(maps.Keys(ids))...)
		for i := range had {
			listed[had[i].Family] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range rows {
		family := rows[i].ID
		if !ids[family] {
			continue
		}
		found, err := f.identifiersOf(ctx, nil, &rows[i])
		if err != nil {
			if err := f.pass(place{b.village, family}, err); err != nil {
				return err
			}
			continue
		}
		if b.opened = append(b.opened, family); listed[family] {
			b.again, b.entries = append(b.again, family), append(b.entries, found...)
		} else {
			b.fresh = append(b.fresh, found...)
		}
	}
	return nil
}

func (f *Identifiers) identifiersOf(ctx context.Context, past ingest.Past, row *store.Family) ([]store.Identifier, error) {
	h, err := f.householdOf(ctx, past, row)
	if err != nil {
		return nil, err
	}
	f.noteMerged(place{row.Village, row.ID}, h)
	found, err := f.Vault.Identifiers(row.Village, row.ID, h)
	for i := range found {
		found[i].Revision = row.Revision
	}
	return found, err
}

// householdOf opens a family as far as its numbers are asked for; past is the snapshot that
// the row is of, nil where that is over.
func (f *Identifiers) householdOf(ctx context.Context, past ingest.Past, row *store.Family) (*ksv1.Household, error) {
	var canonical []byte
	var err error
	if past != nil {
		_, canonical, err = f.Vault.ReadCanonical(ctx, past, row)
	} else {
		_, canonical, _, err = f.Vault.ReadLater(ctx, f.Store, row)
	}
	if err != nil {
		return nil, err
	}
	shown, err := merge.Look(canonical)
	if err != nil {
		return nil, fmt.Errorf("family %s: %w", row.ID, err)
	}
	return shown.Household, nil
}
