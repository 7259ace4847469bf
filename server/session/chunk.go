package session

import (
	"context"
	"errors"
	"sync"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// A chunk is carried out in three stages, PrepareChunk, CommitPrepared and
// RecordChunk. Each must be given the chunks in order and one at a time, but the
// stages may work on different chunks at once, beside the session's other methods: so
// the next chunk is prepared while one waits for its commit, and committed while
// another waits until what is recorded of it is durable. A chunk in which a stage
// fails ends the session: none behind it may be acknowledged.

// PreparedChunk is a chunk in its slot, which CommitPrepared or Discard leaves.
type PreparedChunk struct {
	number uint64
	page   *prepared
	leave  func()
}

// Discard leaves the slot of a chunk that is not to be committed.
func (p *PreparedChunk) Discard() { p.leave() }

// foreign is the ack of a chunk that came behind one of which something was another's: the
// device gives all that is unsent new names, and must not find it taken under the old.
func (p *PreparedChunk) foreign() *ksv1.SyncUploadAck {
	ack := &ksv1.SyncUploadAck{Level: ksv1.AckLevel_ACK_LEVEL_APPLIED, Number: p.number}
	add := func(id []byte) {
		ack.Receipts = append(ack.Receipts, &ksv1.Receipt{Id: id, Status: ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED})
	}
	for _, c := range p.page.page.GetChanges() {
		add(c.GetId())
	}
	for _, b := range p.page.page.GetSubmissions() {
		add(b.GetId())
	}
	for _, d := range p.page.page.GetDecisions() {
		id, _ := merge.ParseID(d.GetVerdictId())
		add(id[:])
	}
	return ack
}

// CommittedChunk is a chunk whose changes are durable.
type CommittedChunk struct {
	ack     *ksv1.SyncUploadAck
	entries []*ksv1.AuditEntry
}

// CommitChunk takes a chunk through all stages; when it returns, every receipt is
// durable. Errors: those of the stages.
func (s *Session) CommitChunk(ctx context.Context, chunk Chunk) (*ksv1.SyncUploadAck, error) {
	p, err := s.PrepareChunk(ctx, chunk)
	if err != nil {
		return nil, err
	}
	c, err := s.CommitPrepared(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.RecordChunk(ctx, c)
}

// PrepareChunk waits for a slot, then does all that needs no store. Errors: wire.ErrChunk
// for a chunk that can't be decoded.
func (s *Session) PrepareChunk(ctx context.Context, chunk Chunk) (*PreparedChunk, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	leave, err := acquire(ctx, s.backend.Slots)
	if err != nil {
		return nil, err
	}
	p := &PreparedChunk{number: chunk.Number, leave: leave}
	defer func() {
		if p.page == nil { // failed or panicked
			leave()
		}
	}()
	page, err := chunk.Page()
	if err != nil {
		return nil, err
	}
	if p.page, err = s.backend.prepare(ctx, page, s.sender); err != nil {
		return nil, err
	}
	return p, nil
}

// CommitPrepared commits a chunk's changes, village by village in order, and its
// submissions and verdicts; it leaves the slot in any case. Errors:
// ingest.ErrQuarantineFull where as much of the device waits as may; the device keeps
// its work. Once begun it outlasts its context: a commit that is under way holds its
// memory, and what it makes of a device that has gone is recorded like any other.
func (s *Session) CommitPrepared(ctx context.Context, p *PreparedChunk) (*CommittedChunk, error) {
	leave := sync.OnceFunc(p.leave)
	defer leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.waiting >= ingest.MaxQuarantined {
		return nil, ingest.ErrQuarantineFull
	}
	if s.foreign {
		return &CommittedChunk{ack: p.foreign()}, nil
	}
	ctx = context.WithoutCancel(ctx)
	ack, err := s.backend.commit(ctx, p.page, s.sender)
	if err != nil {
		leave()
		// Villages before the one that failed are committed.
		return nil, errors.Join(err, s.backend.Audit.Append(ctx, s.uploadEntries(p.page, ack)...))
	}
	ack.Number = p.number
	for _, r := range ack.GetReceipts() {
		switch r.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
			s.waiting++
		case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
			s.foreign = true
		}
	}
	return &CommittedChunk{ack, s.uploadEntries(p.page, ack)}, nil
}

// RecordChunk records in the audit trail what became of a chunk, and gives its ack, with
// the head of the trail.
func (s *Session) RecordChunk(ctx context.Context, c *CommittedChunk) (*ksv1.SyncUploadAck, error) {
	// The changes are durable, whoever has gone meanwhile.
	if err := s.backend.Audit.Append(context.WithoutCancel(ctx), c.entries...); err != nil {
		return nil, err
	}
	if c.ack.Audit = s.backend.Audit.Head(); c.ack.Audit != nil {
		c.ack.Audit.Epoch = s.epoch
	}
	c.ack.ClockMs = uint64(s.backend.Now().UnixMilli())
	return c.ack, nil
}
