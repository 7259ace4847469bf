package follow

import (
	"context"
	"errors"
	"maps"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// noteMerged notes a family that was removed because it is another: that may have closed a
// ring (ingest.Core.SettleRing), which whoever follows the last of its changes finds closed,
// for by then all of them are committed; or it was submitted (ingest.Core.CarrySubmission).
func (f *Identifiers) noteMerged(of place, h *ksv1.Household) {
	if h.GetFamily().GetRemoval().GetKeptId() == "" {
		return
	}
	if f.merged == nil {
		f.merged = map[place]bool{}
	}
	f.merged[of] = true
}

// settleMerged has one of each ring stand again, and what was submitted of the others judged
// where it went, before what they were read for counts as done.
func (f *Identifiers) settleMerged(ctx context.Context) error {
	for _, of := range slices.SortedFunc(maps.Keys(f.merged), place.compare) {
		villages, err := f.ofPuskesmas(ctx, of.village)
		if err != nil {
			return err
		}
		scoped := store.WithScope(ctx, store.Scope{Villages: villages, Restricted: true})
		_, err = f.core().SettleRing(scoped, villages, of.family, 0)
		var invalid *ingest.InvalidCorrectionError
		if errors.As(err, &invalid) {
			err = nil // nobody of it can stand
		}
		if err == nil {
			err = f.core().CarrySubmission(scoped, villages, of.family)
		}
		if err := f.pass(of, err); err != nil {
			return err
		}
		delete(f.merged, of)
	}
	return nil
}

// ofPuskesmas are the villages between which families are made one: those of one Puskesmas.
func (f *Identifiers) ofPuskesmas(ctx context.Context, village uint32) (numbers []uint32, err error) {
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		numbers = []uint32{village}
		v, err := snap.Village(ctx, village)
		if err != nil || v.Puskesmas == "" {
			return err
		}
		p, err := snap.FindPuskesmas(ctx, v.Puskesmas)
		if err != nil {
			return err
		}
		for _, code := range p.Villages {
			list, err := snap.VillagesUnder(ctx, code)
			if err != nil {
				return err
			}
			for _, served := range list {
				numbers = append(numbers, served.Number)
			}
		}
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
		return nil
	})
	return numbers, err
}
