package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Decision is a supervisor's on one quarantined change.
type Decision struct {
	Admit bool
	Note  string
	// Supervisor is the account that decides; Villages are those for which it
	// may.
	Supervisor uint32
	Villages   []uint32
}

// Decide admits a quarantined change with its old stamp, or keeps it out, and
// tells its author by a notice. With the last of an author's work on a family what the author
// submitted of it comes into the queue (takeAwaited). Deciding alike again has no second effect.
// Errors: store.ErrNotFound for work outside the villages too, ErrDecidedOtherwise,
// ErrOwnWork, ErrOtherPart, ErrIDTaken, ErrNotAdmissible, ErrNotYetAdmissible.
func (c *Core) Decide(ctx context.Context, change merge.ID, d Decision) (revision uint64, err error) {
	var q store.Quarantine
	err = c.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		q, err = snap.FindQuarantine(ctx, change)
		return err
	})
	if err != nil {
		return 0, err
	}
	if !slices.Contains(d.Villages, q.Village) {
		return 0, fmt.Errorf("quarantined change %s: %w", change, store.ErrNotFound)
	}
	if d.Admit && q.State == store.QuarantineWaiting {
		if err := c.standsElsewhere(ctx, &q, d.Villages); err != nil {
			return 0, err
		}
	}
	err = c.erasingAlong(ctx, func() error {
		return c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, q.Village, func(v store.VillageTx) (err error) {
				revision, err = c.decide(ctx, tx.Snapshot(), v, change, d)
				return err
			})
		})
	})
	return revision, err
}

// checkAuthor refuses to admit the supervisor's own work. Errors: ErrOwnWork.
func (d *Decision) checkAuthor(ctx context.Context, snap store.Snapshot, q *store.Quarantine) error {
	if !d.Admit {
		return nil
	}
	person, err := PersonOf(ctx, snap, d.Supervisor)
	if err == nil && person.Wrote(q.Author) {
		err = fmt.Errorf("admit change %s: %w", q.Change, ErrOwnWork)
	}
	return err
}

// ErrDecidedOtherwise: the quarantined work was decided on before, and not so.
var ErrDecidedOtherwise = errors.New("quarantined work was decided otherwise")

// ErrOwnWork: nobody admits the own work, as nobody judges it; who acts as supervisor, or came
// to be one, may have made it. It can be kept out.
var ErrOwnWork = errors.New("quarantined work is the supervisor's own")

// ErrIDTaken: another life of the database that made the quarantined work has used its id, or
// its family's, for other work since, so it can only be kept out. Admitted under another id it would be
// joined to what it has not seen, or come once more with the next offer.
var ErrIDTaken = errors.New("another change has the quarantined work's id")

// ErrNotAdmissible: the quarantined work would not be taken, as what it is about was erased
// meanwhile, the rules of this version forbid it, or its family would become too large. It
// can be kept out.
var ErrNotAdmissible = errors.New("quarantined work can't be taken")

// ErrNotYetAdmissible: the quarantined work can't be taken for now, as its stamp is ahead of
// the server's clock, or this version fails on it. It is not to be kept out for that.
var ErrNotYetAdmissible = errors.New("quarantined work can't be taken for now")

// standsElsewhere refuses to begin a family in a village whose id a family in another of the
// Puskesmas has: two lives of a database have used it, and devices hold it in one village. Errors: ErrIDTaken.
func (c *Core) standsElsewhere(ctx context.Context, q *store.Quarantine, villages []uint32) error {
	return c.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.FindFamily(ctx, []uint32{q.Village}, q.Family)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(villages), func(v uint32) bool { return v == q.Village })
		there, err := snap.FindFamily(ctx, others, q.Family)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return fmt.Errorf("admit change %s: its family's id is taken in village %d: %w", q.Change, there.Village, ErrIDTaken)
	})
}

// refusal is why work is not admitted that was not taken.
func refusal(status ksv1.ReceiptStatus) error {
	switch status {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
		return ErrNotAdmissible
	}
	return ErrNotYetAdmissible
}

// decidedBefore answers a decision on work that was decided on already.
func (c *Core) decidedBefore(ctx context.Context, v store.VillageTx, q *store.Quarantine, d Decision) (uint64, error) {
	if d.Admit != (q.State == store.QuarantineAdmitted) {
		return 0, fmt.Errorf("decide on change %s: %w", q.Change, ErrDecidedOtherwise)
	}
	if !d.Admit {
		return 0, nil
	}
	committed, err := v.Committed(ctx, []merge.ID{q.Change})
	if err != nil || len(committed) == 0 {
		return 0, err
	}
	return committed[0].Revision, nil
}

// decided notes what was decided on a change.
func (w *work) decided(q store.Quarantine, state store.QuarantineState) {
	q.State = state
	w.held[q.Change] = q
	w.commit.Quarantine = append(w.commit.Quarantine, q)
}

// admit takes what waited, and gives the revision that it is in.
func (w *work) admit(ctx context.Context, in *Incoming, q store.Quarantine) (revision uint64, err error) {
	if err := w.partsAdmitted(in); err != nil {
		return 0, err
	}
	receipt, err := w.take(ctx, in)
	if err != nil {
		return 0, err
	}
	switch receipt.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED:
	case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
		return 0, ErrIDTaken
	case ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE: // committed by another way
		w.decided(q, store.QuarantineAdmitted)
	default:
		return 0, fmt.Errorf("%w: %s %s", refusal(receipt.GetStatus()), receipt.GetStatus(), receipt.GetReason())
	}
	return receipt.GetRevision(), nil
}

func (c *Core) decide(ctx context.Context, snap store.Snapshot, v store.VillageTx, change merge.ID, d Decision) (uint64, error) {
	held, err := v.Quarantined(ctx, []merge.ID{change}, nil)
	if err != nil {
		return 0, err
	}
	if len(held) == 0 {
		return 0, fmt.Errorf("quarantined change %s: %w", change, store.ErrNotFound)
	}
	q := held[0]
	if q.State != store.QuarantineWaiting {
		return c.decidedBefore(ctx, v, &q, d)
	}
	if err := d.checkAuthor(ctx, snap, &q); err != nil {
		return 0, err
	}
	plain, err := c.Vault.OpenQuarantine(&q)
	if err != nil {
		return 0, err
	}
	m := &ksv1.Change{}
	if err := proto.Unmarshal(plain, m); err != nil {
		return 0, fmt.Errorf("decode quarantined change: %w", err)
	}
	// What was read when it came had nothing implausible then that was not there before.
	sender := &Sender{Account: q.Author, Device: q.Device, Admitted: true, TakesImplausible: q.Reason != ReasonPanic}
	in := Prepare(m, sender, c.Now().UnixMilli())
	if in.content, err = c.Vault.QuarantinedContent(&q); err != nil {
		return 0, err
	}
	w, err := c.begin(ctx, snap, v, []*Incoming{in}, nil)
	if err != nil {
		return 0, err
	}
	notice := &ksv1.QuarantineDecision{ChangeId: m.GetId(), Admitted: d.Admit, Note: d.Note}
	if d.Admit {
		if notice.Revision, err = w.admit(ctx, in, q); err != nil {
			return 0, fmt.Errorf("admit change %s: %w", change, err)
		}
	} else {
		w.decided(q, store.QuarantineKeptOut)
	}
	message, err := proto.Marshal(&ksv1.FeedNotice{Notice: &ksv1.FeedNotice_Quarantine{Quarantine: notice}})
	if err != nil {
		return 0, fmt.Errorf("encode notice: %w", err)
	}
	row, err := c.Vault.SealNotice(q.Author, message)
	if err != nil {
		return 0, err
	}
	w.commit.Notices = append(w.commit.Notices, row)
	return notice.GetRevision(), w.finish(ctx)
}
