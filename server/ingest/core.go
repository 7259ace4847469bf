package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Core commits changes of one village at a time.
type Core struct {
	Store store.Store
	Vault *Vault
	// Now is the server's clock.
	Now func() time.Time
	// ReturnDays is how many days a surveyor has to correct what was returned,
	// where the supervisor sets no date; 0: DefaultReturnDays.
	ReturnDays int
	// Ledger is the file in which is kept who was erased along with others (erasingAlong); "": nowhere.
	Ledger string
	// Identified is told what new families are found by; nil: nobody.
	Identified *Identified
}

// dayOf is the day of a daily tally, yyyymmdd, which ends at 24:00 WIB.
func dayOf(t time.Time) int { return prokesga.DateOf(t.In(area.WIB)).Number() }

// Commit merges a batch of prepared changes of one village in one transaction
// and gives their receipts, in order, with where the village then stands. All
// must be of that village. Errors are the store's; then nothing was committed,
// or the outcome is unknown, and the same batch may be sent again.
func (c *Core) Commit(ctx context.Context, village uint32, batch []*Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	given, err := c.CommitAll(ctx, []VillageBatch{{Village: village, Changes: batch}})
	if err == nil {
		err = given[0].Err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("commit %d changes of village %d: %w", len(batch), village, err)
	}
	return given[0].Receipts, given[0].Mark, nil
}

// Act takes steps of review of one village in one transaction and tells what
// became of them, in order. Errors: as Commit.
func (c *Core) Act(ctx context.Context, village uint32, acts []*Act) ([]Acted, *ksv1.VillageMark, error) {
	given, err := c.CommitAll(ctx, []VillageBatch{{Village: village, Acts: acts}})
	if err == nil {
		err = given[0].Err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("take %d steps of review of village %d: %w", len(acts), village, err)
	}
	return given[0].Acted, given[0].Mark, nil
}

// VillageBatch is what one village is brought in a commit; acts are taken after
// the changes.
type VillageBatch struct {
	Village uint32
	Changes []*Incoming
	Acts    []*Act
}

// VillageOutcome is what became of them. Err is store.ErrNotFound for a village
// that does not exist; the others are committed all the same.
type VillageOutcome struct {
	Receipts []*ksv1.Receipt
	Acted    []Acted
	Mark     *ksv1.VillageMark
	Err      error

	identified []identified
}

// CommitAll commits several villages at once, each undone by itself where it
// fails; more than one only where the store's ManyVillages says so. The error is
// the store's; then nothing was committed, or the outcome is unknown.
func (c *Core) CommitAll(ctx context.Context, batches []VillageBatch) (out []VillageOutcome, err error) {
	err = c.erasingAlong(ctx, func() error {
		out, err = c.commitAll(ctx, batches)
		return err
	})
	return out, err
}

func (c *Core) commitAll(ctx context.Context, batches []VillageBatch) ([]VillageOutcome, error) {
	out := make([]VillageOutcome, len(batches))
	err := c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		clear(out)
		for i, b := range batches {
			err := tx.InVillage(ctx, b.Village, func(v store.VillageTx) (err error) {
				out[i], err = c.commit(ctx, tx.Snapshot(), v, b)
				return err
			})
			switch {
			case errors.Is(err, store.ErrNotFound):
				out[i] = VillageOutcome{Err: err}
			case err != nil:
				return err
			}
		}
		return nil
	})
	if err == nil && c.Identified != nil {
		for i := range out {
			c.Identified.put(out[i].identified)
		}
	}
	return out, err
}

// work is one commit being put together.
type work struct {
	core     *Core
	village  store.VillageTx
	past     store.Snapshot
	row      store.Village
	digester *merge.Digester
	loader   iks.Loader
	now      time.Time
	known    map[merge.ID]store.Committed
	held     map[merge.ID]store.Quarantine
	families map[merge.ID]*familyWork
	// restamped are the stamps under which changes of the batch were committed before.
	restamped map[sentStamp]merge.Stamp
	// erased is what is kept of ids of the erased that the batch may bring; those of keptIDs
	// are kept by this commit.
	erased, keptIDs map[merge.ID]store.Fate
	// restricted are the families of which others are split off.
	restricted map[merge.ID]bool
	// foreign are families that are another's by the names that a device gave them.
	foreign map[foreignName]bool
	places  map[area.Place]*store.Place
	years   yearSums
	// batches and authors are read where acts are to be taken, or families are awaited.
	batches map[merge.ID]*batchWork
	authors map[merge.ID][]store.Authorship
	// persons are who passes the decisions among the acts, by account.
	persons map[uint32]review.Person
	// awaited are the commit's families that batches wait for.
	awaited []store.Awaited
	commit  store.Commit
	// shares is by how much the parts of accounts in the status of collection
	// change.
	shares collection.Shares
	// recomputing: columns are derived anew, nothing else.
	recomputing bool
	// identified are families that the commit makes.
	identified []identified
	// plain is memory of encode.
	plain []byte
}

func (c *Core) commit(ctx context.Context, snap store.Snapshot, v store.VillageTx, b VillageBatch) (out VillageOutcome, err error) {
	w, err := c.begin(ctx, snap, v, b.Changes, b.Acts)
	if err != nil {
		return out, err
	}
	out.Receipts, out.Acted = make([]*ksv1.Receipt, len(b.Changes)), make([]Acted, len(b.Acts))
	w.commit.Entries = make([]store.Entry, 0, len(b.Changes)+len(b.Acts))
	for i, in := range b.Changes {
		if out.Receipts[i], err = w.take(ctx, in); err != nil {
			return out, err
		}
		in.forked = out.Receipts[i].GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED
		if in.forked {
			w.foreign[in.foreignName()] = true
		}
	}
	if err := w.decideDuplicates(ctx, b.Acts, out.Acted); err != nil {
		return out, err
	}
	if err := w.settle(ctx); err != nil {
		return out, err
	}
	for i, a := range b.Acts {
		if out.Acted[i].Receipt != nil {
			continue
		}
		if out.Acted[i], err = w.act(a); err != nil {
			return out, err
		}
	}
	if err := w.write(ctx); err != nil {
		return out, err
	}
	out.Mark = &ksv1.VillageMark{Village: w.row.Number, Revision: w.row.Revision, Hash: append([]byte{}, w.row.Hash[:]...)}
	out.identified = w.identified
	return out, nil
}

// take sorts one change into its receipt and joins it where it is good.
func (w *work) take(ctx context.Context, in *Incoming) (*ksv1.Receipt, error) {
	if k, ok := w.known[in.id]; ok && !planted.Is(planted.DedupSkipped) {
		r := w.again(in, &k)
		// Another life of its database may have used the id since it came into quarantine:
		// what was decided on it holds, or will.
		if q, ok := w.held[in.id]; ok && !in.Sender.Admitted && r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
			return w.againQuarantined(in, q)
		}
		return r, nil
	}
	if q, ok := w.held[in.id]; ok && !in.Sender.Admitted {
		return w.againQuarantined(in, q)
	}
	if w.cameRenamed(in) {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, ""), nil
	}
	in = w.seenAsCommitted(in)
	if in.verdict != nil {
		return in.verdict, nil
	}
	if in.poisoned {
		return w.quarantine(in, ReasonPanic)
	}
	f := w.families[in.family]
	if in.ahead && !merge.StepsFrom(f.joined().HighestStamp(), in.Change) {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD, ""), nil
	}
	in, r, err := w.dropGone(in, f)
	if r != nil || err != nil {
		return r, err
	}
	if r, err := w.refuseImplausible(ctx, in, f); r != nil || err != nil {
		return r, err
	}
	if r, err := w.asOtherParts(in, f); r != nil || err != nil {
		return r, err
	}
	if !in.Sender.Deposited && !in.Sender.Forked {
		shares, err := w.sharesSource(ctx, in, f)
		switch {
		case err != nil:
			return nil, err
		case shares && in.Sender.Admitted:
			in = in.underOwnSource()
		case shares:
			return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, ""), nil
		}
	}
	return w.join(ctx, in, f)
}

// join judges what a change's sender may do, and joins it, or keeps it for a supervisor.
func (w *work) join(ctx context.Context, in *Incoming, f *familyWork) (*ksv1.Receipt, error) {
	after := f.with(in)
	reason := in.judgeSender(w.row.Number, &f.state, &after.state)
	if planted.Is(planted.ScopeUnchecked) {
		reason = ""
	}
	if reason == "" && f.quarantined && !in.Sender.Admitted {
		reason = ReasonFamilyQuarantine
	}
	if reason != "" {
		f.quarantined = f.quarantined || f.isNew
		if planted.Is(planted.QuarantineMerged) {
			if _, err := w.apply(in, f, after); err != nil {
				return nil, err
			}
		}
		return w.quarantine(in, reason)
	}
	if !f.fits(in, &after) {
		f.quarantined = f.quarantined || f.isNew && !f.dirty
		return w.refuseGrowth(in)
	}
	r, err := w.apply(in, f, after)
	if err != nil {
		return nil, err
	}
	return r, w.restrictAlong(ctx, in, f)
}

// refuseGrowth keeps what would make a family too large, for a supervisor to decide. What was
// to be admitted, and a correction, has had more room; it is refused.
func (w *work) refuseGrowth(in *Incoming) (*ksv1.Receipt, error) {
	if in.Sender.Admitted || in.Sender.Trusted {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE, ReasonFamilyTooLarge), nil
	}
	return w.quarantine(in, ReasonFamilyTooLarge)
}

// apply joins a change into its family, which then is after (familyWork.with), under the
// next revision.
func (w *work) apply(in *Incoming, f *familyWork, after content) (*ksv1.Receipt, error) {
	f.rememberShares()
	settles := in.judges || !f.isNew && merge.KeepsOnly(f.joined(), in.state())
	f.become(in, after)
	f.dirty = true
	payload, err := w.sealChange(in, f)
	if err != nil {
		return nil, err
	}
	w.row.Revision++
	w.row.Hash = w.row.Hash.Next(w.row.Revision, in.id, in.family, in.content)
	f.row.Revision = w.row.Revision
	stamp := merge.StampOf(in.Change.GetStamp())
	w.commit.Entries = append(w.commit.Entries, store.Entry{
		Revision: w.row.Revision, Family: in.family, Change: in.id, ContentHash: in.content, ChainHash: w.row.Hash,
		Stamp: stamp, Author: in.Change.GetAuthor(), Device: in.Sender.Device, CommittedAtMS: w.now.UnixMilli(), Payload: payload,
		Settles: settles,
	})
	w.known[in.id] = store.Committed{ID: in.id, Village: w.row.Number, Revision: w.row.Revision, ContentHash: in.content, Stamp: stamp}
	if q, ok := w.held[in.id]; ok {
		w.decided(q, store.QuarantineAdmitted)
	}
	r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, "")
	r.Revision = w.row.Revision
	return r, nil
}

// sealChange seals a change for its family's history, or takes what was sealed
// ahead, and tells whether what was computed ahead still holds.
func (w *work) sealChange(in *Incoming, f *familyWork) ([]byte, error) {
	if made := f.creation; made != nil {
		if f.applied < len(made.changes) && made.changes[f.applied] == in {
			f.applied++
			return in.sealed, nil
		}
		f.creation = nil
	}
	return w.core.Vault.Seal(f.row.Salt, historyBinding(w.row.Number, in.id), in.wire)
}
