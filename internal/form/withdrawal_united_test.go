package form

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A union of families takes rounds and visits over under one stamp: that a round was withdrawn
// with a visit is not known any more, and a family that withdrew by itself stays so.
func TestAUnionTakesNoWithdrawalBack(t *testing.T) {
	t.Parallel()
	put := func(s *merge.State, at uint64, edits ...merge.RecordEdit) {
		t.Helper()
		change, _, err := merge.NewChange(s, merge.Stamp{TimeMS: at, Device: 1, Incarnation: 1}, edits)
		if err != nil {
			t.Fatal(err)
		}
		delta, err := merge.FromChange(change)
		if err != nil {
			t.Fatal(err)
		}
		*s = merge.Join(*s, delta)
	}
	id := func(n uint64) merge.ID { return merge.NewID(1, 1, n) }
	round, visit := merge.Key{Kind: merge.KindRound, Record: id(5)}, merge.Key{Kind: merge.KindVisit, Record: id(6)}
	kept, other := merge.State{Family: id(1)}, merge.State{Family: id(2)}
	put(&kept, 1000, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi")}})
	put(&other, 1000, merge.RecordEdit{Key: round, Set: &ksv1.Round{SurveyDate: proto.String("2026-03-01")}})
	put(&other, 1100, merge.RecordEdit{Key: round, Set: &ksv1.Round{Withdrawal: &ksv1.Withdrawal{Date: "2026-03-02"}}})
	put(&other, 1200, merge.RecordEdit{Key: visit, Set: &ksv1.Visit{
		Date: proto.String("2026-03-02"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(),
	}})
	h, err := merge.View(&kept)
	if err != nil {
		t.Fatal(err)
	}
	union, err := merge.Unite(h, &other)
	if err != nil {
		t.Fatal(err)
	}
	put(&kept, 2000, union...)
	correction := []merge.RecordEdit{{Key: visit, Set: &ksv1.Visit{Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME.Enum()}}}
	for name, state := range map[string]*merge.State{"in its own family": &other, "in the one that it is": &kept} {
		edits, err := Refusals(correction, state, ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED)
		if err != nil || len(edits) != 1 {
			t.Errorf("%s: %v, %v; want the correction of the visit alone", name, edits, err)
		}
	}
}

// Where a union took a record over from decides whose work it is: no form says so.
func TestAFormNamesNoOrigin(t *testing.T) {
	t.Parallel()
	const round = "00000000-0000-8000-8000-0000000000c1"
	origin := &ksv1.Round{Origin: &ksv1.Origin{Author: 7, Stamp: &ksv1.Stamp{TimeMs: 1}}}
	for name, c := range map[string]struct {
		set   *ksv1.Household
		clear []*ksv1.FormField
	}{
		"set":     {set: &ksv1.Household{Rounds: []*ksv1.HouseholdRound{{RoundId: round, Round: origin}}}},
		"cleared": {clear: []*ksv1.FormField{{Kind: ksv1.RecordKind_RECORD_KIND_ROUND, RecordId: round, Field: "origin"}}},
	} {
		if edits, err := Edits(c.set, c.clear); err == nil {
			t.Errorf("%s: %v; want an error", name, edits)
		} else if edits != nil {
			t.Errorf("%s: edits %v beside an error", name, edits)
		}
	}
	key := merge.Key{Kind: merge.KindRound, Record: merge.NewID(1, 1, 5)}
	if err := merge.CheckEdits([]merge.RecordEdit{{Key: key, Set: origin}}); err == nil {
		t.Error("an app may name an origin")
	}
}
