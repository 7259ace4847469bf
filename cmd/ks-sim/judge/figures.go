package judge

import (
	"context"
	"math"
	"slices"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// checkFigures: a village's status of collection is the sum over its families and
// over what is kept of each account's work; and the movements of its families, of
// each day and of all, add up to what its tallies changed by.
func (w *Judge) checkFigures(ctx context.Context, snap store.Snapshot, t *Truth, v store.Village) error {
	var counts, work collection.Counts
	for _, f := range t.Families {
		if f.Village == v.Number {
			counts.Add(collection.Of(f.Collected()))
		}
	}
	if counts != v.Collection {
		w.Violate("collection: status of village %s is %v, its families give %v", v.Code, v.Collection, counts)
	}
	efforts, err := snap.Efforts(ctx, []uint32{v.Number}, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, e := range efforts {
		work.Add(e.Counts)
	}
	if work != v.Collection {
		w.Violate("collection: work in village %s adds up to %v, its status is %v", v.Code, work, v.Collection)
	}
	return w.checkMovements(ctx, snap, v)
}

func (w *Judge) checkMovements(ctx context.Context, snap store.Snapshot, v store.Village) error {
	type sums struct{ provisional, verified iks.Tally }
	var whole sums
	byDay, byYear, yearsByDay := map[int]sums{}, iks.YearTallies{}, map[int]iks.YearTallies{}
	err := snap.MovementsBetween(ctx, []uint32{v.Number}, 0, math.MaxInt32, func(m store.Movement) error {
		whole.provisional.Sub(m.ProvisionalBefore)
		whole.provisional.Add(m.ProvisionalAfter)
		whole.verified.Sub(m.VerifiedBefore)
		whole.verified.Add(m.VerifiedAfter)
		byDay[m.Day] = whole
		err := m.ByYear(func(year int, in *store.Movement) {
			byYear.Sub(iks.FamilyYears{{Year: year, Provisional: in.ProvisionalBefore, Verified: in.VerifiedBefore}})
			byYear.Add(iks.FamilyYears{{Year: year, Provisional: in.ProvisionalAfter, Verified: in.VerifiedAfter}})
		})
		yearsByDay[m.Day] = slices.Clone(byYear)
		return err
	})
	if err != nil {
		return err
	}
	if whole.provisional != v.Provisional || whole.verified != v.Verified {
		w.Violate("movements: those of village %s do not add up to its tallies", v.Code)
	}
	if !v.YearsMissing && byYear.Pack(&v.Provisional, &v.Verified) != v.Years {
		w.Violate("movements: by survey year, those of village %s do not add up to its tallies", v.Code)
	}
	daily, err := snap.DailyTalliesBetween(ctx, []uint32{v.Number}, 0, math.MaxInt32)
	for _, d := range daily {
		if then, ok := yearsByDay[d.Day]; ok && then.Pack(&d.Provisional, &d.Verified) != d.Years {
			w.Violate("movements: by survey year, those of village %s up to %d do not add up to the tallies of that day", v.Code, d.Day)
		}
		if then, ok := byDay[d.Day]; ok && (then.provisional != d.Provisional || then.verified != d.Verified) {
			w.Violate("movements: those of village %s up to %d do not add up to the tallies of that day", v.Code, d.Day)
		}
	}
	return err
}
