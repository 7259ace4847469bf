package api

import (
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// Survey years are decided by the piece, too, all years of it together: each is held
// against the answer of any year on the same day, as a past day is against today's, and
// withheld altogether where but a few families tell the two apart. On a past day it is
// held against the same year's present answer, too. Where the years of a cell add up to the present one, but
// for fewer than smallcell.Least families, a withheld year is covered by another of the
// same area. How many were surveyed twice says nothing of that: the indicator may apply
// to none of them. Where more were, subtracting years tells no more than subtracting
// days does, which package smallcell tells of.

// decideYears decides all survey years of a piece, now or on a past day, beside the
// figures of any year on the same day; those of a past day are held against the present
// ones, too (nil: they are the present ones).
func decideYears(years yearCells, held map[int]mask, whole *decision, present *yearDecision) *yearDecision {
	d := &yearDecision{layout: whole.layout, whole: whole, present: present, held: held, cells: years, masks: map[int][]mask{}, quiet: true}
	order := slices.Sorted(maps.Keys(years))
	also := map[int][]mask{} // withheld though not small, and with what is small to be covered
	for _, year := range order {
		also[year] = nearlyToday(years[year], whole)
		also[year][0] = held[year]
	}
	for open := order; len(open) > 0; {
		for _, year := range open {
			var more []*decision
			if present != nil {
				more = append(more, present.in(year))
			}
			one := decideWith(whole.layout, years[year], also[year], whole, more...)
			d.masks[year], d.quiet = one.masks, d.quiet && one.quiet
		}
		open = coverYears(order, years, d.masks, also, whole)
	}
	return d
}

// nearlyToday marks all cells of areas whose complete families are, but for fewer than
// smallcell.Least, as many as the present ones: the difference of two tables would be
// the answers of those few, who were not surveyed that year or are no longer there.
// Nobody but the root's own piece decides the root, and smallcell leaves out what the
// caller sees the families of.
func nearlyToday(year []cells, today *decision) []mask {
	out := make([]mask, len(year))
	for i := range year {
		for v := range variants {
			then := year[i][v].complete
			off := today.cells[i][v].complete - then
			if i != 0 && then > 0 && off != 0 && off < smallcell.Least && -off < smallcell.Least {
				out[i][v] = everyIndicator
			}
		}
	}
	return out
}

// coverYears withholds another year of a cell of which too little is withheld, where
// the years nearly add up to the present cell; it tells which years are to be decided
// anew.
func coverYears(order []int, years yearCells, masks, also map[int][]mask, today *decision) (covered []int) {
	for i := range today.ids {
		if i == 0 {
			continue // the root is decided elsewhere
		}
		for v := range variants {
			var some uint16
			for _, year := range order {
				some |= masks[year][i][v]
			}
			if some == 0 {
				continue
			}
			for n := 1; n <= iks.Indicators; n++ {
				if some>>n&1 == 0 {
					continue
				}
				year := coverFor(order, years, masks, today, cellAt{i, v, n})
				if year != 0 && also[year][i][v]>>n&1 == 0 {
					also[year][i][v] |= 1 << n
					if !slices.Contains(covered, year) {
						covered = append(covered, year)
					}
				}
			}
		}
	}
	return covered
}

// cellAt is where a cell stands.
type cellAt struct{ area, variant, indicator int }

// coverFor is the year that is to cover those withheld of a cell; 0: none need, or
// can.
func coverFor(order []int, years yearCells, masks map[int][]mask, today *decision, p cellAt) int {
	var sum, withheld int32
	count, cover := 0, 0
	least := int32(0)
	for _, year := range order {
		n := years[year][p.area][p.variant].denominators[p.indicator-1]
		sum += n
		switch {
		case masks[year][p.area][p.variant]>>p.indicator&1 == 1:
			count++
			withheld += n
		case n > 0 && (cover == 0 || n < least):
			cover, least = year, n
		}
	}
	off := sum - today.cells[p.area][p.variant].denominators[p.indicator-1]
	if off >= smallcell.Least || -off >= smallcell.Least || count > 1 && withheld >= smallcell.Least {
		return 0
	}
	return cover
}
