package field

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A family was made one with a second off line, while that was made one with a third on
// another device: what so came late to the second goes over once it is made one with the
// third again, in the pages or on a device.
func TestWhatCameLateToAMergedFamilyGoesOverWhenItIsMergedAgain(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) { whatCameLateGoesOver(t, f, false) })
}

func TestWhatCameLateToAMergedFamilyGoesOverInThePages(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) { whatCameLateGoesOver(t, f, true) })
}

func whatCameLateGoesOver(t *testing.T, f *Field, online bool) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	third, second := twoFamilies(t, u)
	first, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(7, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	one, two := spareDevice(t, f, "one"), spareDevice(t, f, "two")
	merge := func(s *clientsdk.User, other, kept clientsdk.ID) {
		t.Helper()
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
	}
	merge(one, first, second)
	merge(two, second, third)
	late := answered(t, u, second) // on a device that saw no merge
	mustSync(t, u)
	for range 2 {
		mustSync(t, one)
		mustSync(t, two)
	}
	if c, err := one.Conflicts(t.Context(), second); err != nil || len(c) == 0 {
		t.Fatalf("nothing came late: this tests nothing (%v)", err)
	}
	again := func() {
		t.Helper()
		if !online {
			merge(one, second, third)
		} else if status, body := mergeInto(t, f, second, third); status != http.StatusOK {
			t.Fatal(status, body)
		}
		mustSync(t, one)
	}
	again()
	into, err := one.Family(t.Context(), third)
	if err != nil {
		t.Fatal(err)
	}
	c, err := one.Conflicts(t.Context(), second)
	if err != nil || len(c) != 0 || len(into.GetMembers()) != 12 || len(into.GetRounds()) != 3 || !late(into) {
		t.Errorf("%d members, %d rounds, the late answer %t, %d conflicts on the removed one: %v", len(into.GetMembers()), len(into.GetRounds()), late(into), len(c), err)
	}
	was := [...]string{revision(t, f, third), revision(t, f, second)}
	again()
	if is := [...]string{revision(t, f, third), revision(t, f, second)}; is != was {
		t.Errorf("once more, and the families have changed: %v, %v", was, is)
	}
}

// spareDevice is a further one of the supervisor's, in sync.
func spareDevice(t *testing.T, f *Field, name string) *clientsdk.User {
	t.Helper()
	u := signInOn(t, deviceOf(t, f, name), f, f.Supervisor)
	mustSync(t, u)
	return u
}

// answered corrects an answer of a family's round, and says how to tell it.
func answered(t *testing.T, u *clientsdk.User, id clientsdk.ID) func(*ksv1.Household) bool {
	t.Helper()
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	text := h.GetRounds()[0].GetRoundId()
	round := clientsdk.Key{Kind: clientsdk.KindRound, Record: mustID(t, text)}
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: round, Set: &ksv1.Round{SurveyorName: proto.String("Dibetulkan")}}); err != nil {
		t.Fatal(err)
	}
	return func(h *ksv1.Household) bool {
		for _, r := range h.GetRounds() {
			if r.GetRoundId() == text {
				return r.GetRound().GetSurveyorName() == "Dibetulkan"
			}
		}
		return false
	}
}

func revision(t *testing.T, f *Field, id clientsdk.ID) string {
	t.Helper()
	var out struct{ Revision string }
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/families/"+id.String(), &out)
	return out.Revision
}

func mergeInto(t *testing.T, f *Field, other, kept clientsdk.ID) (int, string) {
	t.Helper()
	status, body := rest(t, f, "POST", restToken(t, f, f.Supervisor), "/v1/families/"+other.String()+":mergeInto", fmt.Sprintf(`{"keptFamilyId":%q,"note":"sama"}`, kept))
	return status, string(body)
}

// A family that was removed is not made one with a third: it would count in two.
func TestARemovedFamilyIsMergedIntoNoOther(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		third, closed := twoFamilies(t, u)
		_, err := u.Save(t.Context(), closed, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{
			Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2026-01-02"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		s := spareDevice(t, f, "one")
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		for name, removed := range map[string]clientsdk.ID{"merged before": other, "closed as moved": closed} {
			if status, body := mergeInto(t, f, removed, third); status != http.StatusBadRequest {
				t.Errorf("%s: in the pages %d %s", name, status, body)
			}
			var refused *clientsdk.ReviewError
			if err := s.MergeFamily(t.Context(), removed, third, "sama"); !errors.As(err, &refused) {
				t.Errorf("%s: on a device %v", name, err)
			}
		}
		into, err := s.Family(t.Context(), third)
		if err != nil || len(into.GetRounds()) != 1 {
			t.Errorf("%d rounds: %v", len(into.GetRounds()), err)
		}
	})
}
