package form

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Who died or moved after a survey belongs to that round, whose form asks for them and whose
// index counts them.
func TestPeopleAreThoseWhoCountInTheRound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		removal *ksv1.Removal
		people  int
	}{
		"nobody is removed":       {nil, 1},
		"died after the survey":   {&ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-08-01"}, 1},
		"died before the survey":  {&ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-01-01"}, 0},
		"died, nobody knows when": {&ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED}, 0},
	} {
		h := &ksv1.Household{FamilyId: "K", Family: &ksv1.Family{}, Members: []*ksv1.HouseholdMember{{MemberId: "M", Member: &ksv1.Member{
			Name: proto.String("A"), BirthDate: proto.String("1980-01-01"), Sex: ksv1.Sex_SEX_MALE.Enum(), Removal: c.removal,
		}}}, Rounds: []*ksv1.HouseholdRound{{RoundId: "R", Round: &ksv1.Round{SurveyDate: proto.String("2024-05-17")}, Individuals: []*ksv1.HouseholdIndividual{{
			MemberId: "M", Individual: &ksv1.Individual{Present: proto.Bool(true), Relation: ksv1.Relation_RELATION_HEAD.Enum()},
		}}}}}
		f := Build(h, "R", Options{NewID: ids()})
		asked := false
		for _, q := range f.GetQuestions() {
			asked = asked || q.GetMemberId() == "M"
		}
		if len(f.GetPeople()) != c.people || asked != (c.people == 1) {
			t.Errorf("%s: %d people, asked about: %t", name, len(f.GetPeople()), asked)
		}
	}
}
