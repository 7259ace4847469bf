package api

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// villageCells are the present cells of a village's RW and RT, and those by survey
// year.
type villageCells struct {
	present []cells
	years   yearCells
}

// presentRows are a village's rows as they are now; none of a village that is unknown.
// Siblings lie outside a caller's area, too; of them only what is withheld is told.
func (s *Services) presentRows(ctx context.Context, root area.Code) (*villageRows, error) {
	rows, err := s.readVillage(store.WithScope(ctx, store.Scope{Everywhere: true}), root)
	if errors.Is(err, errNotFound) {
		return &villageRows{code: root}, nil
	}
	return rows, err
}

// pieceOf lays out a village's RW and RT, and gives their cells. What a caller sees the
// families of, covers nothing.
func (r *villageRows) pieceOf(caller *access.Caller) (*layout, villageCells, error) {
	root, rows := r.code, r.places
	l := newLayout(root)
	if r.number == 0 {
		return l.finish(), villageCells{present: make([]cells, 1)}, nil
	}
	known := make([]area.Place, len(rows))
	parts := map[int][]int{}
	for k := range rows {
		known[k] = rows[k].Place
		rt := root.RT(rows[k].Place)
		rw, _ := rt.At(area.RW)
		if _, ok := l.at[rw.String()]; !ok {
			parts[0] = append(parts[0], l.add(rw.String()))
		}
		i := l.at[rw.String()]
		parts[i] = append(parts[i], l.add(rt.String()))
	}
	out := villageCells{make([]cells, len(l.ids)), yearCells{}}
	for k := range rows {
		rt := root.RT(rows[k].Place)
		rw, _ := rt.At(area.RW)
		f := tally.Figures{Provisional: rows[k].Provisional, Verified: rows[k].Verified}
		years, err := rows[k].Years.Unpack(&f.Provisional, &f.Verified)
		if err != nil {
			return nil, out, err
		}
		for _, position := range []int{0, l.at[rw.String()], l.at[rt.String()]} {
			out.present[position].add(&f)
			l.addYears(out.years, position, years)
		}
	}
	for i := range l.ids {
		l.sum(i, parts[i])
	}
	l.markSeen(caller, store.Village{Number: r.number, Code: root.Dotted()}, known, parts)
	return l.finish(), out, nil
}

// pieceAt is a village's present piece as nobody sees it who sees its families: of the
// rows that are shown; nil: of those that are there now.
func (s *Services) pieceAt(ctx context.Context, root area.Code, rows *villageRows) (*decision, error) {
	if rows == nil {
		return s.piece(ctx, root, 0)
	}
	p, err := s.standing(ctx, root, 0)
	if err != nil || p.stands && p.rows == rows.print {
		return p.decision, err
	}
	name := fmt.Sprintf("rows %s %d %x %d %v", root, p.version, rows.print, p.directory, p.held)
	found, err, _ := s.veils.once.Do(name, func() (any, error) {
		d, err := decideRows(rows, p)
		if err == nil {
			s.veils.keep(pieceKey{root: root}, d, p.decision)
		}
		return d, err
	})
	d, _ := found.(*decision)
	return d, err
}

// decideRows decides a village's present piece of some rows.
func decideRows(rows *villageRows, p standing) (*decision, error) {
	l, piece, err := rows.pieceOf(nobody)
	if err != nil {
		return nil, err
	}
	l.directory = p.directory
	d := decide(l, piece.present, p.held, nil, nil)
	d.version, d.rows = p.version, rows.print
	return d, nil
}

// yearPieceAt is the same of its survey years.
func (s *Services) yearPieceAt(ctx context.Context, root area.Code, rows *villageRows) (*yearDecision, error) {
	if rows == nil {
		return s.yearPiece(ctx, root, 0)
	}
	version := s.Board.VersionOf(root.Dotted())
	whole, err := s.pieceAt(ctx, root, rows)
	if err != nil {
		return nil, err
	}
	held, err := s.heldYears(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	key, now := pieceKey{root, 0, true}, s.dayNow().Year()
	last, ok := s.veils.years.find(key)
	if ok && last.layout == whole.layout && last.rows == rows.print && last.now == now && last.whole == whole.prints && maps.Equal(last.held, held) {
		return last, nil
	}
	l, piece, err := rows.pieceOf(nobody)
	if err != nil {
		return nil, err
	}
	d := decideYears(toldIn(now, whole.placed(l, piece.years)), held, whole, nil, nil)
	d.version, d.now, d.rows = version, now, rows.print
	s.veils.keepYears(key, d)
	return d, nil
}

// shownYears is a piece of survey years that is the same for all who see no families of
// it, a village's of the rows that are shown.
func (s *Services) shownYears(ctx context.Context, x *subject, root area.Code, day int) (*yearDecision, error) {
	if root.Level() == area.Village && day == 0 {
		return s.yearPieceAt(ctx, root, x.rows)
	}
	return s.yearPiece(ctx, root, day)
}

// markSeen marks what the caller sees the families of: RT, and sums of nothing
// else.
func (l *layout) markSeen(caller *access.Caller, v store.Village, known []area.Place, parts map[int][]int) {
	l.tree.Seen = make([]bool, len(l.ids))
	if caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		l.tree.Root = -1 // nobody else is shown what this caller is
	}
	scope, _ := caller.Scope(v, known)
	for _, place := range known {
		l.tree.Seen[l.at[l.root.RT(place).String()]] = caller.Covers(v.Number, place)
	}
	for i := len(l.ids) - 1; i >= 0; i-- {
		if len(parts[i]) > 0 && i != 0 {
			l.tree.Seen[i] = allOf(l.tree.Seen, parts[i])
		}
	}
	l.tree.Seen[0] = scope.All || len(parts[0]) > 0 && allOf(l.tree.Seen, parts[0])
}

func allOf(marked []bool, positions []int) bool {
	for _, i := range positions {
		if !marked[i] {
			return false
		}
	}
	return true
}
