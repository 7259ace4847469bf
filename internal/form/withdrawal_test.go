package form

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const (
	firstRound  = "00000000-0000-8000-8000-0000000000c1"
	secondRound = "00000000-0000-8000-8000-0000000000c2"
)

// stateOf is a family whose rounds stand as given.
func stateOf(t *testing.T, h *ksv1.Household) *merge.State {
	t.Helper()
	edits, err := merge.Edits(h)
	if err != nil {
		t.Fatal(err)
	}
	empty := &merge.State{Family: merge.ID{15: 1}}
	change, differs, err := merge.NewChange(empty, merge.Stamp{TimeMS: 1, Device: 1}, edits)
	if err != nil {
		t.Fatal(err)
	}
	if !differs {
		return empty
	}
	state, err := merge.FromChange(change)
	if err != nil {
		t.Fatal(err)
	}
	return &state
}

// again is a family with a second round of a survey date, all answered or nothing.
func again(h *ksv1.Household, answered bool, date *string) *ksv1.Household {
	second := typedIn(answered).GetRounds()[0]
	second.RoundId, second.Round.SurveyDate = secondRound, date
	h.Rounds = append(h.Rounds, second)
	return h
}

func TestARefusalWithdrawsTheRoundThatWasBegun(t *testing.T) {
	refused := ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum()
	visit := func(date, round string, outcome *ksv1.VisitOutcome) *ksv1.Visit {
		v := &ksv1.Visit{Date: proto.String(date), Outcome: outcome}
		if round != "" {
			v.RoundId = proto.String(round)
		}
		return v
	}
	in2024, in2025 := proto.String("2024-05-17"), proto.String("2025-02-01")
	for what, c := range map[string]struct {
		family *ksv1.Household
		visit  *ksv1.Visit
		want   string // "" none
	}{
		"begun":                               {typedIn(false), visit("2024-05-18", firstRound, refused), firstRound},
		"not named":                           {typedIn(false), visit("2024-05-18", "", refused), firstRound},
		"complete":                            {typedIn(true), visit("2024-05-18", firstRound, refused), ""},
		"of last year":                        {typedIn(false), visit("2025-01-02", firstRound, refused), ""},
		"of a later year":                     {typedIn(false), visit("2023-05-18", firstRound, refused), ""},
		"begun after the visit":               {typedIn(false), visit("2024-05-16", firstRound, refused), ""},
		"without a survey date":               {again(typedIn(true), false, nil), visit("2025-02-01", secondRound, refused), secondRound},
		"last year's named by the page":       {again(typedIn(true), false, in2025), visit("2025-02-01", firstRound, refused), secondRound},
		"complete this year, visited again":   {again(typedIn(true), true, in2025), visit("2025-03-01", secondRound, refused), ""},
		"an older unfinished one of the year": {again(typedIn(false), true, in2024), visit("2024-06-01", secondRound, refused), ""},
		"another outcome":                     {typedIn(false), visit("2024-05-18", firstRound, ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL.Enum()), ""},
		"no round":                            {&ksv1.Household{}, visit("2024-05-18", "", refused), ""},
	} {
		state := stateOf(t, c.family)
		edits, err := Refusals([]merge.RecordEdit{{Key: merge.Key{Kind: merge.KindVisit, Record: merge.ID{15: 9}}, Set: c.visit}}, state, 0)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		after, err := merge.Preview(state, edits)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got := ""
		for _, r := range after.GetRounds() {
			if w := r.GetRound().GetWithdrawal(); w != nil {
				got += r.GetRoundId()
				if w.GetDate() != c.visit.GetDate() {
					t.Errorf("%s: withdrawn on %s", what, w.GetDate())
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: withdrawn %q, want %q", what, got, c.want)
		}
	}
}

// What a page answered with the refusal, or that a visit turns out to have been one, is
// one save like any other; the records that it hands in stay as they are.
func TestARefusalSavedWithAnswersWithdrawsTheirRound(t *testing.T) {
	state := stateOf(t, typedIn(false))
	round, err := merge.ParseID(firstRound)
	if err != nil {
		t.Fatal(err)
	}
	answers := &ksv1.Round{Toilet: ksv1.Answer_ANSWER_YA.Enum()}
	edits := []merge.RecordEdit{
		{Key: merge.Key{Kind: merge.KindRound, Record: round}, Set: answers},
		{Key: merge.Key{Kind: merge.KindVisit, Record: merge.ID{15: 9}}, Set: &ksv1.Visit{
			Date: proto.String("2024-05-18"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(), RoundId: proto.String(firstRound),
		}},
	}
	out, err := Refusals(edits, state, 0)
	if err != nil {
		t.Fatal(err)
	}
	after, err := merge.Preview(state, out)
	if err != nil {
		t.Fatal(err)
	}
	if r := after.GetRounds()[0].GetRound(); len(out) != 2 || r.GetWithdrawal() == nil || r.GetToilet() != ksv1.Answer_ANSWER_YA || answers.Withdrawal != nil {
		t.Errorf("%d edits, the round is %v; handed in was %v", len(out), r, answers)
	}
	if a := iks.Assess(after, iks.AnyYear); a.Counts() {
		t.Error("a withdrawn round counts")
	}
}

// saved is the state after one save, stamped later than all before.
func saved(t *testing.T, state *merge.State, edits ...merge.RecordEdit) *merge.State {
	t.Helper()
	clock := merge.Clock{Device: 1, Incarnation: 1, Last: state.HighestStamp()}
	change, differs, err := merge.NewChange(state, clock.Next(1), edits)
	if err != nil {
		t.Fatal(err)
	}
	if !differs {
		return state
	}
	delta, err := merge.FromChange(change)
	if err != nil {
		t.Fatal(err)
	}
	after := merge.Join(*state, delta)
	return &after
}

// A refusal that was none takes back what it withdrew, and nothing that the family itself, or
// another refusal, did.
func TestARefusalThatWasNoneTakesItsWithdrawalBack(t *testing.T) {
	t.Parallel()
	round, err := merge.ParseID(firstRound)
	if err != nil {
		t.Fatal(err)
	}
	inRound := merge.Key{Kind: merge.KindRound, Record: round}
	refusedAt := func(visit byte, date string) merge.RecordEdit {
		return merge.RecordEdit{Key: merge.Key{Kind: merge.KindVisit, Record: merge.ID{15: visit}}, Set: &ksv1.Visit{
			Date: proto.String(date), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(), RoundId: proto.String(firstRound),
		}}
	}
	became := func(outcome ksv1.VisitOutcome) merge.RecordEdit {
		return merge.RecordEdit{Key: merge.Key{Kind: merge.KindVisit, Record: merge.ID{15: 9}}, Set: &ksv1.Visit{Outcome: outcome.Enum()}}
	}
	partial := became(ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL)
	for what, c := range map[string]struct {
		before, after []merge.RecordEdit // saves of one edit each
		correction    []merge.RecordEdit
		now           ksv1.ReviewState
		withdrawn     bool
	}{
		"none after all":            {nil, nil, []merge.RecordEdit{partial}, 0, false},
		"with an answer":            {nil, nil, []merge.RecordEdit{{Key: inRound, Set: &ksv1.Round{Toilet: ksv1.Answer_ANSWER_YA.Enum()}}, partial}, 0, false},
		"outcome taken out":         {nil, nil, []merge.RecordEdit{{Key: partial.Key, Set: &ksv1.Visit{}, Clear: []protowire.Number{fieldOutcome}}}, 0, false},
		"submitted":                 {nil, nil, []merge.RecordEdit{partial}, ksv1.ReviewState_REVIEW_STATE_SUBMITTED, false},
		"approved":                  {nil, nil, []merge.RecordEdit{partial}, ksv1.ReviewState_REVIEW_STATE_APPROVED, true},
		"still one":                 {nil, nil, []merge.RecordEdit{became(ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED)}, 0, true},
		"a word about it":           {nil, nil, []merge.RecordEdit{{Key: partial.Key, Set: &ksv1.Visit{Note: proto.String("pagi")}}}, 0, true},
		"refused again that day":    {nil, []merge.RecordEdit{refusedAt(8, "2024-05-18")}, []merge.RecordEdit{partial}, 0, true},
		"refused before":            {[]merge.RecordEdit{refusedAt(8, "2024-05-17")}, nil, []merge.RecordEdit{partial}, 0, true},
		"withdrew by itself":        {[]merge.RecordEdit{{Key: inRound, Set: &ksv1.Round{Withdrawal: &ksv1.Withdrawal{Date: "2024-05-18"}}}}, nil, []merge.RecordEdit{partial}, 0, true},
		"corrected and refused new": {nil, nil, []merge.RecordEdit{partial, refusedAt(8, "2024-05-19")}, 0, true},
	} {
		state := stateOf(t, typedIn(false))
		for _, edit := range append(append(c.before, refusedAt(9, "2024-05-18")), c.after...) {
			edits, err := Refusals([]merge.RecordEdit{edit}, state, 0)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			state = saved(t, state, edits...)
		}
		if !state.Withdrawn(round) {
			t.Fatalf("%s: not withdrawn", what)
		}
		edits, err := Refusals(c.correction, state, c.now)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if state = saved(t, state, edits...); state.Withdrawn(round) != c.withdrawn {
			t.Errorf("%s: withdrawn %t, want %t", what, !c.withdrawn, c.withdrawn)
		}
	}
}
