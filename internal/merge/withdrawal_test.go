package merge

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// refusedAndAsked are two devices that hold a round of 1 March, of which the first, off line,
// tells that the family refused that day, under visit 9. It gives them and that change.
func refusedAndAsked(t *testing.T, seen bool) (refuser, asker *replica, refusal *ksv1.Change) {
	t.Helper()
	refuser, asker = newReplica(1), newReplica(2)
	asker.receive(t, refuser.save(t, RecordEdit{Key: inRound, Set: &ksv1.Round{SurveyDate: proto.String("2026-03-01"), QuestionnaireVersion: proto.String("1")}}))
	w := &ksv1.Withdrawal{Date: "2026-03-01"}
	if seen {
		w.Seen = SeenOf(&refuser.state, ID{})
	}
	refusal = refuser.save(t, RecordEdit{Key: inRound, Set: &ksv1.Round{Withdrawal: w}}, visitOn("2026-03-01", 9, ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED))
	return refuser, asker, refusal
}

var inRound = Key{Kind: KindRound, Record: ID{15: 3}}

func visitOn(date string, id byte, outcome ksv1.VisitOutcome) RecordEdit {
	return RecordEdit{Key: Key{Kind: KindVisit, Record: ID{15: id}}, Set: &ksv1.Visit{
		Date: proto.String(date), Outcome: outcome.Enum(), RoundId: proto.String(inRound.Record.String()),
	}}
}

// Whether a refusal seals what another device was told of the same round does not depend on
// which of the two came first.
func TestARefusalSealsNoSurveyThatItsAuthorDidNotSee(t *testing.T) {
	t.Parallel()
	const completed, partial = ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED, ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL
	answer := RecordEdit{Key: inRound, Set: &ksv1.Round{Toilet: ksv1.Answer_ANSWER_YA.Enum()}}
	elsewhere := visitOn("2026-03-05", 8, completed)
	elsewhere.Set.(*ksv1.Visit).RoundId = proto.String(ID{15: 4}.String())
	for what, c := range map[string]struct {
		asked     []RecordEdit
		withdrawn bool
		unseen    int
	}{
		"nothing":                        {nil, true, 0},
		"an answer":                      {[]RecordEdit{answer}, true, 1},
		"an answer and a visit that day": {[]RecordEdit{answer, visitOn("2026-03-01", 8, partial)}, true, 1},
		"surveyed later":                 {[]RecordEdit{{Key: inRound, Set: &ksv1.Round{SurveyDate: proto.String("2026-03-05")}}}, false, 0},
		"surveyed before":                {[]RecordEdit{{Key: inRound, Set: &ksv1.Round{SurveyDate: proto.String("2026-02-28")}}}, true, 1},
		"asked later":                    {[]RecordEdit{answer, visitOn("2026-03-05", 8, partial)}, false, 0},
		"completed later":                {[]RecordEdit{answer, visitOn("2026-03-05", 8, completed)}, false, 0},
		"completed that day":             {[]RecordEdit{answer, visitOn("2026-03-01", 8, completed)}, false, 0},
		"completed before":               {[]RecordEdit{answer, visitOn("2026-02-28", 8, completed)}, false, 0},
		"another round completed":        {[]RecordEdit{answer, elsewhere}, true, 1},
		"not at home later":              {[]RecordEdit{visitOn("2026-03-05", 8, ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME)}, true, 0},
	} {
		refuser, asker, refusal := refusedAndAsked(t, true)
		if len(c.asked) > 0 {
			refuser.receive(t, asker.save(t, c.asked...))
		}
		asker.receive(t, refusal)
		for order, s := range map[string]*State{"refusal first": &refuser.state, "refusal last": &asker.state} {
			if got := s.Withdrawn(inRound.Record); got != c.withdrawn {
				t.Errorf("%s, %s: withdrawn %t", what, order, got)
			}
			if got := s.AnsweredUnseen(); len(got) != c.unseen {
				t.Errorf("%s, %s: answered unseen: %v", what, order, got)
			}
			looked, err := Look(s.Encode(nil))
			if err != nil {
				t.Fatal(err)
			}
			h, err := View(s)
			if err != nil || !proto.Equal(h, looked.Household) {
				t.Fatalf("%s, %s: view %v, look %v, %v", what, order, h, looked.Household, err)
			}
			w := h.GetRounds()[0].GetRound().GetWithdrawal()
			if (w != nil) != c.withdrawn || len(w.GetSeen()) > 0 {
				t.Errorf("%s, %s: shown %v", what, order, w)
			}
		}
	}
}

// Who knows of the refusal says nothing against it by another word on the same visit, and
// one that tells not what it had seen had seen all.
func TestARefusalThatWasKnownSeals(t *testing.T) {
	t.Parallel()
	_, asker, refusal := refusedAndAsked(t, true)
	asker.receive(t, refusal)
	asker.save(t, visitOn("2026-03-05", 9, ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED))
	if !asker.state.Withdrawn(inRound.Record) {
		t.Error("the visit corrected: not withdrawn")
	}
	_, asker, refusal = refusedAndAsked(t, false)
	asker.save(t, visitOn("2026-03-01", 8, ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED))
	asker.receive(t, refusal)
	if !asker.state.Withdrawn(inRound.Record) || len(asker.state.AnsweredUnseen()) > 0 {
		t.Error("it tells nothing seen: not withdrawn")
	}
}

// A change that makes a family is read alike, whether registers are made of it or not.
func TestARefusalInTheChangeThatMakesTheFamily(t *testing.T) {
	t.Parallel()
	for _, date := range []string{"2026-03-01", "2026-03-02"} {
		r := newReplica(1)
		edits := []RecordEdit{{Key: inRound, Set: &ksv1.Round{SurveyDate: proto.String(date), Withdrawal: &ksv1.Withdrawal{Date: "2026-03-01"}}}}
		plain, ok := ReadPlain(r.save(t, edits...))
		if !ok {
			t.Fatal("not plain")
		}
		h, err1 := plain.View()
		shown, err2 := plain.Show(edits)
		want, err3 := View(&r.state)
		if err1 != nil || err2 != nil || err3 != nil || !proto.Equal(h, want) || !proto.Equal(shown, want) {
			t.Errorf("dated %s: %v, %v, want %v: %v %v %v", date, h, shown, want, err1, err2, err3)
		}
		if got := want.GetRounds()[0].GetRound().GetWithdrawal() != nil; got != (date == "2026-03-01") {
			t.Errorf("dated %s: withdrawn %t", date, got)
		}
		if edits[0].Set.(*ksv1.Round).GetWithdrawal() == nil {
			t.Error("what was handed in is altered")
		}
	}
}
