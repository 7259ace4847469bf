package field

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// actingFor is a field in which surveyor2 is named to act as supervisor for a day, by a clock
// that goes ahead as told, and what surveyor1 has submitted.
func actingFor(t *testing.T, ahead *atomic.Int64) (f *Field, families []clientsdk.ID) {
	t.Helper()
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 2, Staff: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { _ = f.Close() })
	surveyor := signIn(t, f, "surveyor1")
	mustSync(t, surveyor)
	families = interviewed(t, surveyor, 5, 2)
	if _, err := surveyor.Submit(t.Context(), families, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, surveyor)
	restPost(t, f, restToken(t, f, "kepala"), fmt.Sprintf("/v1/accounts/%d:nameActingSupervisor", f.Surveyors[1].Account),
		fmt.Sprintf(`{"untilMs":"%d"}`, now().Add(24*time.Hour).UnixMilli()))
	return f, families
}

// What an acting supervisor judged without a signal and could send only once the right had ended
// is told, with whom it was about and what was written, until they say to have read it.
func TestVerdictsThatWereNotAppliedAreToldUntilTheyWereRead(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	f, families := actingFor(t, &ahead)
	p := startApp(t, f, f.options.Now)
	p.enter(f, "surveyor2")
	p.sync()
	p.sync()
	names := map[string]string{}
	for i, each := range p.get("/v1/app/review/queue")["items"].([]any) {
		item := each.(map[string]any)
		family := item["family"].(map[string]any)
		names[family["familyId"].(string)], _ = family["headName"].(string)
		body := map[string]any{"outcome": "VERDICT_OUTCOME_APPROVED", "judgedDigest": item["digest"]}
		if i == 0 {
			body["outcome"], body["note"] = "VERDICT_OUTCOME_RETURNED", "NIK istri tertukar"
		}
		p.post("/v1/app/review/families/"+family["familyId"].(string)+":judge", body, http.StatusOK)
	}
	ahead.Store(int64(25 * time.Hour))
	if state := p.sync(); state["error"] != nil {
		t.Fatal(state)
	}
	status := p.get("/v1/app/status")
	if line := status["dayLine"].(string); !strings.Contains(line, "2 penilaian tidak berlaku") || status["mayReview"] != nil {
		t.Errorf("%q, may review: %v", line, status["mayReview"])
	}
	told := p.get("/v1/app/review/verdicts?notApplied=true")["verdicts"].([]any)
	var ids []any
	notes := ""
	for _, each := range told {
		v := each.(map[string]any)
		ids = append(ids, v["verdictId"])
		if name := names[v["familyId"].(string)]; name == "" || v["headName"] != name || !strings.Contains(v["reason"].(string), "tidak lagi berhak meninjau") {
			t.Errorf("of %s: %v", name, v)
		}
		if note, _ := v["note"].(string); (v["outcome"] == "VERDICT_OUTCOME_RETURNED") != (note != "") {
			t.Errorf("without its note, or with another's: %v", v)
		} else {
			notes += note
		}
	}
	if len(told) != len(families) || notes != "NIK istri tertukar" {
		t.Fatalf("told %v", told)
	}
	p.post("/v1/app/review/verdicts:acknowledge", map[string]any{"verdictIds": ids[:1]}, http.StatusOK)
	p.post("/v1/app/review/verdicts:acknowledge", map[string]any{"verdictIds": ids[:1]}, http.StatusOK)
	if counts := p.get("/v1/app/status")["counts"].(map[string]any); counts["notApplied"] != float64(1) {
		t.Errorf("once one was read: %v", counts)
	}
	p.post("/v1/app/review/verdicts:acknowledge", map[string]any{"verdictIds": ids}, http.StatusOK)
	if left := p.get("/v1/app/review/verdicts?notApplied=true"); left["verdicts"] != nil {
		t.Errorf("still told: %v", left)
	}
	if all := p.get("/v1/app/review/verdicts")["verdicts"].([]any); len(all) != len(families) {
		t.Errorf("passed: %v", all)
	}
	if line := p.get("/v1/app/status")["dayLine"].(string); strings.Contains(line, "tidak berlaku") {
		t.Error(line)
	}
}

// Who judges the family again has met what it has become.
func TestAVerdictThatWasNotAppliedIsToldUntilItIsPassedAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id := submitted(t, u)
	mustSync(t, u)
	boss := signIn(t, f, f.Supervisor)
	mustSync(t, boss)
	if _, err := boss.Approve(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	rename(t, u, id, "Kepala Baru")
	mustSync(t, u)
	mustSync(t, boss)
	told := func(want int) {
		t.Helper()
		list, err := boss.NotApplied(t.Context(), 10)
		if err != nil || len(list) != want {
			t.Fatalf("told of %d, %v; want %d", len(list), err, want)
		}
		if want > 0 && list[0].HeadName == "" {
			t.Error("nobody knows of whom")
		}
		if c, err := boss.Counts(t.Context()); err != nil || c.NotApplied != want {
			t.Errorf("counts %+v, %v", c, err)
		}
	}
	told(1)
	if _, err := boss.Approve(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	told(0)
	mustSync(t, boss)
	told(0)
}

// actingElsewhere is surveyor2's device in such a field, whose own RT is another: what they may
// review leaves it with the right.
func actingElsewhere(t *testing.T, ahead *atomic.Int64) (f *Field, u *clientsdk.User, families []clientsdk.ID) {
	t.Helper()
	f, families = actingFor(t, ahead)
	assign(t, f, f.Surveyors[1].Account, "32.04.05.2001/009/009")
	u = signIn(t, f, "surveyor2")
	mustSync(t, u)
	mustSync(t, u)
	return f, u, families
}

// The right may end with the area: the family that was judged leaves the device in the sync
// that tells so, but not before what came of the verdict is told with its name.
func TestAVerdictThatWasNotAppliedNamesAFamilyThatLeftWithTheRight(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	_, u, families := actingElsewhere(t, &ahead)
	judged, here := u.Summary(families[0])
	if !here || judged.HeadName == "" {
		t.Fatalf("to be judged: %+v, %v", judged, here)
	}
	if _, err := u.Return(t.Context(), families[0], clientsdk.Return{Note: "NIK istri tertukar"}); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(25 * time.Hour))
	mustSync(t, u)
	for _, id := range families {
		if _, here := u.Summary(id); here {
			t.Errorf("%s has stayed", id)
		}
	}
	if told, err := u.NotApplied(t.Context(), 10); err != nil || len(told) != 1 || told[0].HeadName != judged.HeadName {
		t.Errorf("told of %s: %+v, %v", judged.HeadName, told, err)
	}
}

// Who judged a family that has left their device since learns of its erasure all the same.
func TestTheNoteOfAFormerSupervisorGoesWithTheFamily(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	f, u, families := actingElsewhere(t, &ahead)
	if _, err := u.Return(t.Context(), families[0], clientsdk.Return{Note: "NIK Bu Siti tertukar"}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	ahead.Store(int64(25 * time.Hour))
	mustSync(t, u)
	if _, here := u.Summary(families[0]); here {
		t.Fatal("the family stays, whose RT is not the former supervisor's")
	}
	eraseFamily(t, f, families[0], clientsdk.ID{})
	mustSync(t, u)
	if told, err := u.Decisions(t.Context(), 10); err != nil || strings.Contains(fmt.Sprint(told), "Siti") {
		t.Errorf("the device keeps %v: %v", told, err)
	}
}
