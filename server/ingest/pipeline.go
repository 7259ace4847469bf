package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of the pipeline.
const (
	// groupChanges is how many changes one commit takes at most: enough that
	// the commit's fixed cost is spread, few enough that nobody waits long.
	groupChanges = 512
	// queueBatches is how many batches may wait for one village; a sender that
	// finds it full commits by itself, which slows its device down and nobody
	// else.
	queueBatches = 64
)

// ErrClosed is returned by a pipeline that has been closed.
var ErrClosed = errors.New("ingest is shutting down")

// Pipeline gathers what many devices send for one village into few commits.
// Safe for concurrent use. Batches of one sender are committed in the order in
// which Commit was called; batches of several in any. Close waits for what was
// taken on.
type Pipeline struct {
	core Committer

	mu     sync.Mutex
	queues map[uint32]chan *request // guarded by mu; a queue without work is dropped
	wait   sync.WaitGroup
	closed bool
}

// request is one sender's batch and where its answer goes.
type request struct {
	ctx   context.Context
	batch []*Incoming
	done  chan answer // holds one
}

type answer struct {
	receipts []*ksv1.Receipt
	mark     *ksv1.VillageMark
	err      error
}

// NewPipeline makes a pipeline around a core.
func NewPipeline(core Committer) *Pipeline {
	return &Pipeline{core: core, queues: map[uint32]chan *request{}}
}

// Commit queues a batch of one village and waits for its commit. A cancelled
// context ends the wait; the batch may still be committed, and sending it
// again has no second effect.
func (p *Pipeline) Commit(ctx context.Context, village uint32, batch []*Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	r := &request{ctx: ctx, batch: batch, done: make(chan answer, 1)}
	if err := p.enqueue(ctx, village, r); err != nil {
		return nil, nil, err
	}
	select {
	case a := <-r.done:
		return a.receipts, a.mark, a.err
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

func (p *Pipeline) enqueue(ctx context.Context, village uint32, r *request) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	queue := p.queues[village]
	if queue == nil {
		queue = make(chan *request, queueBatches)
		p.queues[village] = queue
		p.wait.Add(1)
		go p.work(village, queue)
	}
	select {
	case queue <- r:
		p.mu.Unlock()
		return nil
	default:
	}
	// A full queue: the sender commits by itself, waiting for the village's
	// lock like everybody else.
	p.wait.Add(1)
	p.mu.Unlock()
	defer p.wait.Done()
	p.answerAll(ctx, village, []*request{r})
	return nil
}

// work commits what one village's queue holds until it is empty, then ends.
func (p *Pipeline) work(village uint32, queue chan *request) {
	defer p.wait.Done()
	for {
		group, size := []*request(nil), 0
		for size < groupChanges {
			select {
			case r := <-queue:
				group = append(group, r)
				size += len(r.batch)
				continue
			default:
			}
			break
		}
		if len(group) == 0 && p.retire(village, queue) {
			return
		}
		if len(group) > 0 {
			p.answerAll(context.Background(), village, group)
		}
	}
}

// retire drops an empty queue; false where something came in between.
func (p *Pipeline) retire(village uint32, queue chan *request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(queue) > 0 {
		return false
	}
	delete(p.queues, village)
	return true
}

// answerAll commits a group as one and gives each sender its receipts. Where
// the core panics, each change is tried by itself, so that one poisonous record
// costs nobody else anything.
func (p *Pipeline) answerAll(ctx context.Context, village uint32, group []*request) {
	var all []*Incoming
	for _, r := range group {
		all = append(all, r.batch...)
	}
	receipts, mark, err := p.commitSafely(ctx, village, all)
	var fault *panicError
	if errors.As(err, &fault) {
		receipts, mark, err = p.commitOneByOne(ctx, village, all)
	}
	for _, r := range group {
		a := answer{err: err, mark: mark}
		if err == nil {
			a.receipts, receipts = receipts[:len(r.batch)], receipts[len(r.batch):]
		}
		r.done <- a
	}
}

// panicError is a panic of the core, recovered.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("ingest panicked: %v", e.value) }

func (p *Pipeline) commitSafely(ctx context.Context, village uint32, batch []*Incoming) (receipts []*ksv1.Receipt, mark *ksv1.VillageMark, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v}
		}
	}()
	return p.core.Commit(ctx, village, batch)
}

// commitOneByOne isolates what makes the core panic; it goes to quarantine.
func (p *Pipeline) commitOneByOne(ctx context.Context, village uint32, batch []*Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	var receipts []*ksv1.Receipt
	var mark *ksv1.VillageMark
	for _, in := range batch {
		r, m, err := p.commitSafely(ctx, village, []*Incoming{in})
		var fault *panicError
		if errors.As(err, &fault) {
			in.poisoned = true
			r, m, err = p.commitSafely(ctx, village, []*Incoming{in})
		}
		if err != nil {
			return nil, nil, err
		}
		receipts, mark = append(receipts, r...), m
	}
	return receipts, mark, nil
}

// Close takes nothing on any more and waits for what is under way.
func (p *Pipeline) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.wait.Wait()
}
