package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Survey years are decided by the piece, too, all years of it together: each is held
// against the present answer, as a past day is, and withheld altogether where but a few
// families tell the two apart. Where the years of a cell add up to the present one, but
// for fewer than smallcell.Least families, a withheld year is covered by another of the
// same area. How many were surveyed twice says nothing of that: the indicator may apply
// to none of them. Where more were, subtracting years tells no more than subtracting
// days does, which package smallcell tells of.

// yearsDay stands for the survey years in keys of pieces.
const yearsDay = -1

// yearDecision is what is withheld of a piece's survey years. It does not change.
type yearDecision struct {
	*layout
	version uint64
	// today is the present decision that they were held against, held what the piece
	// above has decided of the root.
	today      *decision
	held       map[int]mask
	now        int // the year in which it was decided, which ends the years told of
	generation uint64
	masks      map[int][]mask
}

// maskOf is what is withheld of an area in a year: all of one that has come since.
func (d *yearDecision) maskOf(id string, year int) mask {
	i, ok := d.at[id]
	switch {
	case !ok:
		return mask{everyIndicator, everyIndicator, everyIndicator, everyIndicator}
	case d.masks[year] == nil:
		return mask{}
	}
	return d.masks[year][i]
}

// everyIndicator has the bits of all twelve.
const everyIndicator = 1<<(iks.Indicators+1) - 2

// maskInYear is what is withheld of a subject's figures of a survey year.
func (v *veil) maskInYear(ctx context.Context, x *subject, year int) (mask, error) {
	if v.caller.SeesEveryFamily() {
		return mask{}, nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return mask{}, err
	}
	s := v.services
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		d, err := s.yearPiece(ctx, root)
		if err != nil {
			return mask{}, err
		}
		restsOnYears(ctx, root, d)
		return d.maskOf(x.id(), year), nil
	}
	restsOn(ctx, pieceKey{root, yearsDay}, nil, true)
	o, err := v.ownOf(ctx, root)
	if err != nil {
		return mask{}, err
	}
	heldToday, err := s.heldOf(ctx, root, 0)
	if err != nil {
		return mask{}, err
	}
	held, err := s.heldYears(ctx, root)
	if err != nil {
		return mask{}, err
	}
	d := decideYears(toldIn(s.dayNow().Year(), o.years), held, decide(o.layout, o.present, heldToday, nil))
	return d.maskOf(x.id(), year), nil
}

// restsOnYears notes that the answer under way shows a piece's survey years.
func restsOnYears(ctx context.Context, root area.Code, d *yearDecision) {
	restsOn(ctx, pieceKey{root, yearsDay}, &decision{generation: d.generation}, false)
}

// generationOf is that of the piece as it stands.
func (s *Services) generationOf(ctx context.Context, k pieceKey) (uint64, error) {
	if k.day == yearsDay {
		d, err := s.yearPiece(ctx, k.root)
		if err != nil {
			return 0, err
		}
		return d.generation, nil
	}
	d, err := s.piece(ctx, k.root, k.day)
	if err != nil {
		return 0, err
	}
	return d.generation, nil
}

// heldYears is what the piece above has decided of a root, by survey year.
func (s *Services) heldYears(ctx context.Context, root area.Code) (map[int]mask, error) {
	if root.Level() == area.Nation {
		return nil, nil
	}
	upper, err := s.yearPiece(ctx, aboveOf(root))
	if err != nil {
		return nil, err
	}
	out := map[int]mask{}
	for year := range upper.masks {
		if m := upper.maskOf(root.String(), year); m != (mask{}) {
			out[year] = m
		}
	}
	return out, nil
}

// yearPiece decides a piece's survey years, or takes them from who asked before, where
// nothing that they rest on has changed.
func (s *Services) yearPiece(ctx context.Context, root area.Code) (*yearDecision, error) {
	held, err := s.heldYears(ctx, root)
	if err != nil {
		return nil, err
	}
	today, err := s.piece(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	version, now := s.Board.VersionOf(root.Dotted()), s.dayNow().Year()
	if last, ok := s.veils.years.find(root); ok && last.version == version && last.now == now && last.today == today && maps.Equal(last.held, held) {
		return last, nil
	}
	found, err, _ := s.veils.once.Do(fmt.Sprintf("years %s %d %d %p %v", root, version, now, today, held), func() (any, error) {
		cells, err := s.yearCells(context.WithoutCancel(ctx), today.layout)
		if err != nil {
			return nil, err
		}
		d := decideYears(toldIn(now, cells), held, today)
		d.version, d.now = version, now
		s.veils.keepYears(root, d)
		return d, nil
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*yearDecision)
	return d, nil
}

// keepYears keeps a decision, whose generation is that of the last where they are
// alike.
func (c *veils) keepYears(root area.Code, d *yearDecision) {
	last, ok := c.years.find(root)
	if ok && last.layout == d.layout && maps.EqualFunc(last.masks, d.masks, slices.Equal[[]mask]) {
		d.generation = last.generation
	} else {
		c.mu.Lock()
		c.generation++
		d.generation = c.generation
		c.mu.Unlock()
	}
	c.years.keep(root, d, taking{len(d.ids) * max(len(d.masks), 1), veiledAreas})
}

// toldIn leaves out the years that no figures are told of: whoever dates rounds in
// them adds no decisions.
func toldIn(now int, years map[int][]cells) map[int][]cells {
	maps.DeleteFunc(years, func(year int, _ []cells) bool { return !iks.Told(year, now) })
	return years
}

// yearCells are a layout's cells by survey year.
func (s *Services) yearCells(ctx context.Context, l *layout) (out map[int][]cells, err error) {
	if l.root.Level() == area.Village {
		now, piece, err := s.villagePiece(ctx, nobody, l.root)
		if err != nil {
			return nil, err
		}
		return l.placed(now, piece.years), nil
	}
	s.Board.Look(func(v tally.View) { out = l.yearsOf(v) })
	return out, nil
}

// placed puts cells of another layout of the same village where this one has them: an
// RT may have come since, and moved those behind it.
func (l *layout) placed(other *layout, years map[int][]cells) map[int][]cells {
	out := make(map[int][]cells, len(years))
	for year, list := range years {
		out[year] = make([]cells, len(l.ids))
		for i, id := range other.ids {
			if at, ok := l.at[id]; ok {
				out[year][at] = list[i]
			}
		}
	}
	return out
}

// yearsOf are a layout's cells by survey year, by position.
func (l *layout) yearsOf(v tally.View) map[int][]cells {
	out := map[int][]cells{}
	whole, ok := v.Find(l.root.Dotted())
	if !ok {
		return out
	}
	l.addYears(out, 0, whole.Years())
	for _, part := range whole.Parts() {
		i, ok := l.at[pathOf(part.Code)]
		if l.root.Level() != area.District {
			if ok {
				l.addYears(out, i, part.Years())
			}
			continue
		}
		// Each village once: for itself, its kecamatan and its Puskesmas.
		for _, village := range part.Parts() {
			years := village.Years()
			for _, position := range l.villages[village.Number] {
				if position != 0 {
					l.addYears(out, position, years)
				}
			}
		}
	}
	return out
}

// addYears adds an area's tallies to the cells of a position.
func (l *layout) addYears(out map[int][]cells, position int, years iks.YearTallies) {
	for i := range years {
		y := &years[i]
		if out[y.Year] == nil {
			out[y.Year] = make([]cells, len(l.ids))
		}
		out[y.Year][position].add(&tally.Figures{Provisional: y.Provisional, Verified: y.Verified})
	}
}

// decideYears decides all survey years of a piece.
func decideYears(years map[int][]cells, held map[int]mask, today *decision) *yearDecision {
	d := &yearDecision{layout: today.layout, today: today, held: held, masks: map[int][]mask{}}
	order := slices.Sorted(maps.Keys(years))
	also := map[int][]mask{} // withheld though not small, and with what is small to be covered
	for _, year := range order {
		also[year] = nearlyToday(years[year], today)
		also[year][0] = held[year]
	}
	for open := order; len(open) > 0; {
		for _, year := range open {
			d.masks[year] = decideWith(today.layout, years[year], also[year], today).masks
		}
		open = coverYears(order, years, d.masks, also, today)
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
func coverYears(order []int, years map[int][]cells, masks, also map[int][]mask, today *decision) (covered []int) {
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
func coverFor(order []int, years map[int][]cells, masks map[int][]mask, today *decision, p cellAt) int {
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
