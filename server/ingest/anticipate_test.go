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

// So many changes of one family that they would hold up who waits to be prepared are left to
// the commit, which takes them all the same.
func TestManyChangesOfOneFamilyAreLeftToTheCommit(t *testing.T) {
	t.Parallel()
	for _, n := range []int{ingest.AnticipatedMax, ingest.AnticipatedMax + 1} {
		core, village := newCore(t)
		now := time.Now().UnixMilli()
		l := &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 100_000)}},
		}
		batch := []*ingest.Incoming{ingest.Prepare(l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}), collector, now)}
		for len(batch) < n {
			batch = append(batch, ingest.Prepare(l.save(t, &ksv1.Family{HeadName: proto.String(fmt.Sprintf("Siti %d", len(batch)))}), collector, now))
		}
		if err := core.Anticipate(village, batch); err != nil {
			t.Fatal(err)
		}
		if got, want := batch[0].Anticipated(), n <= ingest.AnticipatedMax; got != want {
			t.Errorf("%d changes are computed ahead: %t", n, got)
		}
		receipts, _, err := core.Commit(t.Context(), village, batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range receipts {
			if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
				t.Fatalf("change %d of %d: %v", i, n, r)
			}
		}
	}
}
