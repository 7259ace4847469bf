package exchange

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// aSurvey is one year's survey of a family of a father, a mother and a child, in a file.
type aSurvey struct {
	date, updated string
	nik, nkk      string
	address       string
	mother        string
	birth, age    string // of the child
	gone          string // 1: the child is removed
	childless     bool   // the child has no row
	family        string // 1: the family is removed
}

func (s aSurvey) in(t *testing.T) incoming {
	t.Helper()
	return aFamily(t, s.text())
}

func (s aSurvey) text() string {
	var text strings.Builder
	text.WriteString(yearsHead)
	for n, x := range []struct{ birth, age, nik, mother, gone string }{{birth: "1980-01-01", nik: s.nik}, {birth: "1985-01-01"}, {s.birth, s.age, "", s.mother, s.gone}} {
		if n == 2 && s.childless {
			continue
		}
		fmt.Fprintf(&text, "K1,%s,%s,3204052001,Budi,%s,0,%s,%s,1,003,007,web,R1,Y,Y,Y,Y,T,T,M%d,%d,%d,1,%s,%s,Nama,%s,%s,T,Y,Y,Y,T,T,T,,%s\n",
			s.date, s.updated, cmp.Or(s.family, "0"), s.nkk, s.address, n, n+1, 1+n%2, x.birth, x.age, x.nik, x.mother, cmp.Or(x.gone, "0"))
	}
	return text.String()
}

// bring is what a family is with surveys brought in turn.
func bring(t *testing.T, surveys ...aSurvey) *ksv1.Household {
	t.Helper()
	var state *merge.State
	for n, s := range surveys {
		state = brought(t, state, s.in(t), uint64(1_700_000_000_000+n))
	}
	h, err := merge.View(state)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A correction of one year takes back what that year's file had said, and nothing that another
// year's says.
func TestACorrectionTakesBackItsOwnYearsWordAlone(t *testing.T) {
	t.Parallel()
	const a, b = "3204050302840001", "3204050302840002"
	first := aSurvey{date: "2023-05-05", updated: "2023-05-05", nik: a, nkk: a, address: "Jl. A", mother: "M1", birth: "2021-03-01"}
	silent := aSurvey{date: "2025-05-05", updated: "2025-05-05", age: "4"}
	said := aSurvey{date: "2025-05-05", updated: "2025-05-05", nik: b, nkk: b, address: "Jl. B", birth: "2021-04-01"}
	corrected := silent
	corrected.updated = "2025-06-06"
	for name, c := range map[string]struct {
		files        []aSurvey
		number       string // NIK and No. KK
		address      string
		mother       bool
		birth        string
		statedMonths uint32
	}{
		"silence after silence":       {[]aSurvey{first, silent, corrected}, a, "Jl. A", true, "2021-03-01", 48},
		"the correction first":        {[]aSurvey{corrected, silent, first}, a, "Jl. A", true, "2021-03-01", 48},
		"the last year's word":        {[]aSurvey{first, said}, b, "Jl. B", true, "2021-04-01", 0},
		"which is taken back":         {[]aSurvey{first, said, corrected}, a, "Jl. A", true, "2021-03-01", 48},
		"before the first year comes": {[]aSurvey{said, corrected, first}, a, "Jl. A", true, "2021-03-01", 48},
		"nobody else's word":          {[]aSurvey{said, corrected}, "", "", false, "", 48},
	} {
		h := bring(t, c.files...)
		child := h.GetMembers()[2].GetMember()
		number := func(n *uint64) string {
			if n == nil {
				return ""
			}
			return fmt.Sprint(*n)
		}
		if got := number(h.GetMembers()[0].GetMember().Nik); got != c.number || number(h.GetFamily().Nkk) != got {
			t.Errorf("%s: NIK %q, No. KK %q", name, got, number(h.GetFamily().Nkk))
		}
		if h.GetFamily().GetAddress() != c.address || (child.MotherId != nil) != c.mother {
			t.Errorf("%s: address %q, mother %q", name, h.GetFamily().GetAddress(), child.GetMotherId())
		}
		if child.GetBirthDate() != c.birth || child.GetStatedAge().GetMonths() != c.statedMonths {
			t.Errorf("%s: born %q, stated age %v", name, child.GetBirthDate(), child.GetStatedAge())
		}
	}
}

// What was entered here gives way to a newer file that says otherwise, and never to silence.
func TestSilenceTakesNothingBackThatWasEnteredHere(t *testing.T) {
	t.Parallel()
	said := aSurvey{date: "2025-05-05", updated: "2025-05-05", address: "Jl. A", birth: "2021-03-01"}
	silent, other := said, said
	silent.updated, silent.address = "2030-01-01", ""
	other.updated, other.address = "2030-01-01", "Jl. C"
	for want, file := range map[string]aSurvey{"Jl. B": silent, "Jl. C": other} {
		state := brought(t, nil, said.in(t), 1_700_000_000_000)
		c, _, err := merge.NewChange(state, merge.Stamp{TimeMS: 1_800_000_000_000, Device: 9},
			[]merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. B")}}})
		if err != nil {
			t.Fatal(err)
		}
		delta, err := merge.FromChange(c)
		if err != nil {
			t.Fatal(err)
		}
		entered := merge.Join(*state, delta)
		h, err := merge.View(brought(t, &entered, file.in(t), 1_900_000_000_000))
		if err != nil || h.GetFamily().GetAddress() != want {
			t.Errorf("%v, %q, not %q", err, h.GetFamily().GetAddress(), want)
		}
	}
}

// A year's file without columns of RW and RT says nothing of them, whenever it comes.
func TestAFileWithoutAPlaceLeavesThatOfAnotherYear(t *testing.T) {
	t.Parallel()
	placed := aSurvey{date: "2023-05-05", updated: "2023-05-05", birth: "2021-03-01"}.in(t)
	text := aSurvey{date: "2025-05-05", updated: "2025-05-05", birth: "2021-03-01"}.text()
	unplaced := aFamily(t, strings.NewReplacer("survei_rw_new,survei_rt_new,", "", "003,007,", "").Replace(text))
	for n, order := range [][]incoming{{placed, unplaced}, {unplaced, placed}} {
		state := brought(t, brought(t, nil, order[0], 1_700_000_000_000), order[1], 1_700_000_000_001)
		if h, err := merge.View(state); err != nil || h.GetFamily().GetPlace() != "003/007" {
			t.Errorf("order %d: %v, %q", n, err, h.GetFamily().GetPlace())
		}
	}
}

// Whom a newer correction of the only year that had found them removes has not left before a
// later survey, but was removed from every round; and the other way round.
func TestACorrectionDecidesAgainHowSomebodyLeft(t *testing.T) {
	t.Parallel()
	found := aSurvey{date: "2023-05-05", updated: "2023-05-05", birth: "2021-03-01"}
	corrected := found
	corrected.updated, corrected.gone = "2024-01-01", "1"
	gone := aSurvey{date: "2024-05-05", updated: "2024-05-05", birth: "2021-03-01", gone: "1", family: "1"}
	back := aSurvey{date: "2025-05-05", updated: "2025-05-05", childless: true}
	again := found
	again.updated = "2024-02-02"
	for name, c := range map[string]struct {
		files []aSurvey
		want  *ksv1.Removal
	}{
		"found before":           {[]aSurvey{found, gone, back}, leftBefore(date(t, "2024-05-05"))},
		"removed since":          {[]aSurvey{found, gone, back, corrected}, &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE}},
		"removed at first":       {[]aSurvey{corrected, gone, found, back}, &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE}},
		"removed and found anew": {[]aSurvey{found, gone, back, corrected, again}, leftBefore(date(t, "2024-05-05"))},
	} {
		if got := bring(t, c.files...).GetMembers()[2].GetMember().GetRemoval(); !merge.SameRemoval(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// The same of a family whose first survey a correction removes.
func TestACorrectionDecidesAgainHowAFamilyLeft(t *testing.T) {
	t.Parallel()
	found := aSurvey{date: "2023-05-05", updated: "2023-05-05", birth: "2021-03-01"}
	gone := aSurvey{date: "2024-05-05", updated: "2024-05-05", birth: "2021-03-01", family: "1"}
	corrected := found
	corrected.updated, corrected.family = "2024-01-01", "1"
	h := bring(t, found, gone)
	if r := h.GetFamily().GetRemoval(); !merge.SameRemoval(r, leftBefore(date(t, "2024-05-05"))) {
		t.Errorf("found before: %v", r)
	}
	h = bring(t, found, gone, corrected)
	if r := h.GetFamily().GetRemoval(); !deleted(r) || r.GetDate() != "" {
		t.Errorf("removed since: %v", r)
	}
	for _, r := range h.GetRounds() {
		if r.GetRound().GetSurveyDate() == "" {
			t.Errorf("the round of %s has no date of its own, and would not be exported as its file was", rawsurvei.SurveyDate(r.GetRound()))
		}
	}
}

func date(t *testing.T, text string) prokesga.Date {
	t.Helper()
	d, err := prokesga.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A correction without the row of somebody who took part leaves them, and says so; one of whom
// it is known how they left, or an older file, says nothing.
func TestACorrectionTellsOfWhomItHasNoRow(t *testing.T) {
	t.Parallel()
	first := aSurvey{date: "2025-05-05", updated: "2025-05-05", birth: "2021-03-01"}
	without := aSurvey{date: "2025-05-05", updated: "2025-06-06", childless: true}
	old, gone, later := without, first, without
	old.updated, gone.updated, gone.gone, later.updated = "2025-04-04", "2025-05-06", "1", "2025-07-07"
	for name, c := range map[string]struct {
		before []aSurvey
		comes  aSurvey
		told   bool
	}{
		"the child has no row":     {[]aSurvey{first}, without, true},
		"as it was":                {[]aSurvey{first}, first, false},
		"an older file":            {[]aSurvey{first}, old, false},
		"the child was removed":    {[]aSurvey{first, gone}, later, false},
		"the child never was here": {[]aSurvey{without}, later, false},
	} {
		t.Run(name, func(t *testing.T) {
			var state *merge.State
			for n, s := range c.before {
				state = brought(t, state, s.in(t), uint64(1_700_000_000_000+n))
			}
			p, err := newPlan(state, c.comes.in(t), importer)
			if err != nil {
				t.Fatal(err)
			}
			told := slices.ContainsFunc(p.notes, func(n note) bool { return n.column == colMember && strings.Contains(n.reason, "no row of 1 who") })
			if told != c.told {
				t.Errorf("told %v, notes %v", told, p.notes)
			}
		})
	}
}
