package ingest_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// A family whose changes go through so many records that they would hold up who waits to be
// prepared is left to the commit, which takes them all the same.
func TestManyChangesOfOneFamilyAreLeftToTheCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		changes, members int // of each
		ahead            bool
	}{{1000, 0, true}, {300, 1, true}, {330, 1, false}, {30, 100, true}, {40, 100, false}} {
		core, village := newCore(t)
		now := time.Now().UnixMilli()
		l := &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 100_000)}},
		}
		batch := []*ingest.Incoming{ingest.Prepare(l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}), collector, now)}
		for len(batch) < c.changes {
			edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String(fmt.Sprintf("Siti %d", len(batch)))}}}
			for range c.members {
				l.next++
				edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(1, 1, l.next)}, Set: &ksv1.Member{Name: proto.String("A")}})
			}
			batch = append(batch, ingest.Prepare(l.edit(t, edits...), collector, now))
		}
		if err := core.Anticipate(village, batch); err != nil {
			t.Fatal(err)
		}
		if got := batch[0].Anticipated(); got != c.ahead {
			t.Errorf("%d changes of %d members are computed ahead: %t", c.changes, c.members, got)
		}
		receipts, _, err := core.Commit(t.Context(), village, batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range receipts {
			if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
				t.Fatalf("change %d of %d: %v", i, c.changes, r)
			}
		}
	}
}
