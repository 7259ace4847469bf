package promises

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// drainSyncs is how many undisturbed sessions a device may need until nothing is
// pending and all is here: one that learns of a reset, two that learn of forks (a copy
// of a database on a server that was put back; the SDK goes on within the same sync),
// one that sends, one more for what others sent meanwhile.
const drainSyncs = 5

// heal sets all clocks right and lets every device sync undisturbed.
func (w *World) heal(ctx context.Context) error {
	w.serverClock.ahead = 0
	for _, r := range w.everybody() {
		r.offset, r.stuck, r.until = 0, false, time.Time{}
	}
	for range drainSyncs {
		w.waitForOffers()
		for _, r := range w.everybody() {
			if err := w.sync(ctx, r, false); err != nil {
				return err
			}
		}
	}
	for _, r := range w.everybody() {
		c, err := r.store.Counts(ctx)
		if err != nil {
			return err
		}
		if c.Pending > 0 {
			w.Report.violate("liveness: device %d still has %d unsent changes after %d syncs", r.owner.device, c.Pending, drainSyncs)
		}
	}
	return nil
}

// judge reads the server's store.
func (w *World) judge() *judge.Judge {
	return &judge.Judge{Store: w.store, Vault: w.backend.Vault, Ring: w.ring, Violate: w.Report.violate}
}

// check holds the promises against what server and devices now hold.
func (w *World) check(ctx context.Context) error {
	t, err := w.judge().Read(ctx)
	if err != nil {
		return err
	}
	w.Report.Conflicts += t.Conflicts
	if err := w.settleMembers(t); err != nil {
		return err
	}
	if err := w.checkMembersErased(ctx, t); err != nil {
		return err
	}
	w.checkNothingLost(ctx, t)
	if err := w.checkMakers(ctx, t); err != nil {
		return err
	}
	w.checkSources(t)
	if err := w.checkDecided(ctx, t); err != nil {
		return err
	}
	if err := w.checkSplits(t); err != nil {
		return err
	}
	if err := w.judge().Sums(ctx, t); err != nil {
		return err
	}
	for _, r := range w.everybody() {
		if err := w.checkReplica(ctx, r, t); err != nil {
			return err
		}
	}
	if err := w.checkReview(ctx, t); err != nil {
		return err
	}
	if err := w.checkSubmissions(ctx, t); err != nil {
		return err
	}
	return w.checkTrail(ctx)
}

// checkTrail: the audit trail verifies, and no device
// has raised an alarm about the trail of a server that nobody altered.
func (w *World) checkTrail(ctx context.Context) error {
	if err := w.backend.Audit.Checkpoint(ctx); err != nil {
		return err
	}
	keys, err := audit.KeysOf(w.ring)
	if err != nil {
		return err
	}
	found, err := audit.Verify(ctx, w.store, keys, "")
	if err != nil {
		return err
	}
	for _, problem := range found.Problems {
		w.Report.violate("audit: %s", problem)
	}
	if found.Unsigned > 0 {
		w.Report.violate("audit: %d entries are unsigned", found.Unsigned)
	}
	return w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		alarms, err := snap.SearchAudit(ctx, store.AuditQuery{Kind: int32(ksv1.AuditKind_AUDIT_KIND_ALARM), Limit: 10})
		if len(alarms) > 0 {
			w.Report.violate("audit: %d alarms about a trail that nobody altered", len(alarms))
		}
		return err
	})
}

// checkNothingLost: what was acked is in the history with the same content;
// what was saved is there, or in quarantine, or waits visibly on its device. A
// change that a fork gave a new id is known by what it says: also one that the
// server had, lost when it was restored, and met under an id taken since.
func (w *World) checkNothingLost(ctx context.Context, t *judge.Truth) {
	places, err := w.whereabouts(ctx)
	if err != nil {
		w.Report.violate("reading devices and quarantine: %v", err)
		return
	}
	said := map[[32]byte]bool{}
	for _, c := range t.Changes {
		said[judge.Saying(c)] = true
	}
	for id, waiting := range places.waiting {
		if t.Changes[id] != nil && waiting {
			w.Report.violate("quarantine: change %s waits for a decision and is merged already", id)
		}
	}
	w.checkErased(t, places)
	for id, c := range w.acked {
		stored := t.Changes[id]
		switch {
		case w.wasTouched(id, c.family), w.wasSaidErased(c.said):
		case stored != nil && merge.ContentHash(stored) == c.content:
			w.Report.Verified++
		case stored != nil && w.wasLeft(judge.Saying(stored)): // erased under another name
		case stored != nil && !w.serverLost[id]:
			w.Report.violate("invention: change %s has another content", id)
		case w.serverLost[id] && w.deviceLost[c.said]:
			w.Report.LostTwice++
		case !places.ids[id] && !said[c.said] && !places.said[c.said] && !w.wasSaidErased(c.said):
			w.Report.violate("acked: change %s of family %s is gone", id, c.family)
		}
	}
	for what, c := range w.ackedRenamed {
		lostTwice := w.Report.Restores > 0 && w.deviceLost[what]
		if !said[what] && !places.said[what] && !lostTwice && !w.wasErased(c.family) && !w.wasSaidErased(what) {
			w.Report.violate("acked: a change of family %s, which was renamed, is gone", c.family)
		}
	}
	elsewhere := w.erasedElsewhere()
	for id, c := range w.saved {
		if t.Changes[id] != nil || w.wasTouched(id, c.family) || w.wasSaidErased(c.said) || elsewhere[c.family] && len(t.States[c.family].Records) == 0 {
			continue
		}
		if places.quarantined[id] {
			w.Report.Quarantine++
		}
		if !places.ids[id] && !said[c.said] && !places.said[c.said] && !places.erased[c.said] && !places.erasedIDs[id] {
			w.Report.violate("nothing lost: saved change %s of family %s is nowhere", id, c.family)
		}
	}
}

// whereabouts is what devices show in their outboxes and the server keeps in
// quarantine.
type whereabouts struct {
	ids, quarantined, waiting map[merge.ID]bool
	said                      map[[32]byte]bool
	// families are those of what is in quarantine, by the change.
	families map[merge.ID]merge.ID
	// erased is what devices show as erased, of families that were: under the ids that a
	// device gave its unsent work when it met a server that was restored.
	erased map[[32]byte]bool
	// erasedIDs are the changes of these under their names, of which nothing may be left.
	erasedIDs map[merge.ID]bool
}

func (w *World) whereabouts(ctx context.Context) (*whereabouts, error) {
	p := &whereabouts{
		ids: map[merge.ID]bool{}, quarantined: map[merge.ID]bool{}, waiting: map[merge.ID]bool{}, said: map[[32]byte]bool{},
		families: map[merge.ID]merge.ID{}, erased: map[[32]byte]bool{}, erasedIDs: map[merge.ID]bool{},
	}
	come := w.comeOfErased()
	for _, r := range w.everybody() {
		entries, err := r.store.Outbox(ctx, 1_000_000)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			switch {
			case e.Status != device.StatusErased:
				p.ids[e.ChangeID], p.said[judge.Saying(e.Change)] = true, true
			case w.wasErased(e.FamilyID) || come[e.FamilyID]:
				p.erased[judge.Saying(e.Change)], p.erasedIDs[e.ChangeID] = true, true
			}
		}
	}
	// As the operator, who sees what waits in restricted families too.
	err := w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.ListQuarantine(ctx, []uint32{1, 2}, 0, merge.ID{}, 1_000_000)
		if err != nil {
			return err
		}
		// What was kept out is listed no more, and kept.
		for id := range w.decisions.keptOut {
			q, err := snap.FindQuarantine(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				continue // what that means is for the checks to say
			}
			if err != nil {
				return err
			}
			rows = append(rows, q)
		}
		for i := range rows {
			c, err := w.openQuarantine(&rows[i])
			if err != nil {
				return err
			}
			p.families[rows[i].Change] = merge.ID(c.GetFamilyId())
			p.waiting[rows[i].Change] = rows[i].State == store.QuarantineWaiting
			p.ids[rows[i].Change], p.quarantined[rows[i].Change], p.said[judge.Saying(c)] = true, true, true
		}
		return nil
	})
	return p, err
}

func (w *World) openQuarantine(q *store.Quarantine) (*ksv1.Change, error) {
	plain, err := w.backend.Vault.OpenQuarantine(q)
	if err != nil {
		return nil, err
	}
	c := &ksv1.Change{}
	return c, proto.Unmarshal(plain, c)
}

// checkReplica: the device holds exactly its scope, byte for byte.
func (w *World) checkReplica(ctx context.Context, r *replica, t *judge.Truth) error {
	caller, err := w.caller(ctx, r.owner)
	if err != nil {
		return err
	}
	confirmed, err := r.store.Confirmed(ctx)
	if err != nil {
		return err
	}
	for id, f := range t.Families {
		covered := caller.Covers(f.Village, f.Place) && !f.Restricted
		held, ok := confirmed[id]
		state := t.States[id]
		switch {
		case covered && !ok:
			w.Report.violate("gap: device %d lacks family %s", r.owner.device, id)
		case !covered && ok:
			w.Report.violate("scope: device %d holds family %s of village %d RT %s", r.owner.device, id, f.Village, f.Place)
		case covered && !bytes.Equal(held, state.Encode(nil)):
			w.Report.violate("convergence: device %d holds another state of family %s", r.owner.device, id)
		case covered:
			if err := w.checkShownReview(ctx, r, f); err != nil {
				return err
			}
		}
		delete(confirmed, id)
	}
	if err := w.readAll(ctx, r); err != nil {
		w.Report.violate("device %d lists what it can't read: %v", r.owner.device, err)
	}
	for id := range confirmed {
		w.Report.violate("invention: device %d holds family %s, which the server has not", r.owner.device, id)
	}
	return nil
}

// String is the seed's line.
func (r *Report) String() string {
	disks := ""
	if r.DiskFaults > 0 {
		disks = fmt.Sprintf(" %d faults of disks, %d power cuts,", r.DiskFaults, r.PowerCuts)
	}
	if r.Restrictions+r.Erasures > 0 {
		disks += fmt.Sprintf(" %d restrictions, %d erasures,", r.Restrictions, r.Erasures)
	}
	return fmt.Sprintf("seed %d: %d saves, %d families split, %d hand-overs, %d sessions (%d with a fault: %d cuts, %d crashes), %d clocks, the server's clock ahead %d times, %d reassignments, %d villages moved, %d forks, %d restores, %d databases put back,%s %d replays; %d acked changes verified, %d lost by server and device at once, %d quarantined, %d decided on (%d with an id that another has), %d conflicts, %d corrections seen to stand; %d submissions, %d verdicts on a device, %d verdicts applied, the right to judge ended %d times (%d verdicts taken again without it); %d violations",
		r.Seed, r.Saves, r.Splits, r.Handovers, r.Sessions, r.Faulty, r.Cuts, r.Crashes, r.Clocks, r.ServerClocks, r.Reassigned, r.Moved, r.Forks, r.Restores, r.PutBack, disks, r.Replays,
		r.Verified, r.LostTwice, r.Quarantine, r.Decided, r.Taken, r.Conflicts, r.Corrections, r.Submissions, r.Verdicts, r.Applied, r.Unseated, r.Proven, len(r.Violations))
}
