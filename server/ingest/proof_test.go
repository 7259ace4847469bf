package ingest_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// submittedTo is a family that surveyor 1 has submitted to a core, the same in each that has
// the ring, with its digest there.
func submittedTo(t *testing.T, ring *record.Ring, number uint64) (*ingest.Core, *ksv1.ReviewDecision) {
	t.Helper()
	core, village := newCore(t)
	core.Vault = ingest.NewVault(ring, rand.Reader)
	l := &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, number)}, next: 10,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: 1_767_225_600_000}},
	}
	c := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})
	if _, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(c, collector, time.Now().UnixMilli())}); err != nil {
		t.Fatal(err)
	}
	batch := merge.NewID(9, 9, 1)
	submission, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{Id: batch[:], Village: village, Author: 1, FamilyIds: [][]byte{l.state.Family[:]}}, collector)
	if err != nil {
		t.Fatal(err)
	}
	if acted, _, err := core.Act(t.Context(), village, []*ingest.Act{submission}); err != nil || acted[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		t.Fatalf("%v, %v", acted, err)
	}
	f, _ := reviewed(t, core, village, l.state.Family)
	digest, _, err := core.Vault.OpenCanonical(&f)
	if err != nil {
		t.Fatal(err)
	}
	return core, &ksv1.ReviewDecision{
		VerdictId: merge.NewID(9, 9, 2).String(), Village: village, Author: 2, FamilyId: l.state.Family.String(),
		Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED, Note: "NIK istri tertukar", JudgedDigest: digest[:],
	}
}

// bring offers a decision with a proof.
func bring(t *testing.T, core *ingest.Core, d *ksv1.ReviewDecision, sender *ingest.Sender, proof []byte) *ksv1.Receipt {
	t.Helper()
	act, err := ingest.PrepareDecision(d, sender)
	if err != nil {
		t.Fatal(err)
	}
	act.Proof = proof
	acted, _, err := core.Act(t.Context(), d.GetVillage(), []*ingest.Act{act})
	if err != nil {
		t.Fatal(err)
	}
	return acted[0].Receipt
}

var (
	supervisor = &ingest.Sender{Account: 2, Device: 9, MayReview: true, Covers: collector.Covers}
	// former is the same account without the right, in no area.
	former = &ingest.Sender{Account: 2, Device: 9}
)

func newRing(t *testing.T) *record.Ring {
	t.Helper()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// A server that has lost a decision takes it again by the proof that it gave, also once its
// keys were rotated and the former retired. Given again, the proof is the same and has no
// second effect.
func TestADecisionComesBackByItsProof(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	core, d := submittedTo(t, ring, 1)
	first := bring(t, core, d, supervisor, nil)
	if again := bring(t, core, d, former, nil); again.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE || !bytes.Equal(again.GetProof(), first.GetProof()) {
		t.Errorf("brought again: %v after %v", again, first)
	}
	rotated, err := ring.Rotate(rand.Reader, time.Now())
	if err == nil {
		ring, err = rotated.Retire()
	}
	if err != nil {
		t.Fatal(err)
	}
	restored, same := submittedTo(t, ring, 1)
	if !proto.Equal(same, d) {
		t.Fatal("the restored core has another family")
	}
	if r := bring(t, restored, d, former, first.GetProof()); r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED || !bytes.Equal(r.GetProof(), first.GetProof()) {
		t.Errorf("told %v", r)
	}
	if r := bring(t, restored, d, former, first.GetProof()); r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE {
		t.Errorf("shown twice: %v", r)
	}
}

// A proof speaks for nothing but the decision that it was given for, of its author.
func TestAProofIsOfOneDecision(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	core, d := submittedTo(t, ring, 1)
	given := bring(t, core, d, supervisor, nil).GetProof()
	other := *former
	other.Account = 3
	refused := func(name string, ring *record.Ring, number uint64, sender *ingest.Sender, proof []byte, alter func(*ksv1.ReviewDecision)) {
		t.Helper()
		restored, d := submittedTo(t, ring, number)
		alter(d)
		r := bring(t, restored, d, sender, proof)
		if r.GetRevision() != 0 || r.GetReason() != ingest.ReasonNoRight && r.GetReason() != ingest.ReasonForeignAuthor || len(r.GetProof()) > 0 {
			t.Errorf("%s: %v", name, r)
		}
	}
	as := func(*ksv1.ReviewDecision) {}
	refused("of another server", newRing(t), 1, former, given, as)
	refused("of another family", ring, 2, former, given, as)
	refused("by another account", ring, 1, &other, given, as)
	refused("as another account's", ring, 1, &other, given, func(d *ksv1.ReviewDecision) { d.Author = 3 })
	refused("under another id", ring, 1, former, given, func(d *ksv1.ReviewDecision) { d.VerdictId = merge.NewID(9, 9, 3).String() })
	refused("of another outcome", ring, 1, former, given, func(d *ksv1.ReviewDecision) { d.Outcome = ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED })
	refused("with another note", ring, 1, former, given, func(d *ksv1.ReviewDecision) { d.Note += "." })
	refused("of another time", ring, 1, former, given, func(d *ksv1.ReviewDecision) { d.MadeAtMs = 1 })
	refused("none", ring, 1, former, nil, as)
	refused("empty", ring, 1, former, []byte{}, as)
	refused("cut", ring, 1, former, given[:31], as)
	refused("longer", ring, 1, former, append(bytes.Clone(given), 0), as)
	for bit := range len(given) * 8 {
		spoiled := bytes.Clone(given)
		spoiled[bit/8] ^= 1 << (bit % 8)
		act, err := ingest.PrepareDecision(d, former)
		if err != nil {
			t.Fatal(err)
		}
		act.Proof = spoiled
		if ok, err := core.Vault.Proves(act); ok || err != nil {
			t.Fatalf("bit %d: %v, %v", bit, ok, err)
		}
	}
}

// The right is all that a proof stands for: what the decision is about is asked as it is now.
func TestAProofOverrulesNothing(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	core, d := submittedTo(t, ring, 1)
	given := bring(t, core, d, supervisor, nil).GetProof()
	for _, c := range []struct {
		want    string
		befalls func(t *testing.T, core *ingest.Core, d *ksv1.ReviewDecision)
	}{
		{review.AlreadyJudged, func(t *testing.T, core *ingest.Core, d *ksv1.ReviewDecision) {
			newer := proto.CloneOf(d)
			newer.VerdictId, newer.Author = merge.NewID(9, 9, 7).String(), 4
			if r := bring(t, core, newer, &ingest.Sender{Account: 4, Device: 9, MayReview: true, Covers: collector.Covers}, nil); r.GetRevision() == 0 {
				t.Fatal(r)
			}
		}},
		{review.StateChanged, func(t *testing.T, core *ingest.Core, d *ksv1.ReviewDecision) {
			f, _ := reviewed(t, core, d.GetVillage(), mustID(t, d.GetFamilyId()))
			_, _, state, err := core.Vault.OpenFamily(&f)
			if err != nil {
				t.Fatal(err)
			}
			l := &life{village: d.GetVillage(), state: state, next: 20, clock: merge.Clock{Device: 1, Incarnation: 1, Last: state.HighestStamp()}}
			c := l.save(t, &ksv1.Family{Address: proto.String("Jl. Baru")})
			if _, _, err := core.Commit(t.Context(), d.GetVillage(), []*ingest.Incoming{ingest.Prepare(c, collector, time.Now().UnixMilli())}); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		restored, d := submittedTo(t, ring, 1)
		c.befalls(t, restored, d)
		_, before := reviewed(t, restored, d.GetVillage(), mustID(t, d.GetFamilyId()))
		if r := bring(t, restored, d, former, given); r.GetReason() != c.want || len(r.GetProof()) > 0 {
			t.Errorf("%s: %v", c.want, r)
		}
		if _, after := reviewed(t, restored, d.GetVillage(), mustID(t, d.GetFamilyId())); !proto.Equal(after, before) {
			t.Errorf("%s: %v has become %v", c.want, before, after)
		}
	}
	empty, _ := newCore(t)
	empty.Vault = ingest.NewVault(ring, rand.Reader)
	if r := bring(t, empty, d, former, given); r.GetReason() != ingest.ReasonUnknownFamily {
		t.Errorf("of a family that is not there: %v", r)
	}
}

func mustID(t *testing.T, text string) merge.ID {
	t.Helper()
	id, err := merge.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
