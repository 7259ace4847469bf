package api

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
)

// comeTo lets families come to an RT of the first village; the board does not look.
func (w *veilWorld) comeTo(t *testing.T, place area.Place, families int, random *rand.Rand) {
	t.Helper()
	err := w.services.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, 1, func(v store.VillageTx) error {
			c := store.Commit{Village: v.Village(), Day: veilDays[len(veilDays)-1]}
			c.Village.Revision++
			years, err := c.Village.Years.Unpack(&c.Village.Provisional, &c.Village.Verified)
			if err != nil {
				return err
			}
			p := store.Place{Place: place}
			if rows, err := v.Places(ctx, []area.Place{place}); err != nil {
				return err
			} else if len(rows) == 1 {
				p = rows[0]
			}
			part, err := p.Years.Unpack(&p.Provisional, &p.Verified)
			if err != nil {
				return err
			}
			for range families {
				packed := pasttest.RandomFamily(random)
				p.Provisional.Add(packed)
				c.Village.Provisional.Add(packed)
				in := iks.FamilyYears{{Year: 2026, Provisional: packed}}
				years.Add(in)
				part.Add(in)
			}
			p.Years = part.Pack(&p.Provisional, &p.Verified)
			c.Places = append(c.Places, p)
			c.Village.Years = years.Pack(&c.Village.Provisional, &c.Village.Verified)
			return v.Apply(ctx, &c)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// smallShown counts small cells that a list of RW or RT shows, and cells that it shows.
func (w *veilWorld) smallShown(t *testing.T, of string, year uint32) (small, all int) {
	t.Helper()
	ctx := context.WithValue(t.Context(), callerKey{}, districtOfficer)
	got, err := indexService{services: w.services}.ListAreaIndexes(ctx, &ksv1.ListAreaIndexesRequest{
		Area: of, Membership: ksv1.Membership_MEMBERSHIP_INTI, Basis: ksv1.Basis_BASIS_PROVISIONAL, SurveyYear: year,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range got.GetIndexes() {
		for n, c := range x.GetCoverage() {
			if c.GetWithheld() {
				continue
			}
			all++
			if c.GetDenominator() > 0 && c.GetDenominator() < 5 {
				small++
				t.Logf("%s indicator %d shows %d of %d", x.GetArea(), n+1, c.GetNumerator(), c.GetDenominator())
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
		for _, of := range []string{veilVillages[0], veilVillages[0] + "/001", veilVillages[0] + "/003"} {
			w := newVeilWorld(t, 3)
			for _, place := range []area.Place{1009, 3001, 1001, 3001, 1009, 1002, 1003, 2001} {
				w.comeTo(t, place, 1+random.IntN(2), random)
				if of == veilVillages[0]+"/003" && place == 1009 {
					continue // there is no such RW yet
				}
				if small, _ := w.smallShown(t, of, year); small > 0 {
					t.Fatalf("%s in %d: %d small cells are shown before the board looks", of, year, small)
				}
			}
			for _, place := range []area.Place{3001, 1001, 1007, 1008} { // 1007 and 1008 have no other years
				w.comeTo(t, place, 40, random)
			}
			if _, all := w.smallShown(t, of, year); all == 0 {
				t.Errorf("%s in %d: nothing is shown", of, year)
			}
		}
	}
}

// allWithheld are all indicators on all memberships and bases.
var allWithheld = disclosure.Mask{everyIndicator, everyIndicator, everyIndicator, everyIndicator}

// everyIndicator has the bits of all twelve.
const everyIndicator = 1<<(iks.Indicators+1) - 2

// Of an area on which nothing was decided all is withheld.
func TestAllIsWithheldOfAnAreaThatWasNotDecided(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 3)
	root, err := area.Parse(veilVillages[0])
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.services.piece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := d.MaskOf(root.RT(9009).String()); m != allWithheld {
		t.Errorf("withheld is %v", m)
	}
}

// An RW and its RT tell the same as-of: that of the board, than which they are no older.
func TestAnRWIsAsOfWhatItsRTAre(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 3)
	asOf := w.services.Board.AsOf()
	w.services.Now = func() time.Time { return asOf.Add(time.Minute) }
	code, err := area.Parse(veilVillages[0] + "/001")
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
