package review

import (
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestNobodyJudgesWhatTheyEnteredUnderAnotherAccount(t *testing.T) {
	t.Parallel()
	digest := digestOf(1)
	present := Present{Review: &ksv1.FamilyReview{State: Submitted}, Digest: digest, Authors: []uint32{3, 7}}
	for _, c := range []struct {
		by   Person
		want string
	}{
		{PersonOf(7), OwnWork}, {PersonOf(9), ""}, {PersonOf(9, 7), OwnWork}, {PersonOf(9, 12, 3), OwnWork}, {PersonOf(9, 8, 9), ""},
	} {
		d := &ksv1.ReviewDecision{Author: 9, JudgedDigest: digest[:], Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED}
		if got := Refusal(present, d, c.by); got != c.want {
			t.Errorf("by the accounts %v: %q, want %q", c.by, got, c.want)
		}
	}
}
