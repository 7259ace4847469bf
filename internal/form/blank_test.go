package form

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Pages ask a member of whom nothing is saved yet what the questionnaire asks of everybody: the form
// asks the same once something is.
func TestAMemberOfWhomNothingIsKnownIsAskedWhatEverybodyIs(t *testing.T) {
	t.Parallel()
	const round, member = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
	h := &ksv1.Household{
		Family:  &ksv1.Family{HeadName: proto.String("Budi")},
		Members: []*ksv1.HouseholdMember{{MemberId: member, Member: &ksv1.Member{Number: proto.Uint32(1)}}},
		Rounds: []*ksv1.HouseholdRound{{RoundId: round, Round: &ksv1.Round{SurveyDate: proto.String("2026-05-17")}, Individuals: []*ksv1.HouseholdIndividual{
			{MemberId: member, Individual: &ksv1.Individual{Present: proto.Bool(true)}},
		}}},
	}
	f := Build(h, "", Options{Check: func(*ksv1.Household) []prokesga.Finding { return nil }, NewID: func() merge.ID { return merge.ID{} }})
	var got, want []string
	for _, q := range f.GetQuestions() {
		if q.GetMemberId() == member {
			got = append(got, q.GetNumber())
		}
	}
	for _, q := range Questionnaire() {
		if q.GetWhy() == "" && (q.GetKind() == ksv1.RecordKind_RECORD_KIND_MEMBER || q.GetKind() == ksv1.RecordKind_RECORD_KIND_INDIVIDUAL) {
			want = append(want, q.GetNumber())
		}
	}
	if len(got) == 0 || len(got) != len(want) {
		t.Fatalf("asked %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("asked %v, want %v", got, want)
		}
	}
}
