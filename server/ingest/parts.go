package ingest

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Run are changes of one village that are committed together, and where they stand in their
// page. A page may have several of a village.
type Run struct {
	Village   uint32
	Batch     []*Incoming
	Positions []int
}

// Runs sorts the changes of a page by village, so that each comes behind the others of its save
// (Change.other_parts), and reads what those that take surveys over may bring (readTakenOver).
func Runs(ctx context.Context, s store.Store, vault *Vault, page []*Incoming) ([]Run, error) {
	if err := readTakenOver(ctx, s, vault, page); err != nil {
		return nil, err
	}
	var runs []Run
	last := map[uint32]int{} // of a village, in runs
	in, came := map[merge.ID]int{}, map[merge.ID]*Incoming{}
	for i, x := range page {
		for _, part := range x.otherParts {
			if y := came[part]; y != nil {
				x.beside = append(x.beside, y)
			}
		}
		came[x.id] = x
		n, ok := last[x.Change.GetVillage()]
		if !ok || slices.ContainsFunc(x.otherParts, func(part merge.ID) bool { return in[part] > n }) {
			n = len(runs)
			runs = append(runs, Run{Village: x.Change.GetVillage()})
			last[x.Change.GetVillage()] = n
		}
		in[x.id] = n
		runs[n].Batch, runs[n].Positions = append(runs[n].Batch, x), append(runs[n].Positions, i)
	}
	return runs, nil
}

// otherPartsOf are the ids that a change names as its other parts; what is no id names nothing.
func otherPartsOf(c *ksv1.Change) (out []merge.ID) {
	for _, b := range c.GetOtherParts() {
		if id, err := merge.IDFromBytes(b); err == nil && !id.IsZero() {
			out = append(out, id)
		}
	}
	return out
}

// asOtherParts decides on a change as on the other parts of its save, where one of them was not
// merged: what a family loses to another waits, or is refused, with what that one gets. Nil: all
// were merged. One that has not come is as refused: its device sends it first, and keeps this
// one for as long as it has no answer to that. One whose id is another's is to come under a name
// of its own, and this one with it. All that comes by file waits as it is, and is not admitted
// before those (partsAdmitted).
func (w *work) asOtherParts(in *Incoming, f *familyWork) (*ksv1.Receipt, error) {
	if in.Sender.Forked {
		return nil, nil
	}
	if slices.ContainsFunc(in.beside, func(part *Incoming) bool { return part.forked }) {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, ""), nil
	}
	if in.Sender.Deposited {
		return nil, nil
	}
	for _, id := range in.otherParts {
		if _, merged := w.known[id]; merged {
			continue
		}
		if q := w.partHeld(in, id); q != nil && q.State == store.QuarantineWaiting {
			f.quarantined = f.quarantined || f.isNew && !f.dirty
			return w.quarantine(in, q.Reason)
		}
		r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonOtherPartRefused)
		r.Issues = []*ksv1.FieldIssue{{
			Kind: ksv1.RecordKind_RECORD_KIND_FAMILY, Code: ReasonOtherPartRefused,
			Message: "Keluarga yang menerima data dari keluarga ini tidak dapat disimpan, jadi keluarga ini tetap seperti semula. Perbaiki isian yang ditolak di sana, lalu ulangi.",
		}}
		return r, nil
	}
	return nil, nil
}

// partHeld is another part of a change that is or was in quarantine; nil: none of the same
// author, and of others' work nobody finds out.
func (w *work) partHeld(in *Incoming, id merge.ID) *store.Quarantine {
	if q, ok := w.held[id]; ok && q.Author == in.Change.GetAuthor() {
		return &q
	}
	return nil
}
