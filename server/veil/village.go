package veil

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// presentRows are a village's rows as they are now; none of a village that is unknown.
// Siblings lie outside a caller's area, too; of them only what is withheld is told.
func (k *Keeper) presentRows(ctx context.Context, root area.Code) (*VillageRows, error) {
	rows, err := k.ReadVillage(store.WithScope(ctx, store.Scope{Everywhere: true}), root)
	if errors.Is(err, ErrUnknownVillage) {
		return &VillageRows{Code: root}, nil
	}
	return rows, err
}

// pieceOf lays out a village's RW and RT, and gives their cells of any year and by survey
// year. What a caller sees the families of, covers nothing.
func (r *VillageRows) pieceOf(caller *access.Caller) (*disclosure.Layout, disclosure.YearCells, error) {
	known := make([]area.Place, len(r.Places))
	for k := range r.Places {
		known[k] = r.Places[k].Place
	}
	l := disclosure.NewVillageLayout(r.Code, known, r.sightOf(caller, known))
	cells := disclosure.NewYearCells(l)
	for k := range r.Places {
		row := &r.Places[k]
		f := tally.Figures{Provisional: row.Provisional, Verified: row.Verified}
		years, err := row.Years.Unpack(&f.Provisional, &f.Verified)
		if err != nil {
			return nil, nil, err
		}
		for _, position := range l.PositionsOf(row.Place) {
			cells.Add(position, &f, years)
		}
	}
	return l, cells, nil
}

// sightOf is of which of the RT a caller sees the families; of no village that is unknown.
func (r *VillageRows) sightOf(caller *access.Caller, known []area.Place) disclosure.Sight {
	if r.number == 0 {
		return disclosure.Sight{}
	}
	scope, _ := caller.Scope(store.Village{Number: r.number, Code: r.Code.Dotted()}, known)
	return disclosure.Sight{
		Own:    caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES), // nobody else is shown what this caller is
		Whole:  scope.All,
		Covers: func(place area.Place) bool { return caller.Covers(r.number, place) },
	}
}

// pieceAt is a village's present piece as nobody sees it who sees its families: of the
// rows that are shown; nil: of those that are there now.
func (k *Keeper) pieceAt(ctx context.Context, root area.Code, rows *VillageRows) (*decided, error) {
	if rows == nil {
		return k.piece(ctx, root, 0)
	}
	p, err := k.standing(ctx, root, 0)
	if err != nil || p.stands && p.rows == rows.print {
		return p.decided, err
	}
	name := fmt.Sprintf("rows %s %d %x %d %v", root, p.version, rows.print, p.directory, p.beside.Held)
	found, err, _ := k.once.Do(name, func() (any, error) {
		d, err := decideRows(rows, p)
		if err == nil {
			k.kept.keep(Key{root: root}, d, p.decided)
		}
		return d, err
	})
	d, _ := found.(*decided)
	return d, err
}

// decideRows decides a village's present piece of some rows.
func decideRows(rows *VillageRows, p standing) (*decided, error) {
	l, cells, err := rows.pieceOf(nobody)
	if err != nil {
		return nil, err
	}
	piece := disclosure.Piece{Layout: l, Cells: cells[disclosure.AnyYear], Held: p.beside.Held}
	return &decided{Decision: disclosure.Decide(piece), version: p.version, directory: p.directory, rows: rows.print}, nil
}

// yearPieceAt is the same of its survey years.
func (k *Keeper) yearPieceAt(ctx context.Context, root area.Code, rows *VillageRows) (*decidedYears, error) {
	if rows == nil {
		return k.yearPiece(ctx, root, 0)
	}
	version := k.Board.VersionOf(root.Dotted())
	whole, err := k.pieceAt(ctx, root, rows)
	if err != nil {
		return nil, err
	}
	held, err := k.heldYears(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	key, piece := Key{root, 0, true}, disclosure.YearPiece{Now: k.today().Year(), Held: held, Whole: whole.Decision}
	if last, ok := k.kept.years.Find(key); ok && last.rows == rows.print && last.Holds(piece) {
		return last, nil
	}
	l, cells, err := rows.pieceOf(nobody)
	if err != nil {
		return nil, err
	}
	piece.Cells = whole.Placed(l, cells)
	d := &decidedYears{YearDecision: disclosure.DecideYears(piece), version: version, rows: rows.print}
	k.kept.keepYears(key, d)
	return d, nil
}

// shownYears is a piece of survey years that is the same for all who see no families of
// it, a village's of the rows that are shown.
func (k *Keeper) shownYears(ctx context.Context, x Subject, root area.Code, day int) (*decidedYears, error) {
	if root.Level() == area.Village && day == 0 {
		return k.yearPieceAt(ctx, root, x.Rows)
	}
	return k.yearPiece(ctx, root, day)
}
