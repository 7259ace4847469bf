package field

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// erase erases a family, or of it a member alone.
func erase(t *testing.T, f *Field, of person.Selector) {
	t.Helper()
	s := personService(t, f)
	ctx := store.AsOperator(t.Context())
	found, err := s.Find(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := s.Erase(ctx, found); err != nil || done != len(found) {
		t.Fatalf("erased %d of %d: %v", done, len(found), err)
	}
}

// underReview is a family that was submitted, and returned or approved, as surveyor and
// supervisor have it; the note of what was returned names a member.
type underReview struct {
	surveyor, supervisor *clientsdk.User
	id, member           clientsdk.ID
	name                 string
}

func bringUnderReview(t *testing.T, f *Field, verdict string) *underReview {
	t.Helper()
	x := &underReview{surveyor: signIn(t, f, "surveyor1"), supervisor: signIn(t, f, "supervisor")}
	mustSync(t, x.surveyor)
	id, members := household(t, x.surveyor)
	x.id, x.member = id, members[3]
	if _, err := x.surveyor.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, x.surveyor)
	mustSync(t, x.supervisor)
	h, err := x.supervisor.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	x.name = h.GetMembers()[3].GetMember().GetName()
	switch verdict {
	case "RETURNED":
		_, err = x.supervisor.Return(t.Context(), id, clientsdk.Return{Note: "Periksa TBC " + x.name})
	case "APPROVED":
		_, err = x.supervisor.Approve(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, x.supervisor)
	mustSync(t, x.surveyor)
	return x
}

// What was submitted, returned or approved stays so on the server and on every device, old and
// fresh, when a member is erased, and says nothing of them; the work goes on.
func TestAMemberErasedUnderReviewTakesNoVerdictAlong(t *testing.T) {
	for verdict, state := range map[string]string{"": "SUBMITTED", "RETURNED": "RETURNED", "APPROVED": "CHANGED_SINCE_APPROVAL"} {
		t.Run(state, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				x := bringUnderReview(t, f, verdict)
				erase(t, f, person.Selector{Family: x.id, Member: x.member})
				for range 2 {
					mustSync(t, x.surveyor)
					mustSync(t, x.supervisor)
				}
				fresh := signInOn(t, deviceOf(t, f, "baru"), f, "surveyor1")
				mustSync(t, fresh)
				for who, u := range map[string]*clientsdk.User{"the surveyor": x.surveyor, "the supervisor": x.supervisor, "a fresh device": fresh} {
					r, err := u.Review(t.Context(), x.id)
					if err != nil || r.GetState().String() != "REVIEW_STATE_"+state || r.GetNote() != "" {
						t.Errorf("%s shows %s %q: %v", who, r.GetState(), r.GetNote(), err)
					}
				}
				saysNothingOf(t, f, x)
				workGoesOn(t, f, x, verdict)
			})
		})
	}
}

// saysNothingOf looks for a name in what the server shows of a review, and in what the
// supervisor's device keeps of it.
func saysNothingOf(t *testing.T, f *Field, x *underReview) {
	t.Helper()
	token := restToken(t, f, "supervisor")
	for _, path := range []string{"/v1/families/" + x.id.String(), "/v1/families/" + x.id.String() + "/verdicts"} {
		if status, body := rest(t, f, "GET", token, path, ""); status != 200 || bytes.Contains(body, []byte(x.name)) {
			t.Errorf("%s: %d %s", path, status, clip(body))
		}
	}
	verdicts, err := x.supervisor.Decisions(t.Context(), 10)
	if text := fmt.Sprint(verdicts); err != nil || strings.Contains(text, x.name) {
		t.Errorf("the supervisor's device keeps %s: %v", text, err)
	}
}

// workGoesOn corrects and submits what was returned, and approves it.
func workGoesOn(t *testing.T, f *Field, x *underReview, verdict string) {
	t.Helper()
	if verdict == "APPROVED" {
		if n := verifiedFamilies(t, f); n != "1" {
			t.Errorf("%s families are verified while it waits anew", n)
		}
	}
	if verdict == "RETURNED" {
		if _, n := x.surveyor.Returned(clientsdk.Query{}); n != 1 {
			t.Errorf("the surveyor is to correct %d families", n)
		}
		if _, err := x.surveyor.Submit(t.Context(), []clientsdk.ID{x.id}, ""); err != nil {
			t.Fatal(err)
		}
		mustSync(t, x.surveyor)
		mustSync(t, x.supervisor)
	}
	if _, n := x.supervisor.ReviewQueue(clientsdk.Query{}); n != 1 || len(reviewQueue(t, f, restToken(t, f, "supervisor"), "")) != 1 {
		t.Fatalf("%d wait on the supervisor's device", n)
	}
	if _, err := x.supervisor.Approve(t.Context(), x.id); err != nil {
		t.Fatal(err)
	}
	mustSync(t, x.supervisor)
	if r, err := x.supervisor.Review(t.Context(), x.id); err != nil || r.GetState().String() != "REVIEW_STATE_APPROVED" {
		t.Errorf("approved, it is %s: %v", r.GetState(), err)
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || len(found.Differences) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}
