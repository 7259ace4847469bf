package ingest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

var anybody = &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}

// edit is the n-th change, of a family's head.
func edit(t *testing.T, village uint32, n, family uint64) *ingest.Incoming {
	t.Helper()
	clock := merge.Clock{Device: 1, Incarnation: 1}
	state := merge.State{Family: merge.NewID(1, 1, 1_000_000+family)}
	c, _, err := merge.NewChange(&state, clock.Next(uint64(time.Now().UnixMilli())), []merge.RecordEdit{
		{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := merge.NewID(1, 1, n)
	c.Id, c.Village, c.Author = id[:], village, 1
	return ingest.Prepare(c, anybody, time.Now().UnixMilli())
}

// What is brought of a family that can't be read waits for a supervisor, and holds up
// nobody and nothing else.
func TestAChangeToAFamilyThatCannotBeReadIsSetAsideAlone(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	if _, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{edit(t, village, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	storetest.Damage(t, core.Store, village, merge.NewID(1, 1, 1_000_001), "payload", storetest.OfHistory)
	held := &gate{core: core, entered: make(chan struct{}, 1), opened: make(chan struct{})}
	pipeline := ingest.NewPipeline(held, true)
	gone, leave := context.WithCancel(t.Context())
	leave()
	queue := func(in *ingest.Incoming) {
		if _, _, err := pipeline.Commit(gone, village, []*ingest.Incoming{in}); !errors.Is(err, context.Canceled) {
			t.Errorf("did not wait: %v", err)
		}
	}
	queue(edit(t, village, 9, 9))
	<-held.entered // the rest gathers behind it
	const senders = 9
	batches := make([][]*ingest.Incoming, senders)
	for i := range batches {
		in := edit(t, village, uint64(10+i), uint64(10+i))
		if i == 4 {
			in = edit(t, village, 10+4, 1)
		}
		batches[i] = []*ingest.Incoming{in}
		queue(in)
	}
	close(held.opened)
	pipeline.Close()
	if held.sizes[1] != senders {
		t.Fatalf("commits of %v changes: no group came together", held.sizes)
	}
	for i, batch := range batches {
		receipts, _, err := core.Commit(t.Context(), village, batch)
		want := ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE
		if i == 4 {
			want = ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED
		}
		if err != nil || receipts[0].GetStatus() != want {
			t.Errorf("sender %d: %v, %v; want %v", i, receipts, err, want)
		}
	}
}

// gate holds commits until it is opened, so that a group gathers.
type gate struct {
	core    ingest.GroupCommitter
	entered chan struct{} // told of a commit, where it has room
	opened  chan struct{}
	sizes   []int // of the commits; one at a time makes them
}

func (g *gate) CommitAll(ctx context.Context, batches []ingest.VillageBatch) ([]ingest.VillageOutcome, error) {
	select {
	case g.entered <- struct{}{}:
	default:
	}
	<-g.opened
	n := 0
	for _, b := range batches {
		n += len(b.Changes)
	}
	g.sizes = append(g.sizes, n)
	return g.core.CommitAll(ctx, batches)
}

// nobody commits nothing.
type nobody struct{}

func (nobody) CommitAll(_ context.Context, batches []ingest.VillageBatch) ([]ingest.VillageOutcome, error) {
	out := make([]ingest.VillageOutcome, len(batches))
	for i, b := range batches {
		out[i].Receipts = make([]*ksv1.Receipt, len(b.Changes))
	}
	return out, nil
}

// What is stored is read and merged while everybody waits: a commit takes fewer changes
// to it than of families that it makes.
func TestACommitTakesFewerChangesToStoredFamilies(t *testing.T) {
	core, village := newCore(t)
	for name, c := range map[string]struct {
		ahead bool
		most  int
	}{"made ahead": {true, 2048 + 63}, "stored": {false, 512 + 63}} {
		synctest.Test(t, func(t *testing.T) {
			held := &gate{core: nobody{}, opened: make(chan struct{})}
			pipeline := ingest.NewPipeline(held, true)
			const senders, each = 60, 64
			var wait sync.WaitGroup
			for i := range senders {
				batch := make([]*ingest.Incoming, each)
				for n := range batch {
					batch[n] = edit(t, village, uint64(1+i*each+n), uint64(1+i*each+n))
				}
				if c.ahead {
					if err := core.Anticipate(village, batch); err != nil {
						t.Fatal(err)
					}
				}
				wait.Go(func() {
					if _, _, err := pipeline.Commit(t.Context(), village, batch); err != nil {
						t.Error(err)
					}
				})
			}
			synctest.Wait() // all but the first group are in the queue
			close(held.opened)
			wait.Wait()
			pipeline.Close()
			largest := 0
			for _, n := range held.sizes {
				largest = max(largest, n)
			}
			if largest > c.most || largest < c.most-63 {
				t.Errorf("%s: the largest commit takes %d changes, want %d to %d", name, largest, c.most-63, c.most)
			}
		})
	}
}
