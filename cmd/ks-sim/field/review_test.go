package field

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// queueItem is what the tests read of a queue.
type queueItem struct {
	Family struct {
		FamilyID string `json:"familyId"`
	} `json:"family"`
	Digest   string `json:"digest"`
	MayJudge bool   `json:"mayJudge"`
	Findings []struct {
		Code string `json:"code"`
	} `json:"findings"`
	Review shownReview `json:"review"`
}

type shownReview struct {
	State     string `json:"state"`
	VerdictID string `json:"verdictId"`
}

func reviewQueue(t *testing.T, f *Field, token, query string) map[string]queueItem {
	t.Helper()
	var list struct{ Items []queueItem }
	restGet(t, f, token, "/v1/review/queue"+query, &list)
	out := map[string]queueItem{}
	for _, item := range list.Items {
		out[item.Family.FamilyID] = item
	}
	return out
}

// judge passes a verdict and gives the answer's status and body.
func judge(t *testing.T, f *Field, token, family, outcome, digest, more string) (int, string) {
	t.Helper()
	body := fmt.Sprintf(`{"outcome":"VERDICT_OUTCOME_%s","judgedDigest":%q%s}`, outcome, digest, more)
	status, data := rest(t, f, "POST", token, "/v1/families/"+family+":judge", body)
	return status, string(data)
}

// verifiedFamilies is how many families the village's verified figures count.
func verifiedFamilies(t *testing.T, f *Field) string {
	t.Helper()
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Index struct {
			Surveyed string `json:"surveyed"`
		} `json:"index"`
	}
	restGet(t, f, restToken(t, f, "supervisor"), "/v1/areas/32.04.05.2001/index?basis=BASIS_VERIFIED", &answer)
	return answer.Index.Surveyed
}

func TestNobodyJudgesTheOwnWork(t *testing.T) {
	f := newField(t, 1, nil)
	u := signIn(t, f, "supervisor")
	mustSync(t, u)
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	token := restToken(t, f, "supervisor")
	item := reviewQueue(t, f, token, "")[id.String()]
	if item.MayJudge {
		t.Error("the queue offers the own work")
	}
	status, body := judge(t, f, token, id.String(), "APPROVED", item.Digest, "")
	var answer struct{ Details []json.RawMessage }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 409 || !strings.Contains(body, "OWN_WORK") {
		t.Errorf("judged the own work: %d %s", status, body)
	}
}

func TestNobodyAdmitsTheOwnWork(t *testing.T) {
	onEachEngine(t, 1, nobodyAdmitsTheOwnWork)
}

// A surveyor whose work waits in quarantine acts as supervisor: another one admits it.
func nobodyAdmitsTheOwnWork(t *testing.T, f *Field) {
	if err := f.addHead(t.Context(), "kepala"); err != nil {
		t.Fatal(err)
	}
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{"32.04.05.2001/001/001"}); err != nil {
		t.Fatal(err)
	}
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	for seed := range uint64(2) {
		if _, err := Interview(t.Context(), u, village(t, u), "002/001", NewGenerator(seed, 320405, time.Now()).Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	until := time.Now().Add(24 * time.Hour).UnixMilli()
	restPost(t, f, tokenFor(t, f, "kepala"), fmt.Sprintf("/v1/accounts/%d:nameActingSupervisor", f.Surveyors[0].Account), fmt.Sprintf(`{"untilMs":"%d"}`, until))
	own, others := restToken(t, f, "surveyor1"), restToken(t, f, f.Supervisor)
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, own, "/v1/quarantine", &list)
	if len(list.Changes) < 2 {
		t.Fatalf("%d changes wait", len(list.Changes))
	}
	one, two := "/v1/quarantine/"+list.Changes[0].ChangeID+":decide", "/v1/quarantine/"+list.Changes[1].ChangeID+":decide"
	const admit, keepOut = `{"admit":true}`, `{"note":"Di luar wilayah tugas"}`
	if status, data := rest(t, f, "POST", own, one, admit); status != 400 || !strings.Contains(string(data), `"OWN_WORK"`) {
		t.Errorf("the own work is admitted: %d %s", status, data)
	}
	restPost(t, f, others, one, admit)
	restPost(t, f, own, one, admit) // as it was decided
	restPost(t, f, own, two, keepOut)
}

func TestASupervisorJudgesOffline(t *testing.T) {
	onEachEngine(t, 1, aSupervisorJudgesOffline)
}

func aSupervisorJudgesOffline(t *testing.T, f *Field) {
	u, boss := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	g := NewGenerator(7, 320405, time.Now())
	var ids []clientsdk.ID
	for range 3 {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := u.Submit(t.Context(), ids, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, boss)
	if list, all := boss.ReviewQueue(clientsdk.Query{}); all != 3 || len(list) != 3 {
		t.Fatalf("%d families wait on the device, want 3", all)
	}
	if _, err := u.Approve(t.Context(), ids[0]); err == nil {
		t.Error("a surveyor approved the own work")
	}

	// Without network: one approved, one returned, one approved that will have changed.
	due := time.Now().AddDate(0, 2, 0).Format(time.DateOnly)
	if _, err := boss.Approve(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := boss.Return(t.Context(), ids[1], clientsdk.Return{Note: "Periksa alamat", DueDate: due}); err != nil {
		t.Fatal(err)
	}
	if _, err := boss.Approve(t.Context(), ids[2]); err != nil {
		t.Fatal(err)
	}
	if _, all := boss.ReviewQueue(clientsdk.Query{}); all != 0 {
		t.Errorf("%d families still wait on the device", all)
	}
	if _, err := boss.Approve(t.Context(), ids[0]); err == nil {
		t.Error("approved twice on one device")
	}
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Baru 1")}}
	if _, err := u.Save(t.Context(), ids[2], edit); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)

	mustSync(t, boss)
	reasons := map[string]string{}
	entries, err := boss.Decisions(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		reasons[e.Decision.GetFamilyId()] = fmt.Sprint(e.Status, e.Receipt.GetReason())
	}
	want := map[string]string{ids[0].String(): "1", ids[1].String(): "1", ids[2].String(): "2STATE_CHANGED"}
	if fmt.Sprint(reasons) != fmt.Sprint(want) {
		t.Errorf("verdicts stand so: %v, want %v", reasons, want)
	}
	if list, all := boss.ReviewQueue(clientsdk.Query{}); all != 1 || list[0].ID != ids[2] {
		t.Errorf("the changed family is not back in the queue: %v", list)
	}
	mustSync(t, u)
	returned, _ := u.Returned(clientsdk.Query{})
	if len(returned) != 1 || returned[0].ID != ids[1] || returned[0].DueDate != due {
		t.Errorf("returned to the surveyor: %v", returned)
	}
	batches, err := u.Batches(t.Context(), 10)
	if err != nil || len(batches) != 1 || batches[0].GetState() != ksv1.BatchState_BATCH_STATE_IN_REVIEW {
		t.Errorf("batches on the device: %v %v", batches, err)
	}

	// What is corrected shows as a difference on the supervisor's device.
	if _, err := u.Save(t.Context(), ids[1], edit); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Submit(t.Context(), ids[1:2], ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, boss)
	view, err := boss.ReviewFamily(t.Context(), ids[1])
	if err != nil || !view.MayJudge || len(view.Differences) != 1 || view.Differences[0].After.(*ksv1.Family).GetAddress() != "Jl. Baru 1" {
		t.Errorf("view of the corrected family: %+v %v", view, err)
	}
}

func TestConflictsAreSettledAndTwinsMadeOne(t *testing.T) {
	onEachEngine(t, 2, conflictsAreSettledAndTwinsMadeOne)
}

func conflictsAreSettledAndTwinsMadeOne(t *testing.T, f *Field) {
	u, v := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	g := NewGenerator(9, 320405, time.Now())
	twin := g.FamilyOfFour()
	var ids []clientsdk.ID
	for range 2 {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", twin)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	mustSync(t, u)
	mustSync(t, v)
	for name, user := range map[string]*clientsdk.User{"Jl. Satu": u, "Jl. Dua": v} {
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(name)}}
		if _, err := user.Save(t.Context(), ids[0], edit); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	mustSync(t, v)
	type stamp struct {
		TimeMs, Counter, Device, Incarnation json.RawMessage
	}
	var shown struct {
		Digest    string
		Conflicts []struct {
			Field  uint32
			Values []struct {
				ValueJson, AuthorName string
				Stamp                 stamp
			}
		}
		Household struct{ Family struct{ Address string } }
	}
	token, path := restToken(t, f, "supervisor"), "/v1/families/"+ids[0].String()
	restGet(t, f, token, path, &shown)
	if len(shown.Conflicts) != 1 || len(shown.Conflicts[0].Values) != 2 {
		t.Fatalf("conflicts: %+v", shown.Conflicts)
	}
	lost := shown.Conflicts[0].Values[1]
	body := fmt.Sprintf(`{"kind":"RECORD_KIND_FAMILY","field":%d,"seenDigest":%q,"keep":{"timeMs":%s,"counter":%s,"device":%s,"incarnation":%s}}`,
		shown.Conflicts[0].Field, shown.Digest, lost.Stamp.TimeMs, lost.Stamp.Counter, lost.Stamp.Device, lost.Stamp.Incarnation)
	if status, data := rest(t, f, "POST", token, path+":resolveConflict", body); status != 200 {
		t.Fatalf("resolve: %d %s", status, data)
	}
	if status, data := rest(t, f, "POST", token, path+":resolveConflict", body); status != 409 || !strings.Contains(string(data), "FAMILY_CHANGED") {
		t.Errorf("resolved once more on a state that has gone: %d %s", status, data)
	}
	shown.Conflicts = nil
	restGet(t, f, token, path, &shown)
	if len(shown.Conflicts) != 0 || fmt.Sprintf("%q", shown.Household.Family.Address) != lost.ValueJson {
		t.Errorf("after keeping %s: %+v", lost.ValueJson, shown)
	}

	merged := fmt.Sprintf(`{"keptFamilyId":%q,"note":"terdata dua kali"}`, ids[0])
	for range 2 {
		if status, data := rest(t, f, "POST", token, "/v1/families/"+ids[1].String()+":mergeInto", merged); status != 200 {
			t.Fatalf("merge: %d %s", status, data)
		}
	}
	mustSync(t, u)
	kept, err := u.Family(t.Context(), ids[0])
	if err != nil || len(kept.GetMembers()) != 4 || len(kept.GetRounds()) != 2 {
		t.Errorf("kept family has %d members and %d rounds, %v; want 4 and 2", len(kept.GetMembers()), len(kept.GetRounds()), err)
	}
	for _, r := range kept.GetRounds() {
		if len(r.GetIndividuals()) != 4 {
			t.Errorf("round %s has the answers of %d members", r.GetRoundId(), len(r.GetIndividuals()))
		}
	}
	gone, err := u.Family(t.Context(), ids[1])
	if err != nil || gone.GetFamily().GetRemoval().GetKeptId() != ids[0].String() || len(gone.GetMembers()) != 4 {
		t.Errorf("other family: %v %v", gone.GetFamily().GetRemoval(), err)
	}
	verified, err := server.Verify(t.Context(), f.Store, f.Server.Services().Vault.Ring(), nil)
	if err != nil || len(verified.Differences) > 0 {
		t.Errorf("verify: %v %+v", err, verified)
	}
}
