package promises

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// judges are the supervisor's right to judge, which ends and comes back, and what was judged
// by it.
type judges struct {
	rng *rand.Rand
	// applied are verdicts that a server has applied, acked those that the supervisor's device
	// knows to be: the ack may be lost under way, and then they are as unsent.
	applied, acked map[merge.ID]bool
}

// newJudges draws apart, so that what else happens does not depend on it.
func newJudges(seed uint64) *judges {
	return &judges{rng: rand.New(rand.NewPCG(seed, 0x6a64)), applied: map[merge.ID]bool{}, acked: map[merge.ID]bool{}}
}

// judgeStep lets, now and then, the supervisor be a surveyor for some days.
func (w *World) judgeStep(ctx context.Context) error {
	n := w.judges.rng.IntN(100)
	if n >= 10 {
		return nil
	}
	caller, err := w.caller(ctx, w.boss.owner)
	if err != nil {
		return err
	}
	if may := caller.Has(ksv1.Right_RIGHT_REVIEW); !may || n == 0 {
		return w.letJudge(ctx, !may)
	}
	return nil
}

// letJudge gives the supervisor the right to judge, or takes it: as a surveyor they have a few
// RT, or a village.
func (w *World) letJudge(ctx context.Context, may bool) error {
	role, assigned := ksv1.Role_ROLE_SUPERVISOR, []string(nil)
	if !may {
		w.Report.Unseated++
		other := w.rng
		w.rng = w.judges.rng
		role, assigned = ksv1.Role_ROLE_SURVEYOR, w.randomAssignment()
		w.rng = other
	}
	return w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccount(ctx, w.boss.owner.account)
		if err != nil {
			return err
		}
		a.Roles, a.Assigned = []int32{int32(role)}, assigned
		a.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
}

// judgeAfterRestore: who lost the right since the backup is soon a surveyor again, before the
// supervisor's device meets the server.
func (w *World) judgeAfterRestore(ctx context.Context) error {
	if w.judges.rng.IntN(2) == 0 {
		return nil
	}
	return w.letJudge(ctx, false)
}

// noteAcked keeps which verdicts the supervisor's device knows to be applied.
func (w *World) noteAcked(ctx context.Context) error {
	entries, err := w.boss.store.Decisions(ctx, 1_000_000)
	for _, e := range entries {
		if e.Status == device.DecisionApplied {
			w.judges.acked[idOf(e.Decision.GetVerdictId())] = true
		}
	}
	return err
}

// rememberVerdicts keeps which verdicts the server has applied. What it applies its sender
// has the right to, or had when it was applied before; and what it has acknowledged it does not
// refuse for a right that has ended since.
func (w *World) rememberVerdicts(ctx context.Context, caller *access.Caller, page *ksv1.UploadPage, ack *ksv1.SyncUploadAck) error {
	for i, d := range page.GetDecisions() {
		id, receipt := idOf(d.GetVerdictId()), ack.GetReceipts()[len(page.GetChanges())+len(page.GetSubmissions())+i]
		f, err := w.familyOf(ctx, d)
		if err != nil {
			return err
		}
		may := f != nil && caller.Has(ksv1.Right_RIGHT_REVIEW) && caller.Collects(f.Village, f.Place)
		switch receipt.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED:
			switch {
			case !may && !w.judges.applied[id]:
				w.Report.violate("scope: verdict %s of account %d was applied without the right to it", id, caller.Account.Number)
			case !may:
				w.Report.Proven++
			}
			w.judges.applied[id] = true
		case ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID:
			reason := receipt.GetReason()
			rights := reason == ingest.ReasonNoRight || reason == ingest.ReasonForeignAuthor || reason == ingest.ReasonUnknownFamily && f != nil
			if w.judges.acked[id] && rights {
				w.Report.violate("acked: verdict %s was applied, and is refused as %s since the server was restored", id, reason)
			}
		}
	}
	return nil
}

// familyOf is the family that a verdict is of; nil: the server does not have it.
func (w *World) familyOf(ctx context.Context, d *ksv1.ReviewDecision) (f *store.Family, err error) {
	err = w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		found, err := snap.FindFamily(ctx, []uint32{d.GetVillage()}, idOf(d.GetFamilyId()))
		if errors.Is(err, store.ErrNotFound) {
			f = nil
			return nil
		}
		f = &found
		return err
	})
	return f, err
}
