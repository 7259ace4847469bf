package session

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// acquire waits for room in a bound and gives what leaves it again.
func acquire(ctx context.Context, bound chan struct{}) (leave func(), err error) {
	if bound == nil {
		return func() {}, nil
	}
	select {
	case bound <- struct{}{}:
		return func() { <-bound }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// CommitFor commits what somebody else brought of a sender's work: as the sender's
// own session would, but for the records of the session. Receipts come in order;
// each is durable.
func (b *Backend) CommitFor(ctx context.Context, page *ksv1.UploadPage, sender *ingest.Sender) ([]*ksv1.Receipt, error) {
	leave, err := acquire(ctx, b.Slots)
	if err != nil {
		return nil, err
	}
	defer leave()
	p, err := b.prepare(ctx, page, sender)
	if err != nil {
		return nil, err
	}
	// Once begun it outlasts its context, as a session's commits do.
	ack, err := b.commit(context.WithoutCancel(ctx), p, sender)
	return ack.GetReceipts(), err
}

// prepared is a page with what could be told of its changes without the store.
type prepared struct {
	page *ksv1.UploadPage
	runs []ingest.Run
	// takers are the villages that what was committed went to, by those that the page names
	// and that gave way to them.
	takers map[uint32]uint32
}

// village is where what the page has of a village went.
func (p *prepared) village(named uint32) uint32 {
	if taker, ok := p.takers[named]; ok {
		return taker
	}
	return named
}

// mark adds where a village stands to an ack; nil where there is no such village.
func (p *prepared) mark(ack *ksv1.SyncUploadAck, named uint32, mark *ksv1.VillageMark) {
	if mark == nil {
		return
	}
	if mark.GetVillage() != named {
		p.takers[named] = mark.GetVillage()
	}
	ack.Marks = append(ack.Marks, mark)
}

func (b *Backend) prepare(ctx context.Context, page *ksv1.UploadPage, sender *ingest.Sender) (*prepared, error) {
	leave, err := acquire(ctx, b.Preparers)
	if err != nil {
		return nil, err
	}
	defer leave()
	now := b.Now().UnixMilli()
	p := &prepared{page: page, takers: map[uint32]uint32{}}
	changes := make([]*ingest.Incoming, len(page.GetChanges()))
	for i, c := range page.GetChanges() {
		changes[i] = ingest.Prepare(c, sender, now)
	}
	if p.runs, err = ingest.Runs(ctx, b.Store, b.Vault, changes); err != nil {
		return nil, err
	}
	for _, r := range p.runs {
		if err := b.Core.Anticipate(r.Village, r.Batch); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// commit commits a page's changes, run by run, then its steps of
// review. With an error comes the ack of what was committed before it: receipts that
// are missing or nil are of what was not, or of which that is unknown.
func (b *Backend) commit(ctx context.Context, p *prepared, sender *ingest.Sender) (*ksv1.SyncUploadAck, error) {
	ack := &ksv1.SyncUploadAck{Level: ksv1.AckLevel_ACK_LEVEL_APPLIED, Receipts: make([]*ksv1.Receipt, len(p.page.GetChanges()))}
	for _, r := range p.runs {
		receipts, mark, err := ingest.CommitKnown(ctx, b.Changes, r.Village, r.Batch)
		if err != nil {
			return ack, err
		}
		for j, i := range r.Positions {
			ack.Receipts[i] = receipts[j]
		}
		p.mark(ack, r.Village, mark)
	}
	return ack, b.commitActs(ctx, p, ack, sender)
}

// step is a step of review with its village.
type step struct {
	village uint32
	act     *ingest.Act
}

func stepsOf(page *ksv1.UploadPage, sender *ingest.Sender) ([]step, error) {
	var steps []step
	for _, s := range page.GetSubmissions() {
		act, err := ingest.PrepareSubmission(s, sender)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step{s.GetVillage(), act})
	}
	proofs := map[string][]byte{}
	for _, p := range page.GetProofs() {
		if id, err := merge.IDFromBytes(p.GetId()); err == nil {
			proofs[id.String()] = p.GetProof()
		}
	}
	for _, d := range page.GetDecisions() {
		act, err := ingest.PrepareDecision(d, sender)
		if err != nil {
			return nil, err
		}
		act.Proof = proofs[d.GetVerdictId()]
		steps = append(steps, step{d.GetVillage(), act})
	}
	return steps, nil
}

// commitActs takes a page's submissions and decisions, behind its changes.
func (b *Backend) commitActs(ctx context.Context, p *prepared, ack *ksv1.SyncUploadAck, sender *ingest.Sender) error {
	steps, err := stepsOf(p.page, sender)
	if err != nil {
		return err
	}
	// Runs of one village go together, so that a day's verdicts are one commit.
	for len(steps) > 0 {
		n := 1
		for n < len(steps) && steps[n].village == steps[0].village {
			n++
		}
		acts := make([]*ingest.Act, n)
		for i := range acts {
			acts[i] = steps[i].act
		}
		acted, mark, err := ingest.ActKnown(ctx, b.Changes, steps[0].village, acts)
		if err != nil {
			return err
		}
		for i := range acted {
			ack.Receipts = append(ack.Receipts, acted[i].Receipt)
		}
		p.mark(ack, steps[0].village, mark)
		steps = steps[n:]
	}
	return nil
}
