package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// answerAll commits a group as one and gives each sender its receipts. A group that
// fails by what is in it is halved until the sender is found whose record does it, so
// that it costs nobody else more than a wait; of a sender on whose batch the core
// panics, or who brings something of a family that can't be read, each change is tried
// by itself.
func (p *Pipeline) answerAll(ctx context.Context, group []*request) {
	batches, at := byVillage(group)
	if planted.Is(planted.AckBeforeCommit) {
		acknowledgeUncommitted(group)
	}
	planted.Step(planted.ServerBeforeCommit)
	given, err := p.commitSafely(ctx, batches)
	planted.Step(planted.ServerAfterCommit)
	if err != nil && len(group) > 1 && !ofStore(ctx, err) {
		p.answerAll(ctx, group[:len(group)/2])
		p.answerAll(ctx, group[len(group)/2:])
		return
	}
	if OfRecord(err) {
		given, err = p.commitOneByOne(ctx, batches)
	}
	for _, r := range group {
		if err != nil {
			r.done <- VillageOutcome{Err: err}
			continue
		}
		all := &given[at[r.village]]
		a := VillageOutcome{Mark: all.Mark, Err: all.Err}
		if a.Err == nil {
			a.Receipts, all.Receipts = all.Receipts[:len(r.batch)], all.Receipts[len(r.batch):]
			a.Acted, all.Acted = all.Acted[:len(r.acts)], all.Acted[len(r.acts):]
		}
		r.done <- a
	}
}

// ofStore tells whether a commit failed for the store's sake: a part of it would, too.
func ofStore(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrDamaged) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// OfRecord tells whether a commit failed by what a record holds, brought or stored, and
// would again.
func OfRecord(err error) bool {
	var fault *panicError
	return errors.As(err, &fault) || isDamage(err)
}

// byVillage puts the requests of a village together, and tells where each stands.
func byVillage(group []*request) (batches []VillageBatch, at map[uint32]int) {
	at = map[uint32]int{}
	for _, r := range group {
		i, ok := at[r.village]
		if !ok {
			i = len(batches)
			at[r.village] = i
			batches = append(batches, VillageBatch{Village: r.village})
		}
		batches[i].Changes = append(batches[i].Changes, r.batch...)
		batches[i].Acts = append(batches[i].Acts, r.acts...)
	}
	return batches, at
}

// acknowledgeUncommitted is the planted bug of that name.
func acknowledgeUncommitted(group []*request) {
	for _, r := range group {
		a := VillageOutcome{Mark: &ksv1.VillageMark{Village: r.village}}
		for _, in := range r.batch {
			a.Receipts = append(a.Receipts, in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ""))
		}
		r.done <- a
		r.done = make(chan VillageOutcome, 1)
	}
	time.Sleep(20 * time.Millisecond)
}

// panicError is a panic of the core, recovered.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("ingest panicked: %v", e.value) }

func (p *Pipeline) commitSafely(ctx context.Context, batches []VillageBatch) (given []VillageOutcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v}
		}
	}()
	return p.core.CommitAll(ctx, batches)
}

// commitOneByOne isolates what makes the core panic, or belongs to a family that can't be
// read; it goes to quarantine.
func (p *Pipeline) commitOneByOne(ctx context.Context, batches []VillageBatch) ([]VillageOutcome, error) {
	given := make([]VillageOutcome, len(batches))
	for i, b := range batches {
		for _, in := range b.Changes {
			one := []VillageBatch{{Village: b.Village, Changes: []*Incoming{in}}}
			got, err := p.commitSafely(ctx, one)
			if OfRecord(err) {
				in.poisoned = true
				got, err = p.commitSafely(ctx, one)
			}
			if err != nil {
				return nil, err
			}
			given[i] = VillageOutcome{Receipts: append(given[i].Receipts, got[0].Receipts...), Mark: got[0].Mark, Err: got[0].Err}
		}
		for _, a := range b.Acts {
			one := []VillageBatch{{Village: b.Village, Acts: []*Act{a}}}
			got, err := p.commitSafely(ctx, one)
			if OfRecord(err) {
				got, err = p.commitSafely(ctx, []VillageBatch{{Village: b.Village, Acts: []*Act{a.refuse(ReasonPanic)}}})
			}
			if err != nil {
				return nil, err
			}
			given[i].Acted, given[i].Mark, given[i].Err = append(given[i].Acted, got[0].Acted...), got[0].Mark, got[0].Err
		}
	}
	return given, nil
}
