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
	rows    uint64 // as a decision's
	// whole is of the decision on the same day's figures of any year, present of the one
	// on the years now, against which they were held (zero: this is it), near of what is
	// withheld because a year is nearly any; prints are of the years now; held is what the piece above has decided of
	// the root.
	prints, whole, present prints
	near                   uint64
	held                   map[int]mask
	now                    int // the year in which it was decided, which ends the years told of
	generation             uint64
	cells                  yearCells
	masks                  map[int][]mask
	// history is a present one's.
	history history
	// loud and stays are as a decision's, of all years.
	loud  uint16
	stays bool
}

// maskOf is what is withheld of an area in a year: all of one that has come since.
func (d *yearDecision) maskOf(id string, year int) mask {
	i, ok := d.at[id]
	switch {
	case !ok:
		return allWithheld
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
		v.services.wantFor(ctx, key)
		d, err := v.services.shownYears(ctx, x, root, day)
		if err != nil {
			return mask{}, err
		}
		restsOn(ctx, key, d.generation, false)
		return d.maskOf(x.id(), x.year), nil
	}
	restsOn(ctx, key, 0, true)
	d, err := v.ownYears(ctx, x, root, day)
	if err != nil {
		return mask{}, err
	}
	return d.maskOf(x.id(), x.year), nil
}

// ownYears decides a village's survey years as somebody sees them who sees some of its
// families.
func (v *veil) ownYears(ctx context.Context, x *subject, root area.Code, day int) (*yearDecision, error) {
	s := v.services
	o, err := v.ownOf(ctx, x, root)
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
	whole, err := v.pieceFor(ctx, x, root, day)
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
	p, err := s.yearsStanding(ctx, root, day)
	if err != nil || p.stands {
		return p.yearDecision, err
	}
	name := fmt.Sprintf("years %s %d %d %d %p %p %v", root, day, p.version, p.now, p.whole, p.present, p.held)
	found, err, _ := s.veils.once.Do(name, func() (any, error) {
		return s.decideYearsNow(context.WithoutCancel(ctx), pieceKey{root, day, true}, p)
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*yearDecision)
	return d, nil
}

// yearsStanding is what is known of a piece's survey years without reading any cells.
type yearsStanding struct {
	// yearDecision is the last one, nil: none was made; stands: it holds.
	*yearDecision
	stands bool
	// What it is to hold beside.
	version uint64
	now     int
	held    map[int]mask
	whole   *decision
	present *yearDecision
}

// presentPrints are those of the years now; zero: they are these.
func (p *yearsStanding) presentPrints() prints {
	if p.present == nil {
		return prints{}
	}
	return p.present.prints
}

// yearsStanding looks for the last decision on a piece's survey years, and whether it
// stands.
func (s *Services) yearsStanding(ctx context.Context, root area.Code, day int) (p yearsStanding, err error) {
	if p.held, err = s.heldYears(ctx, root, day); err != nil {
		return p, err
	}
	if day != 0 {
		if p.present, err = s.yearPiece(ctx, root, 0); err != nil {
			return p, err
		}
	}
	if p.whole, err = s.piece(ctx, root, day); err != nil {
		return p, err
	}
	if p.present != nil && p.present.layout != p.whole.layout {
		return p, fmt.Errorf("decide survey years: %w", store.ErrUnavailable) // areas have changed meanwhile
	}
	p.version, p.now = s.Board.VersionOf(root.Dotted()), s.dayNow().Year()
	key := pieceKey{root, day, true}
	last, ok := s.veils.years.find(key)
	if !ok {
		return p, nil
	}
	p.yearDecision = last
	switch {
	case last.layout != p.whole.layout || last.now != p.now:
	case last.whole == p.whole.prints && last.present == p.presentPrints() && maps.Equal(last.held, p.held) && (last.stays || last.version == p.version):
		p.stands = true
	case day != 0:
		if moved := last.beside(&p); moved != nil {
			s.veils.keepYears(key, moved)
			p.yearDecision, p.stands = moved, true
		}
	}
	return p, nil
}

// beside is a decision on a settled day as it holds beside others, where of the
// indicators that moved in them nothing is to be withheld; nil: it must be decided,
// for which its cells are needed.
func (d *yearDecision) beside(p *yearsStanding) *yearDecision {
	if !d.stays || !p.whole.stays {
		return nil
	}
	moved, loud := p.whole.prints.since(&d.whole)|p.present.prints.since(&d.present), d.loud|p.whole.loud|p.present.loud
	for year := range d.masks {
		held, before := p.held[year], d.held[year]
		moved, loud = moved|held.unlike(&before), loud|held.any()
	}
	if moved&loud != 0 {
		return nil
	}
	out := *d
	out.held, out.whole, out.present, out.version = p.held, p.whole.prints, p.present.prints, p.version
	return &out
}

// decideYearsNow decides them beside what is given.
func (s *Services) decideYearsNow(ctx context.Context, k pieceKey, p yearsStanding) (d *yearDecision, err error) {
	if p.yearDecision != nil && p.yearDecision.now != p.now {
		p.yearDecision = nil // it told of other years
	}
	if k.day == 0 {
		years, err := s.yearCells(ctx, p.whole.layout)
		if err != nil {
			return nil, err
		}
		d = decideYears(toldIn(p.now, years), p.held, p.whole, nil, p.yearDecision)
	} else if d, err = s.decidePastYears(ctx, k.day, p); err != nil {
		return nil, err
	}
	d.version, d.now = p.version, p.now
	s.veils.keepYears(k, d)
	return d, nil
}

func (s *Services) decidePastYears(ctx context.Context, day int, p yearsStanding) (*yearDecision, error) {
	stays := s.settled(day) && p.whole.stays // else the day's cells may yet be others
	then, err := s.cellsOn(ctx, p.whole.layout, []int{day}, true)
	if err != nil {
		return nil, err
	}
	years, whole, last := toldIn(p.now, then[day]), p.whole, p.yearDecision
	if whole.stays {
		of, err := s.cellsOn(ctx, whole.layout, []int{day}, false)
		if err != nil {
			return nil, err
		}
		whole = whole.withCells(of[day][anyYear])
		if last != nil && last.stays {
			with := *last
			with.cells = years
			last = &with
		}
	}
	d := decideYears(years, p.held, whole, p.present, last)
	if stays {
		d.stays, d.cells = true, nil // they are read again where they are needed
	}
	return d, nil
}

// keepYears keeps a decision, whose generation is that of the last where they are
// alike.
func (c *veils) keepYears(k pieceKey, d *yearDecision) {
	last, ok := c.years.find(k)
	if ok && last.layout == d.layout && maps.EqualFunc(last.masks, d.masks, slices.Equal[[]mask]) {
		d.generation = last.generation
	} else {
		d.generation = c.next()
	}
	size := len(d.ids)*(len(d.masks)*maskBytes+len(d.cells)*cellsBytes) + d.history.bytes()
	c.years.keep(k, d, taking{decisionBytes + size, veiledYearsBytes})
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
		rows, err := s.presentRows(ctx, l.root)
		if err != nil {
			return nil, err
		}
		now, piece, err := rows.pieceOf(nobody)
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
