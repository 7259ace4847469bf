package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of the pipeline.
const (
	// groupChanges is how many changes one commit takes at most: enough that
	// its fixed cost, a transaction's and each village's, is spread, few enough that
	// nobody waits long: half a second where it takes the most.
	groupChanges = 4096
	// queueBatches is how many batches may wait for one village; a sender that
	// finds it full commits by itself, which slows its device down and nobody
	// else.
	queueBatches = 64
)

// commitsAtOnce is how many villages' queues are committed at one time: enough that
// every core merges, or has its database write, while one commit is synced to disk. With
// more, groups are smaller and each costs the same.
func commitsAtOnce() int { return runtime.GOMAXPROCS(0) + 1 }

// ErrClosed is returned by a pipeline that has been closed.
var ErrClosed = errors.New("ingest is shutting down")

// Pipeline gathers what many devices send into few commits: of one village
// each, so that villages run in parallel, or of many where the store has one
// writer anyway (ManyVillages). Safe for concurrent use. Batches of one sender
// are committed in the order in which Commit was called; batches of several in
// any. Close waits for what was taken on.
type Pipeline struct {
	core GroupCommitter
	// together: all villages share a queue.
	together bool

	// turns are held by whoever commits a group: commitsAtOnce at most.
	turns chan struct{}

	mu     sync.Mutex
	queues map[uint32]chan *request // guarded by mu; a queue without work is dropped
	wait   sync.WaitGroup
	closed bool
}

// GroupCommitter commits several villages at once; Core is one.
type GroupCommitter interface {
	CommitAll(ctx context.Context, batches []VillageBatch) ([]VillageOutcome, error)
}

// request is one sender's batch and where its answer goes.
type request struct {
	village uint32
	batch   []*Incoming
	acts    []*Act
	done    chan VillageOutcome // holds one
}

// NewPipeline makes a pipeline around a core; manyVillages is what its store
// says.
func NewPipeline(core GroupCommitter, manyVillages bool) *Pipeline {
	return &Pipeline{core: core, together: manyVillages, queues: map[uint32]chan *request{}, turns: make(chan struct{}, commitsAtOnce())}
}

// Commit queues a batch of one village and waits for its commit. A cancelled
// context ends the wait; the batch may still be committed, and sending it
// again has no second effect.
func (p *Pipeline) Commit(ctx context.Context, village uint32, batch []*Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	a, err := p.commit(ctx, &request{village: village, batch: batch})
	return a.Receipts, a.Mark, err
}

// Act queues steps of review of one village, as Commit does changes.
func (p *Pipeline) Act(ctx context.Context, village uint32, acts []*Act) ([]Acted, *ksv1.VillageMark, error) {
	a, err := p.commit(ctx, &request{village: village, acts: acts})
	return a.Acted, a.Mark, err
}

func (p *Pipeline) commit(ctx context.Context, r *request) (VillageOutcome, error) {
	r.done = make(chan VillageOutcome, 1)
	if err := p.enqueue(ctx, r); err != nil {
		return VillageOutcome{}, err
	}
	select {
	case a := <-r.done:
		return a, a.Err
	case <-ctx.Done():
		return VillageOutcome{}, ctx.Err()
	}
}

func (p *Pipeline) enqueue(ctx context.Context, r *request) error {
	key := r.village
	if p.together {
		key = 0
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	queue := p.queues[key]
	if queue == nil {
		queue = make(chan *request, queueBatches)
		p.queues[key] = queue
		p.wait.Add(1)
		go p.work(key, queue)
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
	p.answerAll(ctx, []*request{r})
	return nil
}

// work commits what one queue holds until it is empty, then ends.
func (p *Pipeline) work(key uint32, queue chan *request) {
	defer p.wait.Done()
	for p.commitNext(key, queue) {
	}
}

// commitNext waits for its turn, and only then takes what has gathered in a queue:
// taken before, it would wait for a connection in groups as small as they came. False
// where the queue was empty and is dropped.
func (p *Pipeline) commitNext(key uint32, queue chan *request) bool {
	p.turns <- struct{}{}
	defer func() { <-p.turns }()
	var group []*request
	for size := 0; size < groupChanges; {
		select {
		case r := <-queue:
			group = append(group, r)
			size += len(r.batch) + len(r.acts)
			continue
		default:
		}
		break
	}
	if len(group) == 0 {
		return !p.retire(key, queue)
	}
	p.answerAll(context.Background(), group)
	return true
}

// retire drops an empty queue; false where something came in between.
func (p *Pipeline) retire(key uint32, queue chan *request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(queue) > 0 {
		return false
	}
	delete(p.queues, key)
	return true
}

// answerAll commits a group as one and gives each sender its receipts. Where
// the core panics, each change is tried by itself, so that one poisonous record
// costs nobody else anything.
func (p *Pipeline) answerAll(ctx context.Context, group []*request) {
	var batches []VillageBatch
	at := map[uint32]int{}
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
	if planted.Is(planted.AckBeforeCommit) {
		acknowledgeUncommitted(group)
	}
	planted.Step(planted.ServerBeforeCommit)
	given, err := p.commitSafely(ctx, batches)
	planted.Step(planted.ServerAfterCommit)
	var fault *panicError
	if errors.As(err, &fault) {
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

// commitOneByOne isolates what makes the core panic; it goes to quarantine.
func (p *Pipeline) commitOneByOne(ctx context.Context, batches []VillageBatch) ([]VillageOutcome, error) {
	given := make([]VillageOutcome, len(batches))
	for i, b := range batches {
		for _, in := range b.Changes {
			one := []VillageBatch{{Village: b.Village, Changes: []*Incoming{in}}}
			got, err := p.commitSafely(ctx, one)
			var fault *panicError
			if errors.As(err, &fault) {
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
			var fault *panicError
			if errors.As(err, &fault) {
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

// Close takes nothing on any more and waits for what is under way.
func (p *Pipeline) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.wait.Wait()
}
