package ingest

import (
	"context"
	"errors"
	"runtime"
	"sync"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of the pipeline.
const (
	// groupCost is what one commit takes on at most, in changes that make a family:
	// enough that its fixed cost, a transaction's and each village's, is spread, few
	// enough that nobody waits long and what it reads has room.
	groupCost = 2048
	// storedCost is the cost of a change to a stored family, which is read, opened and
	// merged while others wait: some 40 kB and a millisecond.
	storedCost = 4
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

// cost is about what a commit of the request costs, in changes that make a family.
func (r *request) cost() int {
	cost := 0
	for _, a := range r.acts {
		cost += storedCost * max(1, len(a.families))
	}
	for _, in := range r.batch {
		if in.creation != nil {
			cost++
		} else {
			cost += storedCost
		}
	}
	return cost
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
	// A full queue: the sender commits by itself, waiting for a turn and the
	// village's lock like everybody else.
	p.wait.Add(1)
	p.mu.Unlock()
	defer p.wait.Done()
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.turns }()
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
	for cost := 0; cost < groupCost; {
		select {
		case r := <-queue:
			group = append(group, r)
			cost += r.cost()
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

// Close takes nothing on any more and waits for what is under way.
func (p *Pipeline) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.wait.Wait()
}
