package person

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What made a family, or a round of it, may wait for a decision while a member's part is
// merged already: the person's right does not wait.
func TestAMemberOfAFamilyThatIsNotKnownIsTold(t *testing.T) {
	t.Parallel()
	member := merge.NewID(1, 1, 1)
	told := Only(&ksv1.Household{
		FamilyId: merge.NewID(1, 1, 2).String(),
		Members:  []*ksv1.HouseholdMember{{MemberId: member.String(), Member: &ksv1.Member{}}},
		Rounds:   []*ksv1.HouseholdRound{{Individuals: []*ksv1.HouseholdIndividual{{MemberId: member.String()}}}},
	}, member)
	if len(told.GetMembers()) != 1 || len(told.GetRounds()) != 1 {
		t.Errorf("told is %v", told)
	}
}
