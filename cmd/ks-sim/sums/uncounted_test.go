package sums

import (
	"context"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// A store from before survey years were kept has none, until its villages are counted;
// what is committed before then changes nothing of that.
func TestSurveyYearsThatWereNotKeptAreCountedFromTheFamilies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live(1200)
	before := w.rows()
	s, ok := w.store.(*sqlite.Store)
	if !ok {
		t.Fatalf("the store is %T", w.store)
	}
	for _, forget := range []string{
		`UPDATE village SET years = NULL, changed = (SELECT n FROM follow) WHERE revision > 0`, `UPDATE place SET years = x''`, `UPDATE family SET years = ''`,
	} {
		if _, err := s.DB().ExecContext(t.Context(), forget); err != nil {
			t.Fatal(err)
		}
	}
	board := tally.New(w.store, time.Now)
	refresh := func() {
		if err := board.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	uncounted := board.Uncounted()
	if got := board.InYear("", 2026); len(uncounted) == 0 || got.Uncounted != len(uncounted) || len(board.Years("32.04")) > 0 {
		t.Fatalf("%d villages are to be counted, and the nation has %d", len(uncounted), got.Uncounted)
	}
	for _, v := range uncounted {
		if _, err := w.core.Recompute(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	if len(board.Uncounted()) > 0 || board.InYear("", 2026).Uncounted > 0 {
		t.Errorf("%d villages are still to be counted", len(board.Uncounted()))
	}
	after := w.rows()
	for key, years := range before {
		if after[key] != years {
			t.Errorf("%v: %x, were %x", key, after[key], years)
		}
	}
	w.forgetAndCommit(s)
}

// forgetAndCommit holds that a village that is still to be counted stays so through
// a commit.
func (w *world) forgetAndCommit(s *sqlite.Store) {
	w.t.Helper()
	w.exec(s.DB(), `UPDATE village SET years = NULL WHERE number = 1; UPDATE place SET years = x'' WHERE village = 1`)
	_, in := w.survey(1)
	w.commit(1, []*ingest.Incoming{in})
	err := w.store.Read(w.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, 1)
		if err != nil || !row.YearsMissing {
			w.t.Errorf("after a commit the village counts as %x", row.Years)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// yearsKey names a village, an RT of it, or a family.
type yearsKey struct {
	village uint32
	place   int
	family  string
}

// rows are what is kept by survey year.
func (w *world) rows() map[yearsKey]string {
	w.t.Helper()
	out := map[yearsKey]string{}
	err := w.store.Read(store.AsOperator(w.t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		for number := range uint32(len(villages)) {
			row, err := snap.Village(ctx, number+1)
			if err != nil {
				return err
			}
			out[yearsKey{village: number + 1}] = string(row.Years)
			places, err := snap.PlacesOf(ctx, number+1)
			if err != nil {
				return err
			}
			for _, p := range places {
				out[yearsKey{village: number + 1, place: int(p.Place)}] = string(p.Years)
			}
			const all = 100_000
			families, err := snap.ListFamilies(ctx, store.FamilyQuery{Villages: []uint32{number + 1}, Limit: all})
			if err != nil {
				return err
			}
			for i := range families {
				out[yearsKey{village: number + 1, family: families[i].ID.String()}] = families[i].Years
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}
