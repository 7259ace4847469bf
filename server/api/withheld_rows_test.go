package api

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// smallShown counts small cells that a list of RW or RT shows, and cells that it shows.
func (w *smallWorld) smallShown(of string, year uint32) (small, all int) {
	w.Helper()
	ctx := context.WithValue(w.Context(), callerKey{}, districtOfficer)
	got, err := indexService{services: w.services}.ListAreaIndexes(ctx, &ksv1.ListAreaIndexesRequest{
		Area: of, Membership: ksv1.Membership_MEMBERSHIP_INTI, Basis: ksv1.Basis_BASIS_PROVISIONAL, SurveyYear: year,
	})
	if err != nil {
		w.Fatal(err)
	}
	for _, x := range got.GetIndexes() {
		for n, c := range x.GetCoverage() {
			if c.GetWithheld() {
				continue
			}
			all++
			if c.GetDenominator() > 0 && c.GetDenominator() < 5 {
				small++
				w.Logf("%s indicator %d shows %d of %d", x.GetArea(), n+1, c.GetNumerator(), c.GetDenominator())
			}
		}
	}
	return small, all
}

// What comes between two looks of the board is shown of RW and RT at once, and what is
// withheld is decided of the same rows: of an RT that has just come, of one that grows,
// and in survey years.
func TestWhatIsWithheldOfRTIsDecidedOfTheRowsThatAreShown(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for _, year := range []uint32{0, 2026} {
		for _, of := range []string{veiltest.Villages[0], veiltest.Villages[0] + "/001", veiltest.Villages[0] + "/003"} {
			w := newSmallWorld(t, 3)
			for _, place := range []area.Place{1009, 3001, 1001, 3001, 1009, 1002, 1003, 2001} {
				w.ComeTo(place, 1+random.IntN(2), random)
				if of == veiltest.Villages[0]+"/003" && place == 1009 {
					continue // there is no such RW yet
				}
				if small, _ := w.smallShown(of, year); small > 0 {
					t.Fatalf("%s in %d: %d small cells are shown before the board looks", of, year, small)
				}
			}
			for _, place := range []area.Place{3001, 1001, 1007, 1008} { // 1007 and 1008 have no other years
				w.ComeTo(place, 40, random)
			}
			if _, all := w.smallShown(of, year); all == 0 {
				t.Errorf("%s in %d: nothing is shown", of, year)
			}
		}
	}
}

// An RW and its RT tell the same as-of: that of the board, than which they are no older.
func TestAnRWIsAsOfWhatItsRTAre(t *testing.T) {
	t.Parallel()
	w := newSmallWorld(t, 3)
	asOf := w.Board.AsOf()
	w.services.Now = func() time.Time { return asOf.Add(time.Minute) }
	code, err := area.Parse(veiltest.Villages[0] + "/001")
	if err != nil {
		t.Fatal(err)
	}
	x := &subject{code: code}
	sum, err := w.services.sumOf(t.Context(), x)
	if err != nil || !sum.AsOf.Equal(asOf) {
		t.Errorf("the RW is as of %v, the board of %v: %v", sum.AsOf, asOf, err)
	}
	parts, err := w.services.partsOf(t.Context(), districtOfficer, x)
	if err != nil || len(parts) == 0 || !parts[0].sum.AsOf.Equal(asOf) {
		t.Errorf("%d RT: %v", len(parts), err)
	}
}

// An RW of a village that is unknown is not found, as a village is.
func TestAnRWOfAnUnknownVillageIsNotFound(t *testing.T) {
	t.Parallel()
	w := newSmallWorld(t, 3)
	ctx := context.WithValue(t.Context(), callerKey{}, districtOfficer)
	for _, id := range []string{"32.04.05.2999", "32.04.05.2999/001", veiltest.Villages[0] + "/009"} {
		if _, err := (indexService{services: w.services}).GetAreaIndex(ctx, &ksv1.GetAreaIndexRequest{Area: id}); !errors.Is(err, errNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
