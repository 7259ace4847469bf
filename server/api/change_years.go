package api

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// yearsOfCauses is what moved a subject in a period, altogether and in each survey year.
type yearsOfCauses struct {
	whole store.CauseSums
	years store.YearCauses
}

// readYearsOfCauses reads it; that of settled days is remembered, for all years together.
func (s *Services) readYearsOfCauses(ctx context.Context, x *subject, p period) (out *yearsOfCauses, err error) {
	p = s.explainable(x, p)
	from, to := numberOf(p.from), numberOf(p.to)
	settled := min(max(from, tally.SettledDay(s.Now())), to)
	key := keptPeriod{x.id(), disclosure.AnyYear, s.Board.Directory(), from, settled}
	known, ok := s.past.yearCauses.Find(key)
	if ok && settled == to {
		return known, nil
	}
	err = s.Store.Read(s.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) error {
		if !ok {
			known = &yearsOfCauses{years: store.YearCauses{}}
			if err := s.addYearsOfCauses(ctx, snap, x, key, known); err != nil {
				return err
			}
		}
		out = &yearsOfCauses{whole: known.whole, years: store.YearCauses{}}
		out.years.AddCauses(known.years)
		key := key
		key.after, key.upTo = settled, to
		return s.addYearsOfCauses(ctx, snap, x, key, out)
	})
	if err == nil && !ok {
		s.past.yearCauses.Keep(key, known, aging.Taking{Size: keptCausesSize * (1 + len(known.years)), Room: keptCausesBytes})
	}
	return out, err
}

// addYearsOfCauses adds what moved a subject in a period.
func (s *Services) addYearsOfCauses(ctx context.Context, snap store.Snapshot, x *subject, k keptPeriod, into *yearsOfCauses) error {
	if k.after >= k.upTo {
		return nil
	}
	return s.eachCause(ctx, snap, x, k.after, k.upTo, causeVisitor{
		day: func(d *store.AreaDay) {
			into.whole.AddSums(d.CausesIn(0))
			into.years.AddCauses(d.YearCauses)
		},
		movement: func(m *store.Movement) error {
			into.whole.Add(m)
			return into.years.Add(m)
		},
	})
}

// withheld tells whether what a cause did in a survey year is withheld from who may not
// see the families: where what it did altogether, less what is shown of it by year, would
// be what a few families did. Then the years that the fewest moved in are withheld, too,
// until it is not; whichever year is asked for, they are the same.
func (y *yearsOfCauses) withheld(cause ksv1.ChangeCause, verified bool, year, now int) bool {
	of := func(sums *store.CauseSums) *store.Moved {
		if verified {
			return &sums[cause].Verified
		}
		return &sums[cause].Provisional
	}
	type shownYear struct {
		year  int
		moved *store.Moved
	}
	var shown []shownYear
	rest := *of(&y.whole)
	for year, sums := range y.years {
		if m := of(sums); iks.Told(year, now) && m.Movements >= smallcell.Least {
			shown = append(shown, shownYear{year, m})
			rest.Movements -= m.Movements
			rest.Tally.SubTally(&m.Tally)
		}
	}
	slices.SortFunc(shown, func(a, b shownYear) int {
		if a.moved.Movements != b.moved.Movements {
			return int(a.moved.Movements - b.moved.Movements)
		}
		return a.year - b.year
	})
	// Altogether it is told only where it is no small cell itself.
	for of(&y.whole).Movements >= smallcell.Least && len(shown) > 0 && ofFew(&rest, len(shown)) {
		rest.Movements += shown[0].moved.Movements
		rest.Tally.AddTally(&shown[0].moved.Tally)
		shown = shown[1:]
	}
	return !slices.ContainsFunc(shown, func(s shownYear) bool { return s.year == year })
}

// ofFew tells whether what all did altogether, less what is shown of some years, may be
// of fewer families than a small cell has, and of some. One family adds at most one
// movement to it and takes one a year off, and changes any count by one for each.
func ofFew(rest *store.Moved, years int) bool {
	if *rest == (store.Moved{}) || rest.Movements >= smallcell.Least || -rest.Movements >= smallcell.Least*int64(years) {
		return false
	}
	return !slices.ContainsFunc(rest.Tally.Counts(), func(n int64) bool { return abs(n) >= smallcell.Least*int64(1+years) })
}

func abs(n int64) int64 { return max(n, -n) }
