package field

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

func TestAPromotedSurveyorDoesNotJudgeOrAdmitHerFormerWork(t *testing.T) {
	onEachEngine(t, 1, aPromotedSurveyorDoesNotJudge)
}

// Roles of an account are never changed: the administrator disables the surveyor's, and makes
// a supervisor's for the same NIK.
func aPromotedSurveyorDoesNotJudge(t *testing.T, f *Field) {
	admin := administrator(t, f)
	const nik = 1
	former, promoted := strings.TrimSuffix(staffBody("Rina Wijaya", nik, `"ROLE_SURVEYOR"`), "}"), staffBody("Rina Wijaya", nik, `"ROLE_SUPERVISOR"`)
	staff, _ := createStaff(t, f, admin, fmt.Sprintf(`%s,"assignedAreas":[%q]}`, former, sample.VillageCodes()[0]))
	activate(t, f, staff[0], nik)
	surveyor := signInWith(t, f, staff[0].UserName, newPassword)
	mustSync(t, surveyor)
	family := submitted(t, surveyor)
	mustSync(t, surveyor)
	if _, err := Interview(t.Context(), surveyor, village(t, surveyor), "001/001", NewGenerator(9, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	restPost(t, f, admin, fmt.Sprintf("/v1/accounts/%d:disable", staff[0].Account), `{}`)
	if _, err := surveyor.Sync(t.Context(), nil); err == nil {
		t.Fatal("a disabled account syncs")
	}
	staff, _ = createStaff(t, f, admin, promoted)
	activate(t, f, staff[0], nik)
	other := signIn(t, f, "surveyor1")
	mustSync(t, other)
	others := interviewed(t, other, 3, 1)[0]
	if _, err := other.Submit(t.Context(), []clientsdk.ID{others}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, other)
	boss := signInWith(t, f, staff[0].UserName, newPassword)
	mustSync(t, boss)
	ownWorkOffline(t, boss, family, others)
	own := passwordToken(t, f, staff[0].UserName, newPassword)
	ownWorkOnLine(t, f, own, family, others)
	ownWorkWaits(t, f, own)
}

// ownWorkOffline: without a signal the device refuses the own work, and judges others'.
func ownWorkOffline(t *testing.T, boss *clientsdk.User, own, others clientsdk.ID) {
	t.Helper()
	for id, want := range map[clientsdk.ID]bool{own: false, others: true} {
		if v, err := boss.ReviewFamily(t.Context(), id); err != nil || v.MayJudge != want {
			t.Errorf("may judge on the device: %v, want %t, %v", v, want, err)
		}
	}
	var refused *clientsdk.ReviewError
	if _, err := boss.Approve(t.Context(), own); !errors.As(err, &refused) || refused.Reason != "OWN_WORK" {
		t.Errorf("the own work is approved on the device: %v", err)
	}
	if not, err := boss.ApproveAll(t.Context(), []clientsdk.ID{own}); err != nil || !errors.As(not[own], &refused) || refused.Reason != "OWN_WORK" {
		t.Errorf("the own work is approved among others: %v, %v", not, err)
	}
	if _, err := boss.Return(t.Context(), others, clientsdk.Return{Note: "Periksa NIK"}); err != nil {
		t.Error(err)
	}
	mustSync(t, boss)
	mustSync(t, boss)
	for id, want := range map[clientsdk.ID]ksv1.ReviewState{own: ksv1.ReviewState_REVIEW_STATE_SUBMITTED, others: ksv1.ReviewState_REVIEW_STATE_RETURNED} {
		if r, err := boss.Review(t.Context(), id); err != nil || r.GetState() != want {
			t.Errorf("after the sync %v, want %v, %v", r.GetState(), want, err)
		}
	}
}

// ownWorkOnLine: neither alone nor among others is the own work judged; another supervisor does.
func ownWorkOnLine(t *testing.T, f *Field, token string, own, others clientsdk.ID) {
	t.Helper()
	item := reviewQueue(t, f, token, "")[own.String()]
	if item.MayJudge || item.Digest == "" {
		t.Errorf("the queue: %+v", item)
	}
	if status, body := judge(t, f, token, own.String(), "APPROVED", item.Digest, ""); status != http.StatusConflict || !strings.Contains(body, "OWN_WORK") {
		t.Errorf("judged the own work: %d %s", status, body)
	}
	many := fmt.Sprintf(`{"families":[{"familyId":%q,"judgedDigest":%q}]}`, own, item.Digest)
	if status, data := rest(t, f, "POST", token, "/v1/review:approve", many); status != http.StatusOK || !strings.Contains(string(data), `"OWN_WORK"`) {
		t.Errorf("approved at one go: %d %s", status, data)
	}
	another := restToken(t, f, f.Supervisor)
	if status, body := judge(t, f, another, own.String(), "APPROVED", item.Digest, ""); status != http.StatusOK {
		t.Errorf("by another supervisor: %d %s", status, body)
	}
}

// ownWorkWaits: what the former account left in quarantine is admitted by another, and may be
// kept out by its author.
func ownWorkWaits(t *testing.T, f *Field, token string) {
	t.Helper()
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, token, "/v1/quarantine?pageSize=100", &list)
	if len(list.Changes) < 2 {
		t.Fatalf("%d changes wait", len(list.Changes))
	}
	for _, c := range list.Changes {
		if status, data := rest(t, f, "POST", token, "/v1/quarantine/"+c.ChangeID+":decide", `{"admit":true}`); status != 400 || !strings.Contains(string(data), `"OWN_WORK"`) {
			t.Errorf("the own work is admitted: %d %s", status, data)
		}
	}
	last := len(list.Changes) - 1
	restPost(t, f, token, "/v1/quarantine/"+list.Changes[last].ChangeID+":decide", `{"note":"Sudah didata lagi"}`)
	restPost(t, f, restToken(t, f, f.Supervisor), "/v1/quarantine/"+list.Changes[0].ChangeID+":decide", `{"admit":true}`)
}
