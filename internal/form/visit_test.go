package form

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// typedIn is a family of one childless man with a round, without any answers or
// with all of them.
func typedIn(answered bool) *ksv1.Household {
	ya, tidak := ksv1.Answer_ANSWER_YA.Enum(), ksv1.Answer_ANSWER_TIDAK.Enum()
	const man = "00000000-0000-8000-8000-0000000000a1"
	round := &ksv1.Round{SurveyDate: proto.String("2024-05-17"), SurveyorName: proto.String("Siti")}
	part := &ksv1.Individual{Relation: ksv1.Relation_RELATION_HEAD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum()}
	if answered {
		round.CleanWater, round.Toilet, round.MentalDisorder, round.Restrained = tidak, tidak, tidak, tidak
		part.HealthInsurance, part.Smokes, part.UsesToilet, part.UsesCleanWater = ya, tidak, ya, ya
		part.Tuberculosis, part.TuberculosisSymptoms, part.Hypertension, part.BloodPressureMeasured = tidak, tidak, tidak, tidak
	}
	return &ksv1.Household{
		Members: []*ksv1.HouseholdMember{{MemberId: man, Member: &ksv1.Member{Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("1980-01-31")}}},
		Rounds: []*ksv1.HouseholdRound{{
			RoundId: "00000000-0000-8000-8000-0000000000c1", Round: round, Individuals: []*ksv1.HouseholdIndividual{{MemberId: man, Individual: part}},
		}},
	}
}

func TestAPaperFormTellsOfItsVisit(t *testing.T) {
	empty, full := typedIn(false), typedIn(true)
	round, err := merge.ParseID(empty.GetRounds()[0].GetRoundId())
	if err != nil {
		t.Fatal(err)
	}
	opening := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindRound, Record: round}}}
	nobody := &ksv1.Household{}
	withVisit := func(h *ksv1.Household, v *ksv1.Visit) *ksv1.Household {
		h = proto.CloneOf(h)
		h.Visits = []*ksv1.HouseholdVisit{{VisitId: paperVisitID(round).String(), Visit: v}}
		return h
	}
	begun := &ksv1.Visit{
		Date: proto.String("2024-05-17"), SurveyorName: proto.String("Siti"), RoundId: proto.String(round.String()),
		Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL.Enum(),
	}
	done := proto.CloneOf(begun)
	done.Outcome = ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum()
	vacant := proto.CloneOf(begun)
	vacant.Outcome = ksv1.VisitOutcome_VISIT_OUTCOME_VACANT.Enum()
	moved := withVisit(empty, begun)
	moved.Rounds[0].Round.SurveyDate = proto.String("2024-05-18")
	for what, c := range map[string]struct {
		edits         []merge.RecordEdit
		before, after *ksv1.Household
		want          *ksv1.Visit
	}{
		"begun":                  {opening, nobody, empty, begun},
		"typed in at one go":     {opening, nobody, full, done},
		"nothing new":            {nil, withVisit(empty, begun), withVisit(empty, begun), nil},
		"finished":               {nil, withVisit(empty, begun), withVisit(full, begun), &ksv1.Visit{Outcome: done.Outcome}},
		"said otherwise":         {nil, withVisit(empty, vacant), withVisit(full, vacant), nil},
		"another date":           {opening, withVisit(empty, begun), moved, &ksv1.Visit{Date: proto.String("2024-05-18")}},
		"collected on a device":  {opening, empty, full, nil},
		"another family's round": {nil, nobody, empty, nil},
	} {
		got := PaperVisits(c.edits, c.before, c.after)
		if c.want == nil && len(got) != 0 || c.want != nil && (len(got) != 1 || !proto.Equal(got[0].Set, c.want)) {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
}
