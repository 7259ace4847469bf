package field

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const revokedNote = "NIK istri tertukar"

// whoSubmitted is a surveyor, and a family that waits for a verdict.
func whoSubmitted(t *testing.T, f *Field) (surveyor *clientsdk.User, family clientsdk.ID) {
	t.Helper()
	surveyor = signIn(t, f, "surveyor1")
	mustSync(t, surveyor)
	family = submitted(t, surveyor)
	mustSync(t, surveyor)
	return surveyor, family
}

// wipedWithAVerdict is what a surveyor submitted and the supervisor returned on a device that was
// then revoked and has wiped itself: device 2.
func wipedWithAVerdict(t *testing.T, f *Field, c *clientsdk.Client) (surveyor *clientsdk.User, family clientsdk.ID) {
	t.Helper()
	surveyor, family = whoSubmitted(t, f)
	boss := signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	if _, err := boss.Return(t.Context(), family, clientsdk.Return{Note: revokedNote}); err != nil {
		t.Fatal(err)
	}
	revokeDevice(t, f, 2)
	_, err := boss.Sync(t.Context(), nil)
	var refused *clientsdk.ServerError
	if !errors.Is(err, clientsdk.ErrWiped) || !errors.As(err, &refused) {
		t.Fatalf("not wiped, or without why: %v", err)
	}
	text := err.Error()
	if !strings.Contains(text, "1 penilaian yang belum terkirim tidak berlaku") || strings.Contains(text, "tetap disimpan") || strings.Contains(text, "\n") {
		t.Errorf("told %q", text)
	}
	return surveyor, family
}

// Which verdicts of a revoked device do not apply is told to who passed them, with what they
// wrote, until they judge the family again; the device itself shows nothing any more.
func TestWhoJudgedOnARevokedDeviceIsToldWhatDoesNotApply(t *testing.T) {
	onEachEngine(t, 1, judgedOnARevokedDevice)
}

func judgedOnARevokedDevice(t *testing.T, f *Field) {
	c := deviceOf(t, f, f.Supervisor)
	surveyor, family := wipedWithAVerdict(t, f, c)
	db := deviceFile(t, f, f.Supervisor)
	var readable int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM decision WHERE length(payload) > 0`).Scan(&readable); err != nil || readable != 0 {
		t.Errorf("%d verdicts can be read on the revoked device: %v", readable, err)
	}
	_ = db.Close()

	boss := signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	mustSync(t, boss)
	told, err := boss.NotApplied(t.Context(), 10)
	if err != nil || len(told) != 1 {
		t.Fatalf("told of %v: %v", told, err)
	}
	e := told[0]
	if e.Decision.GetFamilyId() != family.String() || e.Decision.GetNote() != revokedNote || e.Receipt.GetReason() != "DEVICE_REVOKED" ||
		e.Decision.GetOutcome() != ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED || e.HeadName == "" {
		t.Errorf("told %v, %v, of %q", e.Decision, e.Receipt, e.HeadName)
	}
	files, err := boss.CarriedFiles(t.Context())
	if err != nil || len(files) != 1 || files[0].Refused != 1 || files[0].Reason != "DEVICE_REVOKED" {
		t.Errorf("carried %+v: %v", files, err)
	}
	if line, err := boss.DayLine(t.Context()); err != nil || !strings.Contains(line, "1 penilaian tidak berlaku") {
		t.Errorf("%q, %v", line, err)
	}
	reviewed := func(want ksv1.ReviewState) {
		t.Helper()
		mustSync(t, surveyor)
		if r, err := surveyor.Review(t.Context(), family); err != nil || r.GetState() != want {
			t.Fatalf("the family is %s, %v; want %s", r.GetState(), err, want)
		}
	}
	reviewed(ksv1.ReviewState_REVIEW_STATE_SUBMITTED)
	if _, err := boss.Return(t.Context(), family, clientsdk.Return{Note: revokedNote}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, boss)
	reviewed(ksv1.ReviewState_REVIEW_STATE_RETURNED)
	if told, err := boss.NotApplied(t.Context(), 10); err != nil || len(told) != 0 {
		t.Errorf("judged again and still told: %v, %v", told, err)
	}
}

// What the user has read stays read, though the server, restored, gets the file again.
func TestAnAcknowledgedVerdictOfARevokedDeviceIsNotToldAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	c := deviceOf(t, f, f.Supervisor)
	_, _ = wipedWithAVerdict(t, f, c)
	boss := signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	told, err := boss.NotApplied(t.Context(), 10)
	if err != nil || len(told) != 1 {
		t.Fatalf("told of %v: %v", told, err)
	}
	id, err := clientsdk.ParseID(told[0].Decision.GetVerdictId())
	if err == nil {
		err = boss.Acknowledge(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := boss.Close(); err != nil {
		t.Fatal(err)
	}
	alterFile(t, f, f.Supervisor, `UPDATE carried SET status = 0`)
	boss = signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	if told, err := boss.NotApplied(t.Context(), 10); err != nil || len(told) != 0 {
		t.Errorf("told again: %v, %v", told, err)
	}
}

// Nobody reads in a receipt what was written of who was erased meanwhile.
func TestAVerdictOfARevokedDeviceOnAnErasedFamilyIsToldWithoutItsNote(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	c := deviceOf(t, f, f.Supervisor)
	_, family := wipedWithAVerdict(t, f, c)
	eraseFamily(t, f, family, clientsdk.ID{})
	boss := signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	told, err := boss.Decisions(t.Context(), 10)
	if err != nil || len(told) > 1 || len(told) == 1 && (told[0].Decision.GetNote() != "" || told[0].HeadName != "") {
		t.Errorf("told %v: %v", told, err)
	}
}

// A verdict that the server had applied, and whose receipt was lost, stands.
func TestAVerdictThatAppliedBeforeTheDeviceWasRevokedIsNotToldAsNotApplied(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	c := deviceOf(t, f, f.Supervisor)
	_, family := whoSubmitted(t, f)
	boss := signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	if _, err := boss.Approve(t.Context(), family); err != nil {
		t.Fatal(err)
	}
	if err := boss.Close(); err != nil {
		t.Fatal(err)
	}
	db := deviceFile(t, f, f.Supervisor)
	var sealed string
	if err := db.QueryRowContext(t.Context(), `SELECT hex(escrow) FROM decision`).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	boss = signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	if err := boss.Close(); err != nil {
		t.Fatal(err)
	}
	alterFile(t, f, f.Supervisor, `UPDATE decision SET status = 0, receipt = NULL, escrow = x'`+sealed+`'`)
	revokeDevice(t, f, 2)
	boss = signInOn(t, c, f, f.Supervisor)
	if _, err := boss.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrWiped) {
		t.Fatal(err)
	}
	boss = signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	files, err := boss.CarriedFiles(t.Context())
	if err != nil || len(files) != 1 || files[0].Applied != 1 || files[0].Refused != 0 || files[0].Reason != "" {
		t.Errorf("carried %+v: %v", files, err)
	}
	if told, err := boss.NotApplied(t.Context(), 10); err != nil || len(told) != 0 {
		t.Errorf("told as not applied: %v, %v", told, err)
	}
	if r, err := boss.Review(t.Context(), family); err != nil || r.GetState() != ksv1.ReviewState_REVIEW_STATE_APPROVED {
		t.Errorf("the family is %v: %v", r, err)
	}
}

// Who acted as supervisor on the revoked device is told, too, once that right has ended.
func TestWhoActedAsSupervisorOnARevokedDeviceIsTold(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	f, families := actingFor(t, &ahead)
	c := deviceOf(t, f, "surveyor2")
	u := signInOn(t, c, f, "surveyor2")
	mustSync(t, u)
	mustSync(t, u)
	if _, err := u.Return(t.Context(), families[0], clientsdk.Return{Note: revokedNote}); err != nil {
		t.Fatal(err)
	}
	revokeDevice(t, f, 2)
	if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrWiped) {
		t.Fatal(err)
	}
	ahead.Store(int64(25 * time.Hour))
	u = signInOn(t, c, f, "surveyor2")
	mustSync(t, u)
	told, err := u.NotApplied(t.Context(), 10)
	if err != nil || len(told) != 1 || told[0].Decision.GetNote() != revokedNote || told[0].Receipt.GetReason() != "DEVICE_REVOKED" {
		t.Errorf("told %v: %v", told, err)
	}
}

// Somebody else who brings the file learns that verdicts in it do not apply, and nothing of them.
func TestWhoBringsVerdictsOfAnothersRevokedDeviceReadsNothingOfThem(t *testing.T) {
	t.Parallel()
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 2, Staff: true})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { _ = f.Close() })
	c := deviceOf(t, f, f.Supervisor)
	_, _ = wipedWithAVerdict(t, f, c)
	restPost(t, f, restToken(t, f, "kepala"), fmt.Sprintf("/v1/accounts/%d:nameActingSupervisor", f.Surveyors[1].Account),
		fmt.Sprintf(`{"untilMs":"%d"}`, time.Now().Add(24*time.Hour).UnixMilli()))
	colleague := signIn(t, f, "surveyor2")
	mustSync(t, colleague)
	mustSync(t, colleague)
	var file bytes.Buffer
	if _, err := c.Backup(t.Context(), f.Supervisor, &file); err != nil {
		t.Fatal(err)
	}
	if n, err := colleague.Carry(t.Context(), &file); err != nil || n != 1 {
		t.Fatalf("%d parts, %v", n, err)
	}
	mustSync(t, colleague)
	files, err := colleague.CarriedFiles(t.Context())
	if err != nil || len(files) != 1 || files[0].Refused != 1 || files[0].Reason != "DEVICE_REVOKED" {
		t.Errorf("carried %+v: %v", files, err)
	}
	if told, err := colleague.Decisions(t.Context(), 10); err != nil || len(told) != 0 {
		t.Errorf("told %v: %v", told, err)
	}
}

// What a forgotten password had locked, and no longer applies, is told as well.
func TestAVerdictBehindAForgottenPasswordThatNoLongerAppliesIsTold(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	surveyor, family := whoSubmitted(t, f)
	c := deviceOf(t, f, f.Supervisor)
	boss := signInOn(t, c, f, f.Supervisor)
	mustSync(t, boss)
	if _, err := boss.Return(t.Context(), family, clientsdk.Return{Note: revokedNote}); err != nil {
		t.Fatal(err)
	}
	if err := boss.Close(); err != nil {
		t.Fatal(err)
	}
	rename(t, surveyor, family, "Kepala Baru")
	mustSync(t, surveyor)
	resetPassword(t, f, c, f.Supervisor)
	boss, _, err := c.Recover(t.Context(), f.Supervisor, newPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer boss.Close()
	mustSync(t, boss)
	told, err := boss.NotApplied(t.Context(), 10)
	if err != nil || len(told) != 1 || told[0].Decision.GetNote() != revokedNote || told[0].Receipt.GetReason() != "STATE_CHANGED" {
		t.Errorf("told %v: %v", told, err)
	}
}

// A supervisor whose account is disabled reads that the verdicts were not passed on.
func TestVerdictsOfADisabledAccountAreSaidNotToBePassedOn(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	_, family := whoSubmitted(t, f)
	p := startApp(t, f, nil)
	p.enter(f, f.Supervisor)
	p.sync()
	p.sync()
	item := p.get("/v1/app/review/queue")["items"].([]any)[0].(map[string]any)
	p.post("/v1/app/review/families/"+family.String()+":judge", map[string]any{"outcome": "VERDICT_OUTCOME_APPROVED", "judgedDigest": item["digest"]}, http.StatusOK)
	disable(t, f, f.Supervisor)
	told, _ := p.sync()["error"].(string)
	if !strings.Contains(told, "1 penilaian yang belum terkirim tidak ikut diserahkan dan belum berlaku") || strings.Contains(told, "Data yang belum terkirim") {
		t.Errorf("told %q", told)
	}
	verdict := p.get("/v1/app/review/verdicts")["verdicts"].([]any)[0].(map[string]any)
	if verdict["state"] != "PASSED_STATE_PENDING" {
		t.Errorf("it stands as %v", verdict)
	}
}
