package promises

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// drainSyncs is how many undisturbed syncs a device may need until nothing is
// pending: one that learns of a fork or a reset, one that sends, one more for
// what others sent meanwhile.
const drainSyncs = 4

// heal sets all clocks right and lets every device sync undisturbed.
func (w *World) heal(ctx context.Context) error {
	for _, r := range w.replicas {
		r.offset, r.stuck = 0, false
	}
	for range drainSyncs {
		for _, r := range w.replicas {
			if err := w.sync(ctx, r, false); err != nil {
				return err
			}
		}
	}
	for _, r := range w.replicas {
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

// truth is what the server holds, taken apart for checking.
type truth struct {
	families map[merge.ID]store.Family
	states   map[merge.ID]merge.State
	history  map[merge.ID]merge.ID // change to family
	content  map[merge.ID][32]byte
	said     map[[32]byte]bool
}

// check holds the promises against what server and devices now hold.
func (w *World) check(ctx context.Context) error {
	t, err := w.readTruth(ctx)
	if err != nil {
		return err
	}
	w.checkNothingLost(ctx, t)
	if err := w.checkTallies(ctx, t); err != nil {
		return err
	}
	for _, r := range w.replicas {
		if err := w.checkReplica(ctx, r, t); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) readTruth(ctx context.Context) (*truth, error) {
	t := &truth{
		families: map[merge.ID]store.Family{}, states: map[merge.ID]merge.State{},
		history: map[merge.ID]merge.ID{}, content: map[merge.ID][32]byte{}, said: map[[32]byte]bool{},
	}
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		for _, v := range villages {
			rows, err := snap.FamiliesByID(ctx, v.Number, nil, merge.ID{}, 1_000_000)
			if err != nil {
				return err
			}
			for _, f := range rows {
				if err := w.readFamily(ctx, snap, t, f); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return t, err
}

// readFamily checks that the stored state is what its history joins to.
func (w *World) readFamily(ctx context.Context, snap store.Snapshot, t *truth, f store.Family) error {
	_, canonical, state, err := w.backend.Vault.OpenFamily(&f)
	if err != nil {
		return err
	}
	entries, err := snap.History(ctx, f.Village, f.ID, 0, 1_000_000)
	if err != nil {
		return err
	}
	joined := merge.State{Family: f.ID}
	var changes []*ksv1.Change
	for i := range entries {
		plain, err := w.backend.Vault.OpenHistory(f.Village, f.Salt, &entries[i])
		if err != nil {
			return err
		}
		c := &ksv1.Change{}
		if err := proto.Unmarshal(plain, c); err != nil {
			return err
		}
		delta, err := merge.FromChange(c)
		if err != nil {
			return err
		}
		joined = merge.Join(delta, joined)
		changes = append(changes, c)
		if _, twice := t.history[entries[i].Change]; twice {
			w.Report.violate("once: change %s is in the history twice", entries[i].Change)
		}
		t.history[entries[i].Change], t.content[entries[i].Change] = f.ID, merge.ContentHash(c)
		t.said[saying(c)] = true
	}
	joined.Family = f.ID
	if !bytes.Equal(joined.Encode(nil), canonical) {
		w.Report.violate("convergence: family %s is not what its history joins to", f.ID)
	}
	if err := checkModel(&state, changes); err != nil {
		w.Report.violate("merge: family %s: %v", f.ID, err)
	}
	w.Report.Conflicts += len(merge.Conflicts(&state))
	t.families[f.ID], t.states[f.ID] = f, state
	return nil
}

// checkNothingLost: what was acked is in the history with the same content;
// what was saved is there, or in quarantine, or waits visibly on its device. A
// change that a fork gave a new id is known by what it says.
func (w *World) checkNothingLost(ctx context.Context, t *truth) {
	places, err := w.whereabouts(ctx)
	if err != nil {
		w.Report.violate("reading devices and quarantine: %v", err)
		return
	}
	for id, waiting := range places.waiting {
		if _, ok := t.content[id]; ok && waiting {
			w.Report.violate("quarantine: change %s waits for a decision and is merged already", id)
		}
	}
	for id, c := range w.acked {
		content, ok := t.content[id]
		switch {
		case ok && content == c.content:
			w.Report.Verified++
		case ok:
			w.Report.violate("invention: change %s has another content", id)
		case w.serverLost[id] && w.deviceLost[c.said]:
			w.Report.LostTwice++
		case !places.ids[id] && !t.said[c.said] && !places.said[c.said]:
			w.Report.violate("acked: change %s of family %s is gone", id, c.family)
		}
	}
	for id, c := range w.saved {
		if _, ok := t.content[id]; ok {
			continue
		}
		if places.quarantined[id] {
			w.Report.Quarantine++
		}
		if !places.ids[id] && !t.said[c.said] && !places.said[c.said] {
			w.Report.violate("nothing lost: saved change %s of family %s is nowhere", id, c.family)
		}
	}
}

// whereabouts is what devices show in their outboxes and the server keeps in
// quarantine.
type whereabouts struct {
	ids, quarantined, waiting map[merge.ID]bool
	said                      map[[32]byte]bool
}

func (w *World) whereabouts(ctx context.Context) (*whereabouts, error) {
	p := &whereabouts{ids: map[merge.ID]bool{}, quarantined: map[merge.ID]bool{}, waiting: map[merge.ID]bool{}, said: map[[32]byte]bool{}}
	for _, r := range w.replicas {
		entries, err := r.store.Outbox(ctx, 1_000_000)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Status != device.StatusErased {
				p.ids[e.ChangeID], p.said[saying(e.Change)] = true, true
			}
		}
	}
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.ListQuarantine(ctx, []uint32{1, 2}, 0, merge.ID{}, 1_000_000)
		if err != nil {
			return err
		}
		for i := range rows {
			plain, err := w.backend.Vault.OpenQuarantine(&rows[i])
			if err != nil {
				return err
			}
			c := &ksv1.Change{}
			if err := proto.Unmarshal(plain, c); err != nil {
				return err
			}
			p.waiting[rows[i].Change] = rows[i].State == store.QuarantineWaiting
			p.ids[rows[i].Change], p.quarantined[rows[i].Change], p.said[saying(c)] = true, true, true
		}
		return nil
	})
	return p, err
}

// saying is a hash of what a change says whatever its ids are: its author and
// the fields written, by kind.
func saying(c *ksv1.Change) [32]byte {
	b := binary.BigEndian.AppendUint32(nil, c.GetAuthor())
	for _, write := range c.GetWrites() {
		fields := write.GetFields()
		b = append(b, byte(write.GetKind()))
		b = binary.BigEndian.AppendUint32(b, uint32(len(fields)))
		b = append(b, fields...)
	}
	return sha256.Sum256(b)
}

// checkTallies: index equals recompute, for RT and villages, and digests are
// the sums of their families'.
func (w *World) checkTallies(ctx context.Context, t *truth) error {
	return w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		for _, v := range villages {
			if err := w.checkVillage(ctx, snap, t, v); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *World) checkVillage(ctx context.Context, snap store.Snapshot, t *truth, v store.Village) error {
	raw, err := w.ring.DigestKey(v.Number)
	if err != nil {
		return err
	}
	var whole iks.Tally
	tallies, sums, counts := map[area.Place]*iks.Tally{}, map[area.Place]merge.Digest{}, map[area.Place]int64{}
	for id, f := range t.families {
		if f.Village != v.Number {
			continue
		}
		state := t.states[id]
		household, err := merge.View(&state)
		if err != nil {
			return err
		}
		packed := iks.Assess(household, iks.AnyYear).Packed()
		whole.Add(packed)
		if tallies[f.Place] == nil {
			tallies[f.Place] = &iks.Tally{}
		}
		tallies[f.Place].Add(packed)
		sums[f.Place] = sums[f.Place].Add(merge.FamilyDigest(raw, state.Encode(nil)))
		counts[f.Place]++
	}
	if whole != v.Provisional {
		w.Report.violate("index: tally of village %s differs from recompute", v.Code)
	}
	rows, err := snap.PlacesOf(ctx, v.Number)
	if err != nil {
		return err
	}
	for _, p := range rows {
		want := tallies[p.Place]
		if want == nil {
			want = &iks.Tally{}
		}
		if p.Provisional != *want || p.Families != counts[p.Place] || p.Digest != sums[p.Place] {
			w.Report.violate("index: RT %s of village %s differs from recompute", p.Place, v.Code)
		}
	}
	return nil
}

// checkReplica: the device holds exactly its scope, byte for byte.
func (w *World) checkReplica(ctx context.Context, r *replica, t *truth) error {
	caller, err := w.caller(ctx, r.owner)
	if err != nil {
		return err
	}
	confirmed, err := r.store.Confirmed(ctx)
	if err != nil {
		return err
	}
	for id, f := range t.families {
		covered := caller.Covers(f.Village, f.Place)
		held, ok := confirmed[id]
		state := t.states[id]
		switch {
		case covered && !ok:
			w.Report.violate("gap: device %d lacks family %s", r.owner.device, id)
		case !covered && ok:
			w.Report.violate("scope: device %d holds family %s of village %d RT %s", r.owner.device, id, f.Village, f.Place)
		case covered && !bytes.Equal(held, state.Encode(nil)):
			w.Report.violate("convergence: device %d holds another state of family %s", r.owner.device, id)
		}
		delete(confirmed, id)
	}
	for id := range confirmed {
		w.Report.violate("invention: device %d holds family %s, which the server has not", r.owner.device, id)
	}
	return nil
}

// String is the seed's line.
func (r *Report) String() string {
	return fmt.Sprintf("seed %d: %d saves, %d sessions (%d with a fault: %d cuts, %d crashes), %d clocks, %d reassignments, %d forks, %d restores, %d databases put back, %d replays; %d acked changes verified, %d lost by server and device at once, %d quarantined, %d conflicts; %d violations",
		r.Seed, r.Saves, r.Sessions, r.Faulty, r.Cuts, r.Crashes, r.Clocks, r.Reassigned, r.Forks, r.Restores, r.PutBack, r.Replays,
		r.Verified, r.LostTwice, r.Quarantine, r.Conflicts, len(r.Violations))
}
