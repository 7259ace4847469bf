package promises

import (
	"context"
	"errors"
	"math/rand/v2"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// decisions are a supervisor's on what waits in quarantine.
type decisions struct {
	rng *rand.Rand
	// admitted, by the change, since the server was last restored.
	admitted map[merge.ID]bool
	// letIn is what was ever admitted, by what it says.
	letIn map[[32]byte]bool
	// keptOut, by the change, by whatever server: of what was restored since it may know.
	keptOut map[merge.ID]bool
}

// decidedNote is what the supervisor writes to the author.
const decidedNote = "Diperiksa"

// newDecisions draws apart, so that what else happens does not depend on it.
func newDecisions(seed uint64) *decisions {
	return &decisions{rng: rand.New(rand.NewPCG(seed, 0x7175)), admitted: map[merge.ID]bool{}, letIn: map[[32]byte]bool{}, keptOut: map[merge.ID]bool{}}
}

// forget: a server that was restored knows no decision since its backup. What was kept out
// before it still is, and is found by asking.
func (d *decisions) forget() { clear(d.admitted) }

// decideStep lets, now and then, the supervisor decide on some of what waits, and
// now and then on the same once more.
func (w *World) decideStep(ctx context.Context) error {
	if w.decisions.rng.IntN(100) >= 6 {
		return nil
	}
	caller, err := w.caller(ctx, w.boss.owner)
	if err != nil || !caller.Has(ksv1.Right_RIGHT_REVIEW) {
		return err
	}
	var waiting []store.Quarantine
	err = w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		waiting, err = snap.ListQuarantine(ctx, caller.Villages(), 0, merge.ID{}, 1000)
		return err
	})
	if err != nil {
		return err
	}
	for i := range waiting {
		if w.decisions.rng.IntN(2) == 0 {
			continue
		}
		d := ingest.Decision{Admit: w.decisions.rng.IntN(3) > 0, Note: decidedNote, Supervisor: caller.Account.Number, Villages: caller.Villages()}
		if err := w.decide(ctx, &waiting[i], d); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) decide(ctx context.Context, q *store.Quarantine, d ingest.Decision) error {
	plain, err := w.backend.Vault.OpenQuarantine(q)
	if err != nil {
		return err
	}
	c := &ksv1.Change{}
	if err := proto.Unmarshal(plain, c); err != nil {
		return err
	}
	revision, err := w.backend.Core.Decide(ctx, q.Change, d)
	taken := errors.Is(err, ingest.ErrIDTaken)
	if taken || errors.Is(err, ingest.ErrOwnWork) || errors.Is(err, ingest.ErrOtherPart) {
		if taken {
			w.Report.Taken++
		}
		d.Admit = false // as the page says
		revision, err = w.backend.Core.Decide(ctx, q.Change, d)
	}
	if errors.Is(err, store.ErrNotFound) {
		return w.checkWithheld(ctx, q)
	}
	if errors.Is(err, ingest.ErrNotYetAdmissible) && merge.IsAhead(c, uint64(w.serverNow().UnixMilli())) {
		return nil // taken in while the server's clock was ahead, it waits until that time has come
	}
	if err != nil {
		return err
	}
	w.Report.Decided++
	if d.Admit {
		w.decisions.admitted[q.Change], w.decisions.letIn[judge.Saying(c)] = true, true
		w.acked[q.Change] = savedAs(c)
	} else {
		w.decisions.keptOut[q.Change] = true
	}
	if w.decisions.rng.IntN(4) > 0 {
		return nil
	}
	again, err := w.backend.Core.Decide(ctx, q.Change, d)
	if errors.Is(err, store.ErrNotFound) {
		return w.checkWithheld(ctx, q)
	}
	if err != nil || again != revision {
		w.Report.violate("quarantine: change %s decided alike again has revision %d after %d: %v", q.Change, again, revision, err)
	}
	d.Admit = !d.Admit
	if _, err := w.backend.Core.Decide(ctx, q.Change, d); !errors.Is(err, ingest.ErrDecidedOtherwise) {
		w.Report.violate("quarantine: change %s is decided both ways: %v", q.Change, err)
	}
	return nil
}

// checkWithheld: what was listed and is not found any more is of a family that got restricted
// along with another by what was admitted since.
func (w *World) checkWithheld(ctx context.Context, q *store.Quarantine) error {
	return w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		f, err := snap.FindFamily(ctx, []uint32{q.Village}, q.Family)
		if err == nil && !f.Restricted {
			w.Report.violate("quarantine: change %s was listed and is not found", q.Change)
		}
		return err
	})
}

// checkDecided: what was admitted is merged, what was kept out is not, and the device that
// sent it shows so, whichever way it learned of it.
func (w *World) checkDecided(ctx context.Context, t *judge.Truth) error {
	for id := range w.decisions.admitted {
		if c := w.acked[id]; t.Changes[id] == nil && !w.wasTouched(id, c.family) {
			w.Report.violate("quarantine: change %s was admitted and is not merged", id)
		}
	}
	for _, r := range w.everybody() {
		entries, err := r.store.Outbox(ctx, 1_000_000)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := w.checkShownDecision(ctx, r, &e, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkShownDecision: a device shows its change as the server has it, and the supervisor's
// note with what was kept out.
func (w *World) checkShownDecision(ctx context.Context, r *replica, e *device.OutboxEntry, t *judge.Truth) error {
	if e.Status != device.StatusQuarantined && e.Status != device.StatusKeptOut {
		return nil
	}
	if e.Status == device.StatusKeptOut && (e.Decision.GetNote() != decidedNote || e.Decision.GetAdmitted()) {
		w.Report.violate("quarantine: device %d shows change %s as kept out by %v", r.owner.device, e.ChangeID, e.Decision)
	}
	if stored := t.Changes[e.ChangeID]; stored != nil && merge.ContentHash(stored) == merge.ContentHash(e.Change) {
		w.Report.violate("quarantine: device %d shows change %s as %s, which is merged", r.owner.device, e.ChangeID, shownAs[e.Status])
		return nil
	}
	var held store.Quarantine
	err := w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) (err error) {
		held, err = snap.FindQuarantine(ctx, e.ChangeID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		// Of an erased family, or on a device that was kept from sending it again: then it waits.
		if e.Status == device.StatusKeptOut && !w.wasTouched(e.ChangeID, e.FamilyID) {
			w.Report.violate("quarantine: device %d shows change %s as kept out, of which the server knows nothing", r.owner.device, e.ChangeID)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if keptOut := held.State == store.QuarantineKeptOut; keptOut != (e.Status == device.StatusKeptOut) {
		w.Report.violate("quarantine: device %d shows change %s as %s, which the server has as %d", r.owner.device, e.ChangeID, shownAs[e.Status], held.State)
	}
	return nil
}

// shownAs names the states that are checked.
var shownAs = map[device.Status]string{device.StatusQuarantined: "waiting", device.StatusKeptOut: "kept out"}
