package api

import (
	"context"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/veil"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// smallWorld is a world of small cells, and who serves it.
type smallWorld struct {
	*veiltest.World
	services *Services
}

func newSmallWorld(t *testing.T, seed uint64) *smallWorld {
	t.Helper()
	w := &smallWorld{World: veiltest.New(t, seed)}
	w.services = figuresOnly(w.Store, w.Board, veiltest.Now)
	return w
}

// namesOf names an area or a Puskesmas in a request.
func namesOf(id string) (areaText, puskesmas string) {
	if id[0] == 'P' {
		return "", id
	}
	return id, ""
}

// maskOf is what the district's officer is not told of an area, as package veil has it; what it
// keeps from whom is tested there.
func (w *smallWorld) maskOf(id string, year, day int) veil.Mask {
	w.Helper()
	areaText, puskesmas := namesOf(id)
	x, err := w.services.subjectOf(districtOfficer, areaText, puskesmas)
	if err != nil {
		w.Fatal(err)
	}
	x.year = year
	m, err := w.services.Veil.For(districtOfficer).MaskOf(w.Context(), x.veiled(), day)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// Every answer, of an area alone and in a list, on every membership and basis, now and on
// past days, of any year and of one, withholds what is withheld, and no other cell.
func TestAnswersWithholdWhatIsWithheld(t *testing.T) {
	t.Parallel()
	withheld, shown := 0, 0
	for seed := range uint64(3) {
		w := newSmallWorld(t, seed)
		for _, year := range []int{0, veiltest.Years[0]} {
			for _, day := range w.Days {
				for _, what := range []counted{
					{ksv1.Membership_MEMBERSHIP_INTI, ksv1.Basis_BASIS_PROVISIONAL}, {ksv1.Membership_MEMBERSHIP_INTI, ksv1.Basis_BASIS_VERIFIED},
					{ksv1.Membership_MEMBERSHIP_BESAR, ksv1.Basis_BASIS_PROVISIONAL}, {ksv1.Membership_MEMBERSHIP_BESAR, ksv1.Basis_BASIS_VERIFIED},
				} {
					hidden, told := w.compare(what, year, day)
					withheld, shown = withheld+hidden, shown+told
				}
			}
		}
	}
	if withheld == 0 || shown == 0 {
		t.Errorf("%d cells withheld, %d shown: the test tests nothing", withheld, shown)
	}
}

// compare holds the answers of every area against what is withheld of it.
func (w *smallWorld) compare(what counted, year, day int) (withheld, shown int) {
	w.Helper()
	ctx := context.WithValue(w.Context(), callerKey{}, districtOfficer)
	for _, id := range w.Areas {
		if day != 0 && len(id) > len(veiltest.Villages[0]) {
			continue
		}
		areaText, puskesmas := namesOf(id)
		got, err := indexService{services: w.services}.GetAreaIndex(ctx, &ksv1.GetAreaIndexRequest{
			Area: areaText, PuskesmasCode: puskesmas, Membership: what.membership, Basis: what.basis, SurveyYear: uint32(year), Day: prokesga.DateOfNumber(day).String(),
		})
		if err != nil {
			w.Fatal(err)
		}
		hidden, told := w.compareIndex(got.GetIndex(), w.maskOf(id, year, day))
		withheld, shown = withheld+hidden, shown+told
		if id[0] != 'P' && w.Area(id).Level() >= area.Village && (day != 0 || w.Area(id).Level() == area.RT) {
			continue // nothing is listed below it
		}
		list, err := indexService{services: w.services}.ListAreaIndexes(ctx, &ksv1.ListAreaIndexesRequest{
			Area: areaText, PuskesmasCode: puskesmas, Membership: what.membership, Basis: what.basis, SurveyYear: uint32(year), Day: prokesga.DateOfNumber(day).String(),
		})
		if err != nil || len(list.GetIndexes()) == 0 {
			w.Fatalf("%d areas in %s: %v", len(list.GetIndexes()), id, err)
		}
		for _, x := range list.GetIndexes() {
			w.compareIndex(x, w.maskOf(x.GetArea(), year, day))
		}
	}
	return withheld, shown
}

func (w *smallWorld) compareIndex(x *ksv1.AreaIndex, mask veil.Mask) (withheld, shown int) {
	w.Helper()
	for n, c := range x.GetCoverage() {
		switch {
		case c.GetWithheld() != mask.Has(x.GetMembership(), x.GetBasis(), n+1):
			w.Errorf("%s on %q, in %d: indicator %d is withheld %v, and was to be %v", x.GetArea(), x.GetDay(), x.GetSurveyYear(), n+1, c.GetWithheld(), !c.GetWithheld())
		case c.GetWithheld():
			withheld++
		case c.GetDenominator() > 0 && c.GetDenominator() < smallcell.Least:
			w.Errorf("%s on %q, in %d: indicator %d shows a denominator of %d", x.GetArea(), x.GetDay(), x.GetSurveyYear(), n+1, c.GetDenominator())
		default:
			shown++
		}
	}
	return withheld, shown
}
