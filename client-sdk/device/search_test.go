package device

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
)

func TestSearchFindsNamesInAnyCase(t *testing.T) {
	t.Parallel()
	f := &Summary{NKK: 3204054101900077, BuildingNumber: "12A"}
	f.setNames(joinNames([]string{"Siti AMINAH", "Asep", "Élise D\nArc"}))
	for word, want := range map[string]bool{
		"siti": true, "aminah": true, "asep": true, "élise": true, "d arc": true, "12a": true, "0541": true, "3204054101900077": true,
		"budi": false, "aminahasep": false, "12": false, "99999": false, "asepp": false,
	} {
		if got := f.contains(word); got != want {
			t.Errorf("%q found: %t", word, got)
		}
	}
	if f.HeadName != "Siti AMINAH" || len(f.MemberNames) != 2 || f.MemberNames[0] != "Asep" {
		t.Errorf("names %q, %q", f.HeadName, f.MemberNames)
	}
}

func TestASummaryAtRestReadsBack(t *testing.T) {
	t.Parallel()
	f := &Summary{
		ID: merge.NewID(1, 2, 3), Village: 7, Place: 3007, NKK: 3204054101900077, BuildingNumber: "12A", FamilyNumber: "1", SurveyDate: "2026-05-17",
		Values: -5, Latest: 4, Draft: true, Conflicts: 2, Review: 3, WaitingSinceMS: 1 << 40, SubmittedBy: 9, DueDate: "2026-06-01", LastVisit: 2, VisitYear: 2026, LatestYear: 2025, Unsubmitted: true, Reopened: true, NextVisit: "2026-05-20", SurveyedSince: true,
	}
	f.digest[3] = 7
	f.setNames(joinNames([]string{"", "Asep"}))
	plain := f.encode(nil)
	got := &Summary{ID: f.ID}
	if err := decodeSummary(plain, got); err != nil || string(got.encode(nil)) != string(plain) || got.MemberNames[0] != "Asep" || !got.Draft || got.Latest != 4 || got.Removed {
		t.Errorf("read back %+v, %v", got, err)
	}
	for n := range plain {
		if err := decodeSummary(plain[:n], &Summary{}); err == nil {
			t.Errorf("cut at %d it still reads", n)
		}
	}
}

func TestTheListKeepsItsOrderAsFamiliesChange(t *testing.T) {
	t.Parallel()
	x := newIndex()
	put := func(n uint64, building string) {
		x.begin()
		id := merge.NewID(1, 1, n)
		x.staged[id] = &Summary{ID: id, BuildingNumber: building}
		x.commit()
	}
	for n := range uint64(100) {
		put(n, string(rune('0'+n%10)))
		x.inOrder()
	}
	put(7, "99") // moves to the end
	x.begin()
	x.staged[merge.NewID(1, 1, 8)] = nil
	x.commit()
	kept := append([]*Summary{}, x.inOrder()...)
	x.ordered = nil
	fresh := x.inOrder()
	if len(kept) != 99 || kept[98].BuildingNumber != "99" {
		t.Fatalf("%d families, the last in %s", len(kept), kept[len(kept)-1].BuildingNumber)
	}
	for i := range fresh {
		if kept[i] != fresh[i] {
			t.Fatalf("family %d is out of order", i)
		}
	}
}
