package field

import (
	"errors"
	"fmt"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
)

// otherRT is one that the families of these tests are not in.
const otherRT = "32.04.05.2001/002/001"

// assignTo gives surveyor1 an area in place of the present ones.
func assignTo(t *testing.T, f *Field, area string) {
	t.Helper()
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{area}); err != nil {
		t.Fatal(err)
	}
}

// submitted interviews a family in RT 001/001 and submits it, unsent.
func submitted(t *testing.T, u *clientsdk.User) clientsdk.ID {
	t.Helper()
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(5, 320405, time.Now()).Family())
	if err == nil {
		_, err = u.Submit(t.Context(), []clientsdk.ID{id}, "hari ini")
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func decideOn(t *testing.T, f *Field, token string, change string, admit bool) {
	t.Helper()
	restPost(t, f, token, "/v1/quarantine/"+change+":decide", fmt.Sprintf(`{"admit":%t,"note":"Diperiksa"}`, admit))
}

// batchShows checks how the device shows the last batch, and its only family.
func batchShows(t *testing.T, u *clientsdk.User, state ksv1.BatchState, why ksv1.NotQueued) {
	t.Helper()
	list, err := u.Batches(t.Context(), 10)
	if err != nil || len(list) != 1 || len(list[0].GetFamilies()) != 1 {
		t.Fatalf("batches %v, %v", list, err)
	}
	if list[0].GetState() != state || list[0].GetFamilies()[0].GetNotQueued() != why {
		t.Errorf("the device shows %s, %s; want %s, %s", list[0].GetState(), list[0].GetFamilies()[0].GetNotQueued(), state, why)
	}
}

func queued(t *testing.T, f *Field, token string, id clientsdk.ID) bool {
	t.Helper()
	_, ok := reviewQueue(t, f, token, "")[id.String()]
	return ok
}

func TestWhatIsSubmittedWaitsForItsWorkAndComesWithIt(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, token := signIn(t, f, "surveyor1"), restToken(t, f, "supervisor")
		mustSync(t, u)
		id := submitted(t, u)
		assignTo(t, f, otherRT) // the RT is taken away between the save and the sync
		mustSync(t, u)
		batchShows(t, u, ksv1.BatchState_BATCH_STATE_UPLOADED, ksv1.NotQueued_NOT_QUEUED_WORK_WAITS)
		waiting := waitingIDs(t, f, token)
		if len(waiting) < 2 {
			t.Fatalf("%d changes wait", len(waiting))
		}
		for i, change := range waiting {
			if queued(t, f, token, id) {
				t.Fatalf("in the queue while %d of %d changes wait", len(waiting)-i, len(waiting))
			}
			decideOn(t, f, token, change, true)
			decideOn(t, f, token, change, true)
		}
		item, ok := reviewQueue(t, f, token, "")[id.String()]
		if !ok {
			t.Fatal("not in the queue with its work")
		}
		mustSync(t, u)
		batchShows(t, u, ksv1.BatchState_BATCH_STATE_UPLOADED, 0)
		if status, body := judge(t, f, token, id.String(), "APPROVED", item.Digest, ""); status != 200 {
			t.Fatal(status, body)
		}
		mustSync(t, u)
		batchShows(t, u, ksv1.BatchState_BATCH_STATE_APPROVED, 0)
	})
}

func TestWhatIsSubmittedOfWorkOutsideTheAssignmentGoesWithIt(t *testing.T) {
	t.Parallel()
	for _, admit := range []bool{true, false} {
		f := newField(t, 1, nil)
		u, token := signIn(t, f, "surveyor1"), restToken(t, f, "supervisor")
		assignTo(t, f, otherRT)
		mustSync(t, u)
		id := submitted(t, u)
		mustSync(t, u)
		for _, change := range waitingIDs(t, f, token) {
			decideOn(t, f, token, change, admit)
		}
		mustSync(t, u)
		if got := queued(t, f, token, id); got != admit {
			t.Errorf("admitted %t: in the queue %t", admit, got)
		}
		if admit {
			batchShows(t, u, ksv1.BatchState_BATCH_STATE_UPLOADED, 0)
		} else {
			batchShows(t, u, ksv1.BatchState_BATCH_STATE_NOT_TAKEN, ksv1.NotQueued_NOT_QUEUED_KEPT_OUT)
		}
	}
}

func TestSurveyedWorkIsSubmittedThoughTheRTIsAnothersByNow(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	u, token := signIn(t, f, "surveyor1"), restToken(t, f, "supervisor")
	mustSync(t, u)
	id, _ := household(t, u) // synced, taken
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, "hari ini"); err != nil {
		t.Fatal(err)
	}
	assignTo(t, f, otherRT)
	mustSync(t, u)
	if !queued(t, f, token, id) {
		t.Error("not in the queue")
	}
	batchShows(t, u, ksv1.BatchState_BATCH_STATE_UPLOADED, 0)
}

// Who only held a family that another has surveyed does not submit it once the RT is taken
// away, and sees so.
func TestAnothersWorkIsNotSubmittedFromOutside(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	u, other, token := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2"), restToken(t, f, "supervisor")
	mustSync(t, other)
	id, _ := household(t, other)
	mustSync(t, u)
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, "hari ini"); err != nil {
		t.Fatal(err)
	}
	assignTo(t, f, otherRT)
	mustSync(t, u)
	batchShows(t, u, ksv1.BatchState_BATCH_STATE_NOT_TAKEN, ksv1.NotQueued_NOT_QUEUED_NO_WORK)
	// Its author's next change is no reason either.
	rename(t, other, id, "Kepala Baru")
	mustSync(t, other)
	if queued(t, f, token, id) {
		t.Error("an outsider has submitted it")
	}
}

func TestWhatWasSubmittedIsDepositedWithItsWork(t *testing.T) {
	t.Parallel()
	for _, taken := range []bool{false, true} {
		f := newField(t, 1, nil)
		token := restToken(t, f, "supervisor")
		c := deviceOf(t, f, "tablet")
		u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		id := submitted(t, u)
		if taken { // its work was, and only the submission is unsent
			mustSync(t, u)
			if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, "sekali lagi"); err != nil {
				t.Fatal(err)
			}
		}
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 { // done again it has no second effect
			if got, err := c.Deposit(t.Context(), "surveyor1"); err != nil || got.Submissions != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		if !taken && queued(t, f, token, id) {
			t.Error("in the queue before its work was admitted")
		}
		for _, change := range waitingIDs(t, f, token) {
			decideOn(t, f, token, change, true)
		}
		if !queued(t, f, token, id) {
			t.Errorf("taken %t: not in the queue", taken)
		}
		var list struct{ Batches []struct{ Families int } }
		restGet(t, f, token, "/v1/review/batches", &list)
		if want := map[bool]int{false: 1, true: 2}[taken]; len(list.Batches) != want {
			t.Errorf("taken %t: batches %+v, want %d", taken, list.Batches, want)
		}
	}
}

// With the erasure of a family nothing of it is awaited any more.
func TestWhatWasSubmittedOfTheErasedIsNotAwaited(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	u, token := signIn(t, f, "surveyor1"), restToken(t, f, "supervisor")
	mustSync(t, u)
	id := submitted(t, u)
	assignTo(t, f, otherRT)
	mustSync(t, u)
	decideOn(t, f, token, waitingIDs(t, f, token)[0], true)
	s := personService(t, f)
	found, err := s.Find(store.AsOperator(t.Context()), person.Selector{Family: id})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Erase(store.AsOperator(t.Context()), found); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	mustSync(t, u)
	batchShows(t, u, ksv1.BatchState_BATCH_STATE_NOT_TAKEN, ksv1.NotQueued_NOT_QUEUED_ERASED)
	if queued(t, f, token, id) {
		t.Error("the erased family is in the queue")
	}
}

// A submission and a verdict that the server lost when it was restored come again though their
// device has left the village since.
func TestReviewOfAVillageLeftIsOfferedToARestoredServer(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		f := newField(t, 1, nil)
		codes := sample.VillageCodes()
		assignTo(t, f, codes[0])
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		restore := keptStore(t, f)
		id, _ := household(t, u)
		if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, "hari ini"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if moved {
			assignTo(t, f, codes[1])
			mustSync(t, u)
			if _, err := u.Family(t.Context(), id); !errors.Is(err, clientsdk.ErrNotFound) {
				t.Fatalf("the device still holds the family: %v", err)
			}
		}
		restore()
		mustSync(t, u)
		if !queued(t, f, restToken(t, f, "supervisor"), id) {
			t.Errorf("moved %t: the submission is lost", moved)
		}
	}
}
