package api

import (
	"context"

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

// villagePiece lays out a village's RW and RT, and gives their present cells. What
// a caller sees the families of, covers nothing.
func (s *Services) villagePiece(ctx context.Context, caller *access.Caller, root area.Code) (*layout, villageCells, error) {
	l := newLayout(root)
	numbers := s.Board.Numbers(root.Dotted())
	if len(numbers) != 1 {
		return l.finish(), villageCells{present: make([]cells, 1)}, nil
	}
	var rows []store.Place
	// Siblings lie outside the caller's area, too; of them only what is withheld is
	// told.
	err := s.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.PlacesOf(ctx, numbers[0])
		return err
	})
	if err != nil {
		return nil, villageCells{}, err
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
	l.markSeen(caller, store.Village{Number: numbers[0], Code: root.Dotted()}, known, parts)
	return l.finish(), out, nil
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
