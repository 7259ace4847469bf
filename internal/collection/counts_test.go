package collection

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Who is removed or moved is approved no more; what waits for a verdict, or was returned, is
// somebody's work all the same.
func TestOnlyWhoLivesHereIsApproved(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]Family{"lives here": {Lives: true}, "removed": {}, "moved": {MovedAway: true}} {
		for state, at := range map[ksv1.ReviewState]int{review.Submitted: Submitted, review.Changed: ChangedSinceApproval, review.Approved: Approved, review.Returned: Returned} {
			f.Review = state
			want := int64(1)
			if state == review.Approved && !f.Lives {
				want = 0
			}
			if got := Of(f)[at]; got != want {
				t.Errorf("%s, %v: counted %d times, want %d", name, state, got, want)
			}
		}
	}
}
