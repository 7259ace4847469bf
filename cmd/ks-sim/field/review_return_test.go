package field

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

func TestAReturnedFamilyComesBackAndIsApproved(t *testing.T) {
	onEachEngine(t, 2, aReturnedFamilyComesBackAndIsApproved)
}

// returned is three families of which one is returned, corrected and approved.
type returned struct {
	*Field
	surveyor *clientsdk.User
	// token is the supervisor's, queue what waits for the verdict.
	token    string
	queue    map[string]queueItem
	families []clientsdk.ID
	batch    clientsdk.ID
	// due are the days by which it may be asked back: those of before and after the
	// verdict, for midnight may lie between.
	due []string
}

func aReturnedFamilyComesBackAndIsApproved(t *testing.T, f *Field) {
	r := returned{Field: f, surveyor: signIn(t, f, "surveyor1"), token: restToken(t, f, "supervisor")}
	r.submit(t)
	r.returnOne(t)
	r.approveTheOthers(t)
	r.correct(t)
	r.approveTheCorrected(t)
	r.editAfterApproval(t)
	verified, err := server.Verify(t.Context(), f.Store, f.Server.Services().Vault.Ring(), nil)
	if err != nil || len(verified.Differences) > 0 {
		t.Errorf("verify: %v %+v", err, verified)
	}
}

func (r *returned) submit(t *testing.T) {
	mustSync(t, r.surveyor)
	g := NewGenerator(5, 320405, time.Now())
	for range 3 {
		id, err := Interview(t.Context(), r.surveyor, village(t, r.surveyor), "001/001", g.FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		r.families = append(r.families, id)
	}
	var err error
	if r.batch, err = r.surveyor.Submit(t.Context(), r.families, "RT 001 selesai"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, r.surveyor)
	if r.queue = reviewQueue(t, r.Field, r.token, "?area=32.04.05.2001/001/001"); len(r.queue) != 3 {
		t.Fatalf("%d families wait, want 3", len(r.queue))
	}
}

func (r *returned) returnOne(t *testing.T) {
	one := r.families[0].String()
	if status, body := judge(t, r.Field, r.token, one, "RETURNED", r.queue[one].Digest, ""); status != 400 {
		t.Errorf("returned without a note: %d %s", status, body)
	}
	inAWeek := func() string {
		return time.Now().In(area.WIB).AddDate(0, 0, 7).Format(time.DateOnly)
	}
	before := inAWeek()
	status, body := judge(t, r.Field, r.token, one, "RETURNED", r.queue[one].Digest,
		`,"note":"Nama kepala keluarga keliru","fields":[{"kind":"RECORD_KIND_FAMILY","field":9}]`)
	if status != 200 {
		t.Fatalf("return: %d %s", status, body)
	}
	r.due = []string{before, inAWeek()}
	if status, body = judge(t, r.Field, r.token, one, "APPROVED", r.queue[one].Digest, ""); status != 409 || !strings.Contains(body, "ALREADY_JUDGED") {
		t.Errorf("judged twice: %d %s", status, body)
	}
}

func (r *returned) approveTheOthers(t *testing.T) {
	for _, family := range r.families[1:] {
		id := family.String()
		status, data := rest(t, r.Field, "POST", r.token, "/v1/review:approve",
			fmt.Sprintf(`{"families":[{"familyId":%q,"judgedDigest":%q}]}`, id, r.queue[id].Digest))
		refused := strings.Contains(string(data), "HAS_FINDINGS")
		if status != 200 || refused != (len(r.queue[id].Findings) > 0) {
			t.Fatalf("approve at once, findings %v: %d %s", r.queue[id].Findings, status, data)
		}
		if !refused {
			continue
		}
		if status, body := judge(t, r.Field, r.token, id, "APPROVED", r.queue[id].Digest, ""); status != 200 {
			t.Fatalf("approve: %d %s", status, body)
		}
	}
	if n := verifiedFamilies(t, r.Field); n != "2" {
		t.Errorf("%s verified families, want 2", n)
	}
	var kept struct {
		Batch struct{ State string }
	}
	restGet(t, r.Field, r.token, "/v1/review/batches/"+r.batch.String(), &kept)
	if kept.Batch.State != "BATCH_STATE_PARTLY_RETURNED" {
		t.Errorf("batch is %s", kept.Batch.State)
	}
}

// correct: the surveyor's device shows the note; the family is corrected and
// submitted again.
func (r *returned) correct(t *testing.T) {
	mustSync(t, r.surveyor)
	review, err := r.surveyor.Review(t.Context(), r.families[0])
	if err != nil {
		t.Fatal(err)
	}
	if review.GetState() != ksv1.ReviewState_REVIEW_STATE_RETURNED || review.GetNote() == "" || review.GetFields()[0].GetField() != 9 ||
		!slices.Contains(r.due, review.GetDueDate()) {
		t.Fatalf("review on the device: %v", review)
	}
	r.rename(t, r.families[0], "Asep Sunandar")
	if _, err := r.surveyor.Submit(t.Context(), r.families[:1], ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, r.surveyor)
}

func (r *returned) rename(t *testing.T, family clientsdk.ID, name string) {
	t.Helper()
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{HeadName: proto.String(name)}}
	if _, err := r.surveyor.Save(t.Context(), family, edit); err != nil {
		t.Fatal(err)
	}
}

func (r *returned) approveTheCorrected(t *testing.T) {
	one := r.families[0].String()
	var shown struct {
		Judged      bool
		Differences []struct{ FieldName, BeforeJson, AfterJson string }
	}
	restGet(t, r.Field, r.token, "/v1/families/"+one+"/differences", &shown)
	if !shown.Judged || len(shown.Differences) != 1 || shown.Differences[0].FieldName != "head_name" || shown.Differences[0].AfterJson != `"Asep Sunandar"` {
		t.Errorf("differences: %+v", shown)
	}
	status, body := judge(t, r.Field, r.token, one, "APPROVED", r.queue[one].Digest, "")
	if status != 409 || !strings.Contains(body, "STATE_CHANGED") || !strings.Contains(body, "digest") {
		t.Errorf("verdict on a state that has changed: %d %s", status, body)
	}
	r.queue = reviewQueue(t, r.Field, r.token, "")
	if status, body = judge(t, r.Field, r.token, one, "APPROVED", r.queue[one].Digest, ""); status != 200 || verifiedFamilies(t, r.Field) != "3" {
		t.Errorf("approve the corrected family: %d %s", status, body)
	}
}

// editAfterApproval: a later edit re-opens review; the verified figure stays.
func (r *returned) editAfterApproval(t *testing.T) {
	r.rename(t, r.families[1], "Asep S.")
	mustSync(t, r.surveyor)
	queue := reviewQueue(t, r.Field, r.token, "")
	two := r.families[1].String()
	if len(queue) != 1 || queue[two].Review.State != "REVIEW_STATE_CHANGED_SINCE_APPROVAL" || verifiedFamilies(t, r.Field) != "3" {
		t.Errorf("after an edit: %+v", queue)
	}
}
