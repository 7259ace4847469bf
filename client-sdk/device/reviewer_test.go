package device

import (
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The user is known by the accounts that the server told of last; by this one alone where it
// tells of none, as before it came to.
func TestTheUserIsAllAccountsThatTheServerTellsOf(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	own := s.Author()
	person := func(when string, want ...uint32) {
		t.Helper()
		if got, err := s.Person(t.Context()); err != nil || !slices.Equal(got, review.PersonOf(own, want...)) {
			t.Errorf("%s: %v, %v", when, got, err)
		}
	}
	person("before the first sync")
	for _, told := range [][]uint32{nil, {own + 1, own + 70_000}, {own}, nil} {
		w := &ksv1.SyncWelcome{Epoch: 1, Scope: &ksv1.SyncScope{}, MayReview: true, OwnAccounts: told}
		if err := s.storeWelcome(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		person("after a sync", told...)
	}
}
