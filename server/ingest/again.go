package ingest

import (
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// again is the receipt of a change whose id was committed before. Another change
// has its id where a device's database was copied or put back and both lives of
// it went on under the same numbers, maybe in two villages.
func (w *work) again(in *Incoming, k *store.Committed) *ksv1.Receipt {
	if k.Village != w.row.Number || k.ContentHash != in.content && k.ContentHash != merge.FormerContentHash(in.Change) {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, "")
	}
	r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, "")
	r.Revision = k.Revision
	if own := merge.StampOf(in.Change.GetStamp()); k.Stamp != own {
		r.Stamp = k.Stamp.Proto()
		w.restamped[sentStamp{in.Sender.Device, in.family, own}] = k.Stamp
	}
	return r
}

// sentStamp is a stamp that a device has sent of a family; it speaks for its own work alone.
type sentStamp struct {
	device uint32
	family merge.ID
	stamp  merge.Stamp
}

// seenAsCommitted lets a change that came in one batch behind others of its sender name what
// it has seen of them by the stamps under which they were committed before, as its device
// will once it has their receipts.
func (w *work) seenAsCommitted(in *Incoming) *Incoming {
	if len(w.restamped) == 0 || in.poisoned || in.judges {
		return in
	}
	c, renamed := proto.CloneOf(in.Change), false
	for sent, committed := range w.restamped {
		if sent.device != in.Sender.Device || sent.family != in.family || committed.Compare(merge.StampOf(c.GetStamp())) >= 0 {
			continue
		}
		renamed = merge.RenameStamp(c, sent.stamp, committed) || renamed
	}
	if !renamed {
		return in
	}
	return in.restamped(c)
}

// againQuarantined is the receipt of a change that is in quarantine already.
func (w *work) againQuarantined(in *Incoming, q store.Quarantine) (*ksv1.Receipt, error) {
	if h := in.handed(); q.Device != in.Sender.Device && (h == nil || h.Device != q.Device) {
		// While it waits, nobody else finds out by guesses what was erased of it. Once it is
		// admitted, history knows it by its hash, as all that was erased behind its commit.
		q.ContentHash = nil
	}
	held, err := w.core.Vault.QuarantinedContent(&q)
	if err != nil {
		return nil, err
	}
	if q.Village != w.row.Number || held != in.content {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, ""), nil
	}
	return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, q.Reason), nil
}

// cameRenamed tells whether the same work came under its other name (merge.OtherName): by a
// file, or from its device, which had met another life of its database. What became of that,
// or is decided on it, holds. Who is told that the name is another's draws the same one.
func (w *work) cameRenamed(in *Incoming) bool {
	if in.otherName.IsZero() {
		return false
	}
	_, known := w.known[in.otherName]
	_, held := w.held[in.otherName]
	return known || held
}

// quarantine keeps a change for a supervisor's decision.
func (w *work) quarantine(in *Incoming, reason string) (*ksv1.Receipt, error) {
	q := store.Quarantine{
		Change: in.id, Village: w.row.Number, Family: in.family, Author: in.Change.GetAuthor(), Device: in.Sender.Device,
		Reason: reason, ReceivedAtMS: in.ReceivedMS,
	}
	q.From, q.Into = in.brings()
	var err error
	if q.Salt, err = w.core.Vault.NewSalt(); err != nil {
		return nil, err
	}
	q.Payload, err = w.core.Vault.Seal(q.Salt, quarantineBinding(&q), in.wire)
	if err != nil {
		return nil, err
	}
	if merge.ContentHash(in.Change) != in.content { // something of it was erased before it came
		if q.ContentHash, err = w.core.Vault.sealContent(&q, in.content); err != nil {
			return nil, err
		}
	}
	w.commit.Quarantine = append(w.commit.Quarantine, q)
	w.held[in.id] = q
	return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, reason), nil
}
