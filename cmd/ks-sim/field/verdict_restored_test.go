package field

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// judgedBefore is what an acting supervisor has judged, acknowledged by a server that is then
// put back to before, with the right ended meanwhile: the first family was approved, the second
// returned.
func judgedBefore(t *testing.T) (f *Field, c *clientsdk.Client, u *clientsdk.User, families []clientsdk.ID, putBack func()) {
	t.Helper()
	var ahead atomic.Int64
	f, families = actingFor(t, &ahead)
	assign(t, f, f.Surveyors[1].Account, "32.04.05.2001/009/009") // what they may review leaves with the right
	c = deviceOf(t, f, "surveyor2")
	u = signInOn(t, c, f, "surveyor2")
	mustSync(t, u)
	mustSync(t, u)
	restore := keptStore(t, f)
	if _, err := u.Approve(t.Context(), families[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Return(t.Context(), families[1], clientsdk.Return{Note: "NIK istri tertukar"}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	stands(t, f, u, families, clientsdk.DecisionApplied)
	return f, c, u, families, func() {
		t.Helper()
		restore()
		ahead.Store(int64(25 * time.Hour))
	}
}

// noticed signs in anew at the restored server, and syncs once: the device then has to offer
// its work again.
func noticed(t *testing.T, f *Field, u *clientsdk.User) {
	t.Helper()
	if err := u.SignInAgain(t.Context(), f.Password); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if c, err := u.Counts(t.Context()); err != nil || c.Steps == 0 {
		t.Fatalf("nothing is offered again: %+v, %v", c, err)
	}
}

// offeredAgain does, and offers it.
func offeredAgain(t *testing.T, f *Field, u *clientsdk.User) {
	t.Helper()
	noticed(t, f, u)
	mustSync(t, u)
}

// stands holds both verdicts, on the device and at the server, against what is said of them.
func stands(t *testing.T, f *Field, u *clientsdk.User, families []clientsdk.ID, want clientsdk.DecisionStatus) {
	t.Helper()
	verdicts, err := u.Decisions(t.Context(), 10)
	if err != nil || len(verdicts) != len(families) {
		t.Fatalf("verdicts %v, %v", verdicts, err)
	}
	for _, v := range verdicts {
		if v.Status != want {
			t.Errorf("the device tells of %s: %d, %v", v.Decision.GetFamilyId(), v.Status, v.Receipt)
		}
	}
	states := []string{"REVIEW_STATE_APPROVED", "REVIEW_STATE_RETURNED"}
	for i, id := range families {
		state := states[i]
		if want != clientsdk.DecisionApplied {
			state = "REVIEW_STATE_SUBMITTED"
		}
		if at := reviewAt(t, f, id); at.State != state {
			t.Errorf("at the server %s is %+v, want %s", id, at, state)
		}
	}
}

func reviewAt(t *testing.T, f *Field, family clientsdk.ID) shownReview {
	t.Helper()
	var out struct {
		Review shownReview `json:"review"`
	}
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/families/"+family.String(), &out)
	return out.Review
}

// A verdict that the server has acknowledged comes back to one that was restored, though who
// passed it may judge no more, and the family is none of their area.
func TestAnAcknowledgedVerdictOutlastsARestoreAndTheRight(t *testing.T) {
	t.Parallel()
	f, _, u, families, putBack := judgedBefore(t)
	putBack()
	offeredAgain(t, f, u)
	if may, err := u.MayReview(t.Context()); err != nil || may {
		t.Fatalf("they may still judge: %v, %v", may, err)
	}
	stands(t, f, u, families, clientsdk.DecisionApplied)
	mustSync(t, u) // once more without effect
	stands(t, f, u, families, clientsdk.DecisionApplied)
}

// Without the proof, or with another, the rights of now decide.
func TestWithoutTheServersProofAVerdictNeedsTheRight(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"none":             `UPDATE decision SET proof = NULL`,
		"another's":        `UPDATE decision SET proof = other.proof FROM decision AS other WHERE other.seq != decision.seq`,
		"invented":         `UPDATE decision SET proof = randomblob(32)`,
		"of another size":  `UPDATE decision SET proof = substr(proof, 1, 31)`,
		"larger than any":  `UPDATE decision SET proof = randomblob(100000)`,
		"right and longer": `UPDATE decision SET proof = CAST(proof || x'00' AS BLOB)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, c, u, families, putBack := judgedBefore(t)
			putBack()
			if err := u.Close(); err != nil {
				t.Fatal(err)
			}
			alterFile(t, f, "surveyor2", spoil)
			u = signInOn(t, c, f, "surveyor2")
			offeredAgain(t, f, u)
			stands(t, f, u, families, clientsdk.DecisionNotApplied)
		})
	}
}

// The proof goes along in a backup file: the account is disabled, and the device can't sync.
func TestAnAcknowledgedVerdictComesBackByABackupFile(t *testing.T) {
	t.Parallel()
	f, _, u, families, putBack := judgedBefore(t)
	putBack()
	noticed(t, f, u)
	restPost(t, f, administrator(t, f), fmt.Sprintf("/v1/accounts/%d:disable", f.Surveyors[1].Account), `{}`)
	s := supervisorWith(t, f)
	carry(t, s, fileWith(t, u))
	mustSync(t, s)
	for i, want := range []string{"REVIEW_STATE_APPROVED", "REVIEW_STATE_RETURNED"} {
		if at := reviewAt(t, f, families[i]); at.State != want {
			t.Errorf("at the server %s is %+v, want %s", families[i], at, want)
		}
	}
}

// What was judged anew meanwhile is not judged back, and what has changed is not approved.
func TestAnAcknowledgedVerdictOverrulesNothingThatCameSince(t *testing.T) {
	t.Parallel()
	f, _, u, families, putBack := judgedBefore(t)
	putBack()
	s := supervisorWith(t, f)
	if _, err := s.Return(t.Context(), families[0], clientsdk.Return{Note: "alamat salah"}); err != nil {
		t.Fatal(err)
	}
	rename(t, s, families[1], "Jalan Baru")
	mustSync(t, s)
	offeredAgain(t, f, u)
	told := map[string]string{}
	verdicts, err := u.NotApplied(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		told[v.Decision.GetFamilyId()] = v.Receipt.GetReason()
	}
	if told[families[0].String()] != "ALREADY_JUDGED" || told[families[1].String()] != "STATE_CHANGED" {
		t.Errorf("told %v", told)
	}
	if at := reviewAt(t, f, families[0]); at.State != "REVIEW_STATE_RETURNED" {
		t.Errorf("judged anew: %+v", at)
	}
}

// A family that was erased since stays erased.
func TestAnAcknowledgedVerdictBringsNoErasedFamilyBack(t *testing.T) {
	t.Parallel()
	f, _, u, families, putBack := judgedBefore(t)
	putBack()
	eraseFamily(t, f, families[0], clientsdk.ID{})
	offeredAgain(t, f, u)
	verdicts, err := u.Decisions(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Decision.GetFamilyId() == families[0].String() && v.Status == clientsdk.DecisionApplied {
			t.Errorf("a verdict on the erased stands: %v", v.Receipt)
		}
	}
	if at := reviewAt(t, f, families[0]); at.State != "" {
		t.Errorf("the erased is reviewed: %+v", at)
	}
}

// An ack that was lost before the right ended is given again: the server has the verdict.
func TestAVerdictThatStandsIsAcknowledgedWhateverTheRightNow(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	f, families := actingFor(t, &ahead)
	c := deviceOf(t, f, "surveyor2")
	u := signInOn(t, c, f, "surveyor2")
	mustSync(t, u)
	mustSync(t, u)
	if _, err := u.Approve(t.Context(), families[0]); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	alterFile(t, f, "surveyor2", `UPDATE decision SET receipt = NULL, proof = NULL, status = 0`)
	ahead.Store(int64(25 * time.Hour))
	u = signInOn(t, c, f, "surveyor2")
	mustSync(t, u)
	verdicts, err := u.Decisions(t.Context(), 10)
	if err != nil || len(verdicts) != 1 || verdicts[0].Status != clientsdk.DecisionApplied ||
		verdicts[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE || len(verdicts[0].Receipt.GetProof()) == 0 {
		t.Errorf("told %v, %v", verdicts, err)
	}
}
