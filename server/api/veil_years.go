package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// yearDecision is what is withheld of a piece's survey years now or on a past day. It
// does not change.
type yearDecision struct {
	*layout
	version uint64
	// whole is the decision on the same day's figures of any year, present the one on the
	// years now, against which they were held (nil: this is it), held what the piece above
	// has decided of the root.
	whole      *decision
	present    *yearDecision
	held       map[int]mask
	now        int // the year in which it was decided, which ends the years told of
	generation uint64
	cells      yearCells
	masks      map[int][]mask
	// loud and stays are as a decision's, of all years.
	loud  uint16
	stays bool
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

// in is the decision on one of the years, for another to be held against.
func (d *yearDecision) in(year int) *decision {
	if d.cells[year] == nil {
		return &decision{layout: d.layout, cells: make([]cells, len(d.ids)), masks: make([]mask, len(d.ids))}
	}
	return &decision{layout: d.layout, cells: d.cells[year], masks: d.masks[year]}
}

// everyIndicator has the bits of all twelve.
const everyIndicator = 1<<(iks.Indicators+1) - 2

// maskInYear is what is withheld of a subject's figures of its survey year on a past
// day (0: now).
func (v *veil) maskInYear(ctx context.Context, x *subject, day int) (mask, error) {
	if v.caller.SeesEveryFamily() {
		return mask{}, nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return mask{}, err
	}
	key := pieceKey{root, day, true}
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		d, err := v.services.yearPiece(ctx, root, day)
		if err != nil {
			return mask{}, err
		}
		restsOn(ctx, key, d.generation, false)
		return d.maskOf(x.id(), x.year), nil
	}
	restsOn(ctx, key, 0, true)
	d, err := v.ownYears(ctx, root, day)
	if err != nil {
		return mask{}, err
	}
	return d.maskOf(x.id(), x.year), nil
}

// ownYears decides a village's survey years as somebody sees them who sees some of its
// families.
func (v *veil) ownYears(ctx context.Context, root area.Code, day int) (*yearDecision, error) {
	s := v.services
	o, err := v.ownOf(ctx, root)
	if err != nil {
		return nil, err
	}
	now := s.dayNow().Year()
	heldToday, err := s.heldOf(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	held, err := s.heldYears(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	present := decideYears(toldIn(now, o.years), held, decide(o.layout, o.present, heldToday, nil, nil), nil, nil)
	if day == 0 {
		return present, nil
	}
	whole, err := v.pieceFor(ctx, root, day)
	if err != nil {
		return nil, err
	}
	if held, err = s.heldYears(ctx, root, day); err != nil {
		return nil, err
	}
	if o.pastIn[day] == nil {
		if o.pastIn, err = s.cellsOn(ctx, o.layout, []int{day}, true); err != nil {
			return nil, err
		}
	}
	return decideYears(toldIn(now, o.pastIn[day]), held, whole, present, nil), nil
}

// generationOf is that of the piece as it stands.
func (s *Services) generationOf(ctx context.Context, k pieceKey) (uint64, error) {
	if k.years {
		d, err := s.yearPiece(ctx, k.root, k.day)
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
func (s *Services) heldYears(ctx context.Context, root area.Code, day int) (map[int]mask, error) {
	if root.Level() == area.Nation {
		return nil, nil
	}
	upper, err := s.yearPiece(ctx, aboveOf(root), day)
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

// yearPiece decides a piece's survey years on a past day (0: now), or takes them from
// who asked before, where nothing that they rest on has changed.
func (s *Services) yearPiece(ctx context.Context, root area.Code, day int) (*yearDecision, error) {
	held, err := s.heldYears(ctx, root, day)
	if err != nil {
		return nil, err
	}
	var present *yearDecision
	if day != 0 {
		if present, err = s.yearPiece(ctx, root, 0); err != nil {
			return nil, err
		}
	}
	whole, err := s.piece(ctx, root, day)
	if err != nil {
		return nil, err
	}
	if present != nil && present.layout != whole.layout {
		return nil, fmt.Errorf("decide survey years: %w", store.ErrUnavailable) // areas have changed meanwhile
	}
	version, now := s.Board.VersionOf(root.Dotted()), s.dayNow().Year()
	key := pieceKey{root, day, true}
	if last, ok := s.veils.years.find(key); ok && last.layout == whole.layout && last.now == now && maps.Equal(last.held, held) {
		if last.whole == whole && last.present == present && (day != 0 || last.version == version) {
			return last, nil
		}
		if day != 0 && last.stays && last.loud|whole.loud|present.loud == 0 {
			return last, nil // whatever moves today, nothing is withheld on either day
		}
	}
	found, err, _ := s.veils.once.Do(fmt.Sprintf("years %s %d %d %d %p %p %v", root, day, version, now, whole, present, held), func() (any, error) {
		return s.decideYearsNow(context.WithoutCancel(ctx), key, &yearDecision{whole: whole, present: present, held: held, now: now, version: version})
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*yearDecision)
	return d, nil
}

// decideYearsNow decides them beside what is given.
func (s *Services) decideYearsNow(ctx context.Context, k pieceKey, given *yearDecision) (*yearDecision, error) {
	var years yearCells
	var err error
	stays := k.day == 0 || s.settled(k.day) // else the day's cells may yet be others
	if k.day == 0 {
		years, err = s.yearCells(ctx, given.whole.layout)
	} else {
		var then map[int]yearCells
		then, err = s.cellsOn(ctx, given.whole.layout, []int{k.day}, true)
		years = then[k.day]
	}
	if err != nil {
		return nil, err
	}
	last, _ := s.veils.years.find(k)
	d := decideYears(toldIn(given.now, years), given.held, given.whole, given.present, last)
	d.version, d.now, d.stays = given.version, given.now, stays
	s.veils.keepYears(k, d)
	return d, nil
}

// veiledYears is how many areas' survey years are kept decided, at some 220 bytes for
// each year: three years of all of the nation's 93,000 areas.
const veiledYears = 300_000

// keepYears keeps a decision, whose generation is that of the last where they are
// alike.
func (c *veils) keepYears(k pieceKey, d *yearDecision) {
	last, ok := c.years.find(k)
	if ok && last.layout == d.layout && maps.EqualFunc(last.masks, d.masks, slices.Equal[[]mask]) {
		d.generation = last.generation
	} else {
		c.mu.Lock()
		c.generation++
		d.generation = c.generation
		c.mu.Unlock()
	}
	c.years.keep(k, d, taking{len(d.ids) * max(len(d.masks), 1), veiledYears})
}

// toldIn leaves out the years that no figures are told of: whoever dates rounds in
// them adds no decisions.
func toldIn(now int, years yearCells) yearCells {
	out := make(yearCells, len(years))
	for year, list := range years {
		if iks.Told(year, now) {
			out[year] = list
		}
	}
	return out
}

// yearCells are a layout's cells by survey year.
func (s *Services) yearCells(ctx context.Context, l *layout) (out yearCells, err error) {
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
func (l *layout) placed(other *layout, years yearCells) yearCells {
	out := make(yearCells, len(years))
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
func (l *layout) yearsOf(v tally.View) yearCells {
	out := yearCells{}
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
func (l *layout) addYears(out yearCells, position int, years iks.YearTallies) {
	for i := range years {
		y := &years[i]
		out.at(y.Year, len(l.ids))[position].add(&tally.Figures{Provisional: y.Provisional, Verified: y.Verified})
	}
}
