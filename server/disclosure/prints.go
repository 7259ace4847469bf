package disclosure

import (
	"hash/maphash"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// prints tell by indicator whether cells, or what is withheld of them, are others than
// they were: what is kept of a decision to tell whether another still holds beside it,
// without holding on to its cells. Under 0 is which areas have complete families.
type prints [iks.Indicators + 1]uint64

// printSeed is another in each process, so that nobody can make two answers alike. What
// is withheld does not depend on it.
var printSeed = maphash.Comparable(maphash.MakeSeed(), uint64(0)) | 1

func mix(print, value uint64) uint64 {
	print = (print ^ value) * 0x9e3779b97f4a7c15
	return print ^ print>>29
}

// add takes in a list of cells and their masks.
func (p *prints) add(list Cells, masks []Mask) {
	for n := range p {
		p[n] = mix(p[n]^printSeed, uint64(len(list)))
	}
	for i := range list {
		for v := range variants {
			c := &list[i][v]
			some := uint64(0)
			if c.complete != 0 {
				some = 1
			}
			p[0] = mix(p[0], some)
			for n, whole := range c.denominators {
				withheld := uint64(masks[i][v]>>(n+1)&1) << 32
				p[n+1] = mix(p[n+1], uint64(uint32(whole))|withheld)
			}
		}
	}
}

// since are the indicators that moved since other prints: all, where some area has its
// first complete family, or none any more.
func (p *prints) since(before *prints) (moved uint16) {
	if p[0] != before[0] {
		return everyIndicator
	}
	for n := 1; n < len(p); n++ {
		if p[n] != before[n] {
			moved |= 1 << n
		}
	}
	return moved
}

// printsOfYears are those of all survey years together, years being a part of them.
func printsOfYears(years YearCells, masks map[int][]Mask) (p prints) {
	order := make([]int, 0, len(years))
	for year := range years {
		order = append(order, year)
	}
	slices.Sort(order)
	for _, year := range order {
		p[0] = mix(p[0], uint64(year))
		p.add(years[year], masks[year])
	}
	return p
}

// nearPrint is one of what is withheld because a year is nearly any.
func nearPrint(print uint64, near []Mask) uint64 {
	for i := range near {
		for v := range variants {
			print = mix(print, uint64(near[i][v]))
		}
	}
	return print
}
