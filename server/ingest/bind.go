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

// Bind ties together what the changes of a page say was saved as one: a family is removed for
// another, or members leave it for one of their own, behind the changes by which the other gets
// what is theirs. Where those are refused, or wait for a supervisor, so are these. It reads what
// such a take-over may bring (readTakenOver), and gives the changes in runs in which each comes
// behind those that it is bound to.
func Bind(ctx context.Context, s store.Store, vault *Vault, page []*Incoming) ([]Run, error) {
	for i, in := range page {
		in.bind(page[:i])
	}
	if err := readTakenOver(ctx, s, vault, page); err != nil {
		return nil, err
	}
	var runs []Run
	last := map[uint32]int{} // of a village, in runs
	in := map[*Incoming]int{}
	for i, x := range page {
		n, ok := last[x.Change.GetVillage()]
		behind := slices.ContainsFunc(x.follows, func(f *Incoming) bool { return in[f] > n })
		if !ok || behind {
			n = len(runs)
			runs = append(runs, Run{Village: x.Change.GetVillage()})
			last[x.Change.GetVillage()] = n
		}
		in[x] = n
		runs[n].Batch, runs[n].Positions = append(runs[n].Batch, x), append(runs[n].Positions, i)
	}
	return runs, nil
}

// bind finds what of the changes before it this one was saved with, right before it.
func (in *Incoming) bind(before []*Incoming) {
	to := merge.LeadsTo(in.Change)
	if len(to) == 0 {
		return
	}
	for _, x := range slices.Backward(before) {
		switch {
		case !in.sameSource(x):
			return
		case slices.Contains(to, x.family):
			in.follows = append(in.follows, x)
			if in.mergedInto() == x.family {
				x.removals = append(x.removals, in)
			}
		case x.family != in.family || len(in.follows) > 0:
			return
		}
	}
}

// sameSource tells whether two changes were made by one account in one life of a database.
func (in *Incoming) sameSource(other *Incoming) bool {
	device, incarnation, _, ok := in.id.Source()
	d, i, _, known := other.id.Source()
	return ok && known && device == d && incarnation == i && in.Change.GetAuthor() == other.Change.GetAuthor()
}

// asFollowed decides on a change as on what it follows, where that was not merged; nil: it is
// judged by itself, as where that was erased, or is to come again under another name.
func (w *work) asFollowed(in *Incoming, f *familyWork) (*ksv1.Receipt, error) {
	for _, x := range in.follows {
		switch x.became.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
			r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonOtherPartRefused)
			r.Issues = []*ksv1.FieldIssue{{
				Kind: ksv1.RecordKind_RECORD_KIND_FAMILY, Code: ReasonOtherPartRefused,
				Message: "Keluarga yang menerima data dari keluarga ini tidak dapat disimpan, jadi keluarga ini tetap seperti semula. Perbaiki isian yang ditolak di sana, lalu ulangi.",
			}}
			return r, nil
		case ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD:
			return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD, ""), nil
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
			f.quarantined = f.quarantined || f.isNew && !f.dirty
			return w.quarantine(in, x.became.GetReason())
		}
	}
	return nil, nil
}
