package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// PagesDevice stands in the stamps of what is written in the pages. Registered
// devices are numbered from 1, and never reach it.
const PagesDevice = math.MaxUint32

// Correction is a change that somebody makes in the pages, where there is no
// device: an ordinary change, whose author has seen the whole state.
type Correction struct {
	// ID of the change; its incarnation stands in the stamp, so each is drawn, or
	// derived, for one correction alone.
	ID     merge.ID
	Author uint32
	// Seen is the digest of the state looked at; nil: whatever it is.
	Seen *merge.Digest
	// Judges: it enters nothing, but says what becomes of what others entered; its
	// author may still judge the family.
	Judges bool
	// From is the state of a family that the edits take over; nil: they take none.
	From *merge.State
	// Edits says what to write to the family as it stands.
	Edits func(state *merge.State) ([]merge.RecordEdit, error)
}

// ErrFamilyChanged: the family is not what the author of a correction saw.
var ErrFamilyChanged = errors.New("family has changed since")

// InvalidCorrectionError: what was to be written is wrong within itself.
type InvalidCorrectionError struct{ Receipt *ksv1.Receipt }

// Error names the reason and the first message.
func (e *InvalidCorrectionError) Error() string {
	text := e.Receipt.GetReason()
	if issues := e.Receipt.GetIssues(); len(issues) > 0 {
		text += ": " + issues[0].GetMessage()
	}
	return text
}

// Correct commits a correction; 0 where the family says so already. An id
// committed before has no second effect. Errors: store.ErrNotFound,
// ErrFamilyChanged, *InvalidCorrectionError, those of Edits.
func (c *Core) Correct(ctx context.Context, village uint32, family merge.ID, x Correction) (revision uint64, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			revision, err = c.correct(ctx, tx.Snapshot(), v, family, x)
			return err
		})
	})
	if err != nil {
		return 0, fmt.Errorf("correct family %s: %w", family, err)
	}
	return revision, nil
}

func (c *Core) correct(ctx context.Context, snap store.Snapshot, v store.VillageTx, family merge.ID, x Correction) (uint64, error) {
	committed, err := v.Committed(ctx, []merge.ID{x.ID})
	if err != nil {
		return 0, err
	}
	if len(committed) > 0 {
		return committed[0].Revision, nil
	}
	w, err := c.begin(ctx, snap, v, nil, nil)
	if err != nil {
		return 0, err
	}
	if err := w.readFamilies(ctx, []merge.ID{family}); err != nil {
		return 0, err
	}
	f := w.families[family]
	if f.isNew {
		return 0, store.ErrNotFound
	}
	if x.Seen != nil && *x.Seen != f.digest {
		return 0, ErrFamilyChanged
	}
	edits, err := x.Edits(f.joined())
	if err != nil {
		return 0, err
	}
	_, incarnation, _, _ := x.ID.Source()
	clock := merge.Clock{Device: PagesDevice, Incarnation: incarnation, Last: f.joined().HighestStamp()}
	change, differs, err := merge.NewChange(f.joined(), clock.Next(uint64(w.now.UnixMilli())), edits)
	if err != nil || !differs {
		return 0, err
	}
	change.Id, change.Author, change.Village = append([]byte{}, x.ID[:]...), x.Author, w.row.Number
	in := Prepare(change, &Sender{Account: x.Author, Trusted: true}, w.now.UnixMilli())
	if in.judges = x.Judges; x.From != nil {
		in.from = form.NewHeld(x.From)
	}
	receipt, err := w.take(ctx, in)
	if err != nil {
		return 0, err
	}
	if receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		return 0, &InvalidCorrectionError{receipt}
	}
	return receipt.GetRevision(), w.finish(ctx)
}
