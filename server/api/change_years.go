package api

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
)

// withheldByYears tells whether what a cause did in a survey year is withheld from who may not
// see the families: where what it did altogether, less what is shown of it by year, would
// be what a few families did. Then the years that the fewest moved in are withheld, too,
// until it is not; whichever year is asked for, they are the same.
func withheldByYears(y *past.Causes, cause ksv1.ChangeCause, verified bool, year, now int) bool {
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
	rest := *of(&y.Whole)
	for year, sums := range y.Years {
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
	for of(&y.Whole).Movements >= smallcell.Least && len(shown) > 0 && ofFew(&rest, len(shown)) {
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
