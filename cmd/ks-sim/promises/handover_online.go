package promises

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/deliver"
	"github.com/keluarga-sehat/sync/server/handover"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// goOnline does what the SDK does before a session: who took a device over signs in on
// line, the server is told of hand-overs, and the former user's work is delivered. A
// reply may get lost anywhere where faults are asked for; through is false then.
func (w *World) goOnline(ctx context.Context, r *replica, faults bool) (through bool, err error) {
	if r.took != nil {
		if through, err := w.signInFirst(ctx, r, faults); err != nil || !through {
			return false, err
		}
	}
	if err := w.recordGrants(ctx, r); err != nil {
		return false, err
	}
	return w.deliverCarried(ctx, r, faults)
}

// lost tells whether a reply gets lost.
func (w *World) lost(faults bool) bool {
	if !faults || w.handovers.rng.IntN(5) > 0 {
		return false
	}
	w.Report.Cuts++
	return true
}

// secretDeviceKey keeps the key of a device that was taken over, as the SDK does.
const secretDeviceKey = "device-key"

// signInFirst registers a device that was taken over as the colleague's own; also with a
// server that was restored to before.
func (w *World) signInFirst(ctx context.Context, r *replica, faults bool) (through bool, err error) {
	seed, err := r.store.Secret(ctx, secretDeviceKey)
	if err != nil {
		return false, err
	}
	if len(seed) == 0 {
		seed = make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(w.handovers.bytes, seed); err != nil {
			return false, err
		}
		if err := r.store.PutSecret(ctx, secretDeviceKey, seed); err != nil {
			return false, err
		}
	}
	key := ed25519.NewKeyFromSeed(seed)
	before := r.store.Device()
	registered := *r.owner
	err = w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		public, _ := key.Public().(ed25519.PublicKey)
		d, err := tx.Snapshot().FindDeviceByKey(ctx, public)
		if errors.Is(err, store.ErrNotFound) {
			return w.register(ctx, tx, &registered, key)
		}
		registered.device = d.Number
		return err
	})
	if err != nil || registered.device != before && w.lost(faults) {
		return false, err
	}
	if err := r.store.Adopt(ctx, registered.device, seed); err != nil {
		return false, err
	}
	r.owner.device = registered.device
	return true, nil
}

// recordGrants tells the server of the hand-overs that a device knows: the colleague's
// each time, for the server may have been restored, the supervisor's once.
func (w *World) recordGrants(ctx context.Context, r *replica) error {
	for _, g := range w.handovers.grants {
		if r.took != g && (r != w.boss || g.told) {
			continue
		}
		caller, err := w.caller(ctx, r.owner)
		if err != nil {
			return err
		}
		recorder := &handover.Service{Store: w.store, Auth: w.auth, Now: w.backend.Now}
		// Refused where the signer has lost the right, or the server was restored to before it
		// knew the supervisor's key.
		_, err = recorder.Record(ctx, caller, g.plain, g.signature)
		if g.refused = errors.Is(err, handover.ErrRefused); err != nil && !g.refused {
			return fmt.Errorf("record hand-over: %w", err)
		}
		g.told = g.told || r == w.boss
	}
	return nil
}

// deliverCarried brings what the former user had not sent.
func (w *World) deliverCarried(ctx context.Context, r *replica, faults bool) (through bool, err error) {
	if r.took == nil {
		return true, nil
	}
	caller, err := w.caller(ctx, r.owner)
	if err != nil {
		return false, err
	}
	taker := &deliver.Service{Store: w.store, Vault: w.backend.Vault, Auth: w.auth, Backend: w.backend, Now: w.backend.Now}
	for part, err := r.store.NextCarried(ctx, nil); part != nil || err != nil; part, err = r.store.NextCarried(ctx, part) {
		if err != nil {
			return false, err
		}
		lost, err := w.lostDevice(ctx, r.took)
		if err != nil {
			return false, err
		}
		opened, err := taker.OpenHandedOver(ctx, caller, part.Part, deliver.HandedOver{Hashes: r.took.parts, Grant: r.took.plain, Signature: r.took.signature})
		if errors.Is(err, deliver.ErrUnknownDevice) {
			if err := r.store.StoreUnknown(ctx, part, "NOT_FOUND"); err != nil {
				return false, err
			}
			continue
		}
		if err != nil {
			return false, err
		}
		receipts, err := taker.Take(ctx, opened)
		if err != nil {
			return false, err
		}
		r.took.unproved = r.took.unproved || lost || r.took.refused
		if w.lost(faults) {
			return false, nil
		}
		w.rememberCarried(r.took, receipts, lost || r.took.refused)
		if err := r.store.StoreDelivered(ctx, part, receipts, ""); err != nil {
			return false, err
		}
	}
	return true, nil
}

// rememberCarried keeps what the server has answered, and of what it has acknowledged
// what it says; a copy of the former user's database may have given its ids to other work
// since.
func (w *World) rememberCarried(g *grant, receipts []*ksv1.Receipt, unproved bool) {
	for _, receipt := range receipts {
		id := merge.ID(receipt.GetId())
		g.answers[id] = answer{receipt.GetStatus(), unproved}
		switch receipt.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
			at := slices.IndexFunc(g.carried, func(e device.OutboxEntry) bool { return e.ChangeID == id })
			if at < 0 {
				continue
			}
			c := savedAs(g.carried[at].Change)
			if before, taken := w.acked[id]; taken && before.content != c.content {
				// What was another's by its name a supervisor has admitted under a name of its own.
				w.ackedRenamed[c.said] = c
				continue
			}
			w.acked[id] = c
		}
	}
}

// formerUser is in whose areas too a change may be that was made under a hand-over; of
// any other change it is its sender.
func (w *World) formerUser(ctx context.Context, c *ksv1.Change, sender *access.Caller) (*access.Caller, error) {
	g := w.handovers.grantOf(c)
	if g == nil {
		return sender, nil
	}
	return w.caller(ctx, &surveyor{account: g.GetOutgoing()})
}

// offerWait is longer than a device waits before it offers again what a server did not
// know whose it is.
const offerWait = 21 * time.Hour

// waitForOffers lets that much time go by, where devices have changed hands.
func (w *World) waitForOffers() {
	if w.Report.Handovers > 0 {
		w.now = w.now.Add(offerWait)
	}
}

// checkCarried: the former users' unsent work has arrived, or waits for a decision.
func (w *World) checkCarried(ctx context.Context, arrived func(device.OutboxEntry) bool) error {
	batches, err := w.batches(ctx)
	if err != nil {
		return err
	}
	for _, g := range w.handovers.grants {
		for _, e := range g.carried {
			if !arrived(e) {
				w.Report.violate("hand-over: change %s, which the former user of device %d had not sent, is nowhere", e.ChangeID, g.GetDevice())
			}
		}
	}
	for _, r := range w.replicas {
		if r.took == nil {
			continue
		}
		if key, err := r.store.Secret(ctx, secretDeviceKey); err != nil || len(key) == 0 {
			w.Report.violate("liveness: the colleague on device %d never signed in on line", r.store.Device())
		}
		lost, err := w.lostDevice(ctx, r.took)
		if err != nil {
			return err
		}
		w.checkAnswers(r, batches, lost)
		files, err := r.store.CarriedFiles(ctx, 1000)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.Delivered != f.Here || f.Reason != "" && !r.took.withoutRight(f.Reason) {
				w.Report.violate("hand-over: device %d has not brought all of the former user's work: %+v", r.store.Device(), f)
			}
		}
	}
	return nil
}

// checkAnswers: of all that a colleague had to bring the server took each piece, or keeps
// it for a decision, or has told why a verdict came to nothing; and what was submitted is
// there. While the server has lost the device's registration, or refuses the grant for its
// signer's right, it takes only changes; that stands where another life of the device
// registers again later, and sends the rest itself.
func (w *World) checkAnswers(r *replica, batches map[submitted]bool, lost bool) {
	g := r.took
	for id, kind := range g.kinds {
		answered := g.answers[id]
		if (lost || answered.unproved) && kind != ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE {
			continue
		}
		switch status := answered.status; status {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
			continue
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED:
			if kind == ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE {
				continue
			}
			w.Report.violate("hand-over: %s %s that device %d brought: %s", kind, id, r.store.Device(), status)
		case ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED:
			if kind == ksv1.BackupItemKind_BACKUP_ITEM_KIND_DECISION {
				continue
			}
			w.Report.violate("hand-over: %s %s that device %d brought: %s", kind, id, r.store.Device(), status)
		default:
			w.Report.violate("hand-over: %s %s that device %d brought: %s", kind, id, r.store.Device(), status)
		}
	}
	for _, b := range g.submitted {
		unproved := lost || g.answers[idOf(b.GetBatchId())].unproved
		if !unproved && !batches[submitted{b.GetAuthor(), b.GetVillage(), b.GetSubmittedAtMs()}] {
			w.Report.violate("hand-over: what account %d submitted on device %d as %s is nowhere", b.GetAuthor(), g.GetDevice(), b.GetBatchId())
		}
	}
}

// unproved tells whether a colleague has brought a batch of which the server could not tell
// whose it was: of such a one no work is awaited that is not there, unless its author's own
// device brought it, too.
func (h *handovers) unproved(batch *ksv1.Batch) bool {
	of := func(b *ksv1.Batch) submitted { return submitted{b.GetAuthor(), b.GetVillage(), b.GetSubmittedAtMs()} }
	return slices.ContainsFunc(h.grants, func(g *grant) bool {
		return g.unproved && slices.ContainsFunc(g.submitted, func(b *ksv1.Batch) bool { return of(b) == of(batch) })
	})
}

// withoutRight tells whether steps of review were refused for want of a right: the server
// could not tell then that they were the former user's.
func (g *grant) withoutRight(reason string) bool {
	return reason == ingest.ReasonNoRight && slices.ContainsFunc(slices.Collect(maps.Values(g.answers)), func(a answer) bool { return a.unproved })
}

// submitted tells batches apart, by whatever ids they are known.
type submitted struct {
	author, village uint32
	atMS            uint64
}

// batches are those that the server has.
func (w *World) batches(ctx context.Context) (map[submitted]bool, error) {
	out := map[submitted]bool{}
	err := w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.ListBatches(ctx, store.BatchQuery{Villages: []uint32{1, 2}, Limit: 1_000_000})
		for i := range rows {
			b, err := w.backend.Vault.OpenBatch(&rows[i])
			if err != nil {
				return err
			}
			out[submitted{b.GetAuthor(), b.GetVillage(), b.GetSubmittedAtMs()}] = true
		}
		return err
	})
	return out, err
}

// lostDevice tells whether the server was put back to before the device of a hand-over
// was registered, and its key is nobody's: the supervisor's word alone tells then whose the
// parts are.
func (w *World) lostDevice(ctx context.Context, g *grant) (lost bool, err error) {
	err = w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.FindDeviceByKey(ctx, g.key)
		if errors.Is(err, store.ErrNotFound) {
			lost = true
			return nil
		}
		return err
	})
	return lost, err
}
