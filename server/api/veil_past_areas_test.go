package api

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
)

// addQuietProvince adds a province of so many villages of which nothing has come yet.
func (w *openWorld) addQuietProvince(villages int) {
	w.Helper()
	areas := []store.Area{{Code: "33"}, {Code: "33.01"}, {Code: "33.01.01"}}
	for v := range villages {
		areas = append(areas, store.Area{Code: fmt.Sprintf("33.01.01.%04d", 2001+v)})
	}
	err := w.counting.Write(w.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, areas) })
	if err != nil {
		w.Fatal(err)
	}
}

// quietVillages are so many that a month of theirs is more than one question may read.
const quietVillages = maxDailyTallies/defaultDays + 100

var districtOfficer = &access.Caller{Account: store.Account{Number: 1, Area: "32.04", Roles: []int32{int32(ksv1.Role_ROLE_DISTRICT)}}}

// In a pilot one district works, while whole provinces have no figures yet: its trend, and
// theirs, are told, and decided ahead.
func TestAPilotsTrendIsToldWhileOtherProvincesHaveNoFigures(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.addQuietProvince(quietVillages)
	for day := range 5 {
		w.move(1, 20260301+day, 1)
	}
	w.settle()
	w.services.wantUpperAreas()
	w.ask(2026, true)
	if err := w.services.decideWanted(t.Context()); err != nil {
		t.Error(err)
	}
	if days, years := w.decidedDays(); days != defaultDays || years != defaultDays {
		t.Errorf("%d and, by survey year, %d days of the district are decided; all %d were to be", days, years, defaultDays)
	}
	w.services.veils = veils{} // who asks finds nothing decided
	for _, code := range []string{"32.04", "33"} {
		caller := *districtOfficer
		caller.Account.Area = code
		ctx := context.WithValue(t.Context(), callerKey{}, &caller)
		r := &ksv1.GetTrendRequest{Area: code, Membership: ksv1.Membership_MEMBERSHIP_INTI, Basis: ksv1.Basis_BASIS_PROVISIONAL}
		got, err := indexService{services: w.services}.GetTrend(ctx, r)
		if err != nil || len(got.GetPoints()) == 0 {
			t.Errorf("trend of %s: %d points, %v", code, len(got.GetPoints()), err)
		}
	}
}

// After a village has come to one district, only that district's villages are read; what
// is decided is what was.
func TestCellsOfAreasAreTheSameBeforeTheyAreAddedUp(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.addQuietProvince(3)
	for day := range 5 {
		w.move(1+uint32(day%2), 20260301+day, 2)
		w.move(3, 20260302+day, 1)
	}
	w.settle()
	days := []int{20260228, 20260301, 20260303, 20260307}
	cellsOf := func(code area.Code) map[int]disclosure.YearCells {
		t.Helper()
		p, err := w.services.piece(t.Context(), code, 0)
		if err != nil {
			t.Fatal(err)
		}
		read, err := w.services.readCells(t.Context(), p.Layout, days, true)
		if err != nil {
			t.Fatal(err)
		}
		return read
	}
	province, err := area.Parse("32")
	if err != nil {
		t.Fatal(err)
	}
	roots := []area.Code{{}, province}
	before := []map[int]disclosure.YearCells{cellsOf(roots[0]), cellsOf(roots[1])}
	err = w.counting.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32.04.05.2099"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.services.Board.Refresh(t.Context()); err != nil { // and nothing is added up anew
		t.Fatal(err)
	}
	for i, root := range roots {
		for day, years := range cellsOf(root) {
			for year, list := range years {
				was := before[i][day][year]
				for k := range list {
					if list[k] != was[k] {
						t.Errorf("%q on %d in %d: area %d has other cells before its days are added up", root.Dotted(), day, year, k)
					}
				}
			}
		}
	}
	nation := before[0][20260307][disclosure.AnyYear][:1]
	if slices.Equal(nation, make(disclosure.Cells, 1)) {
		t.Error("the nation has no figures")
	}
}
