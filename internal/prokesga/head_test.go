package prokesga

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Who is the head decides whether a family closes: not who was said to be it in answers
// that were taken back.
func TestTheHeadIsNotThatOfAWithdrawnRound(t *testing.T) {
	t.Parallel()
	round := func(id, date, head string, withdrawal *ksv1.Withdrawal) *ksv1.HouseholdRound {
		return &ksv1.HouseholdRound{RoundId: id, Round: &ksv1.Round{SurveyDate: proto.String(date), Withdrawal: withdrawal}, Individuals: []*ksv1.HouseholdIndividual{
			{MemberId: head, Individual: &ksv1.Individual{Relation: ksv1.Relation_RELATION_HEAD.Enum()}},
		}}
	}
	named := &ksv1.Household{
		Family:  &ksv1.Family{HeadName: proto.String("Budi")},
		Members: []*ksv1.HouseholdMember{{MemberId: "budi", Member: &ksv1.Member{Name: proto.String("Budi")}}},
	}
	first, again := round("a", "2026-01-05", "budi", nil), round("b", "2026-05-01", "asep", nil)
	refused := round("b", "2026-05-01", "asep", &ksv1.Withdrawal{Date: "2026-05-01"})
	for what, c := range map[string]struct {
		rounds []*ksv1.HouseholdRound
		want   string
	}{
		"the latest":          {[]*ksv1.HouseholdRound{first, again}, "asep"},
		"the latest withdrew": {[]*ksv1.HouseholdRound{first, refused}, "budi"},
		"the only withdrew":   {[]*ksv1.HouseholdRound{refused}, "budi"},
		"none":                {nil, "budi"},
	} {
		h := proto.CloneOf(named)
		h.Rounds = c.rounds
		if got := HeadOf(h); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}
