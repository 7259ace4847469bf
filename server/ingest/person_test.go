package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// putAccounts makes accounts of persons, numbered from 1; one of "" has no NIK that is known.
func putAccounts(t *testing.T, core *ingest.Core, persons ...string) {
	t.Helper()
	err := core.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		for i, person := range persons {
			a := store.Account{UserName: fmt.Sprint("user", i+1), FullName: []byte{1}, Disabled: i == 0}
			if person != "" {
				a.NIKHash = []byte(person)
			}
			if number, err := tx.Directory().PutAccount(ctx, a); err != nil || number != uint32(i+1) {
				return fmt.Errorf("account %d, %w", number, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Account 1 has collected, is disabled, and its person has account 2 by now.
func TestWhoHasANewAccountDoesNotJudgeOrAdmitWhatTheyEnteredUnderTheFormer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		supervisor uint32
		own        bool
	}{{2, true}, {1, true}, {3, false}, {4, false}, {9, false}} {
		t.Run(fmt.Sprint(c.supervisor), func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			putAccounts(t, core, "siti", "siti", "budi", "")
			now := time.Now().UnixMilli()
			l := &life{
				village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
				clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
			}
			taken := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})
			waits := l.save(t, &ksv1.Family{HeadName: proto.String("Siti Aminah")})
			commit := func(change *ksv1.Change, sender *ingest.Sender) {
				if _, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(change, sender, now)}); err != nil {
					t.Fatal(err)
				}
			}
			commit(taken, collector)
			judgedBy(t, core, village, l.state.Family, c.supervisor, c.own)
			commit(waits, &ingest.Sender{Account: 1, Device: 1})
			d := ingest.Decision{Admit: true, Supervisor: c.supervisor, Villages: []uint32{village}}
			if _, err := core.Decide(t.Context(), merge.ID(waits.GetId()), d); errors.Is(err, ingest.ErrOwnWork) != c.own || err != nil && !c.own {
				t.Errorf("admitted: %v", err)
			}
		})
	}
}

// judgedBy submits a family, and lets an account approve it: refused where it is the own work.
func judgedBy(t *testing.T, core *ingest.Core, village uint32, family merge.ID, supervisor uint32, own bool) {
	t.Helper()
	batch := merge.NewID(9, 9, 1)
	submission, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{Id: batch[:], Village: village, Author: 1, FamilyIds: [][]byte{family[:]}}, collector)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := reviewed(t, core, village, family)
	digest, _, err := core.Vault.OpenCanonical(&f)
	if err != nil {
		t.Fatal(err)
	}
	decision, err := ingest.PrepareDecision(&ksv1.ReviewDecision{
		VerdictId: merge.NewID(9, 9, 2).String(), Village: village, Author: supervisor, FamilyId: family.String(),
		Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, JudgedDigest: digest[:],
	}, &ingest.Sender{Account: supervisor, Device: 9, MayReview: true, Covers: collector.Covers})
	if err != nil {
		t.Fatal(err)
	}
	acted, _, err := core.Act(t.Context(), village, []*ingest.Act{submission, decision})
	if err != nil {
		t.Fatal(err)
	}
	if r := acted[1].Receipt; (r.GetReason() == review.OwnWork) != own || (r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED) == own {
		t.Errorf("judged: %v", r)
	}
}
