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
// tells its author by a notice. Deciding alike again has no second effect.
// Errors: store.ErrNotFound for work outside the villages too.
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
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, q.Village, func(v store.VillageTx) error {
			revision, err = c.decide(ctx, tx.Snapshot(), v, change, d)
			return err
		})
	})
	return revision, err
}

// ErrDecidedOtherwise: the quarantined work was decided on before, and not so.
var ErrDecidedOtherwise = errors.New("quarantined work was decided otherwise")

// decidedBefore answers a decision on work that was decided on already.
func (c *Core) decidedBefore(ctx context.Context, v store.VillageTx, q *store.Quarantine, in *Incoming, d Decision) (uint64, error) {
	if d.Admit != (q.State == store.QuarantineAdmitted) {
		return 0, fmt.Errorf("decide on change %s: %w", q.Change, ErrDecidedOtherwise)
	}
	if !d.Admit {
		return 0, nil
	}
	apart, err := in.apart()
	if err != nil {
		return 0, err
	}
	for _, as := range []*Incoming{in, apart} {
		committed, err := v.Committed(ctx, []merge.ID{as.id})
		if err != nil {
			return 0, err
		}
		if len(committed) > 0 && committed[0].Village == q.Village && committed[0].ContentHash == as.content {
			return committed[0].Revision, nil
		}
	}
	return 0, nil
}

func (c *Core) decide(ctx context.Context, snap store.FamilyReader, v store.VillageTx, change merge.ID, d Decision) (uint64, error) {
	held, err := v.Quarantined(ctx, []merge.ID{change}, nil)
	if err != nil {
		return 0, err
	}
	if len(held) == 0 {
		return 0, fmt.Errorf("quarantined change %s: %w", change, store.ErrNotFound)
	}
	q := held[0]
	plain, err := c.Vault.OpenQuarantine(&q)
	if err != nil {
		return 0, err
	}
	m := &ksv1.Change{}
	if err := proto.Unmarshal(plain, m); err != nil {
		return 0, fmt.Errorf("decode quarantined change: %w", err)
	}
	in := Prepare(m, &Sender{Account: q.Author, Device: q.Device, Admitted: true}, c.Now().UnixMilli())
	if q.State != store.QuarantineWaiting {
		return c.decidedBefore(ctx, v, &q, in, d)
	}
	notice := &ksv1.QuarantineDecision{ChangeId: m.GetId(), Admitted: d.Admit, Note: d.Note}
	var w *work
	if d.Admit {
		w, notice.Revision, err = c.admit(ctx, snap, v, &q, in)
	} else if w, err = c.begin(ctx, v, []*Incoming{in}, nil); err == nil {
		q.State = store.QuarantineKeptOut
		w.commit.Quarantine = append(w.commit.Quarantine, q)
	}
	if err != nil {
		return 0, err
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

// admit takes a quarantined change, under names of its own where its id is another's.
func (c *Core) admit(ctx context.Context, snap store.FamilyReader, v store.VillageTx, q *store.Quarantine, in *Incoming) (*work, uint64, error) {
	apart, err := in.apart()
	if err != nil {
		return nil, 0, err
	}
	for _, as := range []*Incoming{in, apart} {
		w, err := c.begin(ctx, v, []*Incoming{as}, nil)
		if err != nil {
			return nil, 0, err
		}
		w.history = snap
		receipt, err := w.take(ctx, as)
		if err != nil {
			return nil, 0, err
		}
		switch receipt.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
			continue
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
			return nil, 0, fmt.Errorf("admit change %s, which this version can't read: %s", q.Change, receipt.GetReason())
		}
		if as == apart && receipt.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			q.State = store.QuarantineAdmitted
			w.commit.Quarantine = append(w.commit.Quarantine, *q)
		}
		return w, receipt.GetRevision(), nil
	}
	return nil, 0, fmt.Errorf("admit change %s, whose ids are others': %w", q.Change, store.ErrExists)
}
