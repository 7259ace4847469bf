package veil

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// veilWorld is a world of small cells, with who decides what of them is withheld.
type veilWorld struct {
	*veiltest.World
	keeper *Keeper
}

func newVeilWorld(t *testing.T, seed uint64) *veilWorld {
	t.Helper()
	w := &veilWorld{World: veiltest.New(t, seed)}
	w.keeper = &Keeper{Store: w.Store, Board: w.Board, Past: w.Past, Now: veiltest.Now}
	return w
}

var (
	memberships = []ksv1.Membership{ksv1.Membership_MEMBERSHIP_INTI, ksv1.Membership_MEMBERSHIP_BESAR}
	bases       = []ksv1.Basis{ksv1.Basis_BASIS_PROVISIONAL, ksv1.Basis_BASIS_VERIFIED}
	district    = &access.Caller{Account: store.Account{Number: 1, Area: "32.04", Roles: []int32{int32(ksv1.Role_ROLE_DISTRICT)}}}
)

// told is what is told of an area on a membership and basis.
type told struct {
	counts     iks.Summary
	membership ksv1.Membership
	basis      ksv1.Basis
	mask       Mask
}

func (x *told) withheld(indicator int) bool { return x.mask.Has(x.membership, x.basis, indicator) }

// has tells whether an area has figures on a day (0: now).
func (w *veilWorld) has(area, day int) bool {
	return day == 0 || len(w.Areas[area]) <= len(veiltest.Villages[0])
}

// sumsOn are the sums of areas that have figures on a day.
func (w *veilWorld) sumsOn(day int) (out []smallcell.Sum) {
	for _, s := range w.Sums {
		if w.has(s.Parts[0], day) {
			out = append(out, s)
		}
	}
	return out
}

// subject is one by its code; in a village with the rows that are there now.
func (w *veilWorld) subject(id string, year int) Subject {
	w.Helper()
	x := Subject{Year: year}
	if id[0] == 'P' {
		_, p, ok := w.Board.FindPuskesmas(id)
		if !ok {
			w.Fatalf("there is no Puskesmas %s", id)
		}
		x.Puskesmas = &p
		return x
	}
	x.Area = w.Area(id)
	if len(id) > len(veiltest.Villages[0]) {
		village, _ := x.Area.Village()
		rows, err := w.keeper.ReadVillage(w.Context(), village)
		if err != nil {
			w.Fatal(err)
		}
		x.Rows = rows
	}
	return x
}

// figuresOf are a subject's on a day as they are.
func (w *veilWorld) figuresOf(x Subject, day int) (f tally.Figures) {
	w.Helper()
	switch {
	case day != 0:
		of := past.Subject{Area: x.Area, Year: x.Year}
		if x.Puskesmas != nil {
			of.Puskesmas = x.Puskesmas.Code
		}
		list, err := w.Past.Series(w.Context(), of, []int{day})
		if err != nil {
			w.Fatal(err)
		}
		return list[0].Figures
	case x.Rows != nil:
		return w.figuresIn(x)
	case x.Puskesmas != nil && x.Year != 0:
		sum := w.Board.PuskesmasInYear(x.Puskesmas.Code, x.Year)
		f.Provisional, f.Verified = sum.Provisional, sum.Verified
	case x.Puskesmas != nil:
		part, _, _ := w.Board.FindPuskesmas(x.Puskesmas.Code)
		f = part.Sum.Figures
	case x.Year != 0:
		sum := w.Board.InYear(x.Area.Dotted(), x.Year)
		f.Provisional, f.Verified = sum.Provisional, sum.Verified
	default:
		part, _ := w.Board.Find(x.Area.Dotted())
		f = part.Sum.Figures
	}
	return f
}

// figuresIn are those of an RW or RT, from the rows of its village.
func (w *veilWorld) figuresIn(x Subject) (f tally.Figures) {
	w.Helper()
	for i := range x.Rows.Places {
		p := &x.Rows.Places[i]
		if !x.Area.Contains(x.Rows.Code.RT(p.Place)) {
			continue
		}
		if x.Year == 0 {
			f.Add(&tally.Figures{Provisional: p.Provisional, Verified: p.Verified})
			continue
		}
		years, err := p.Years.Unpack(&p.Provisional, &p.Verified)
		if err != nil {
			w.Fatal(err)
		}
		if in := years.Of(x.Year); in != nil {
			f.Add(&tally.Figures{Provisional: in.Provisional, Verified: in.Verified})
		}
	}
	return f
}

// tallyOn is figures' on a basis.
func tallyOn(f *tally.Figures, b ksv1.Basis) *iks.Tally {
	if b == ksv1.Basis_BASIS_VERIFIED {
		return &f.Verified
	}
	return &f.Provisional
}

// summaryOn is figures' on a membership and basis.
func summaryOn(f *tally.Figures, m ksv1.Membership, b ksv1.Basis) iks.Summary {
	if m == ksv1.Membership_MEMBERSHIP_BESAR {
		return tallyOn(f, b).Of(iks.Besar)
	}
	return tallyOn(f, b).Of(iks.Inti)
}

// mustMask is what is withheld of a subject from a caller.
func (w *veilWorld) mustMask(c *access.Caller, x Subject, day int) Mask {
	w.Helper()
	m, err := w.keeper.For(c).MaskOf(w.Context(), x, day)
	if err != nil {
		w.Fatal(err)
	}
	return m
}
