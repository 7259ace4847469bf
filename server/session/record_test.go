package session

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// leaving commits what is brought of a village, while whose work it is goes away; of the
// village that fails it takes nothing.
type leaving struct {
	ingest.Committer
	leave func()
	fails uint32
}

func (l leaving) Commit(ctx context.Context, village uint32, batch []*ingest.Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	l.leave()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if village == l.fails {
		return nil, nil, store.ErrUnavailable
	}
	receipts := make([]*ksv1.Receipt, len(batch))
	for i := range receipts {
		receipts[i] = &ksv1.Receipt{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, Revision: 1}
	}
	return receipts, &ksv1.VillageMark{Village: village}, nil
}

// A device that goes away while its chunk waits, or of which one village's work can't be
// committed, leaves nothing in a history that is not in the trail.
func TestWhatIsCommittedIsRecordedWhoeverHasGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails     uint32
		committed uint64
	}{"the device goes": {committed: 2}, "the device goes, the second village fails": {fails: 2, committed: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			ring, err := record.NewRing(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			trail, err := audit.New(audit.Config{Store: s, Ring: ring, Now: time.Now, Rand: rand.Reader})
			if err != nil {
				t.Fatal(err)
			}
			ctx, leave := context.WithCancel(t.Context())
			session := &Session{
				backend: &Backend{Now: time.Now, Audit: trail, Changes: leaving{leave: leave, fails: c.fails}},
				caller:  &access.Caller{}, sender: &ingest.Sender{},
			}
			var page ksv1.UploadPage
			p := &prepared{page: &page}
			for i, village := range []uint32{1, 2} {
				page.Changes = append(page.Changes, &ksv1.Change{Village: village})
				p.runs = append(p.runs, ingest.Run{Village: village, Batch: []*ingest.Incoming{{}}, Positions: []int{i}})
			}
			done, err := session.CommitPrepared(ctx, &PreparedChunk{page: p, leave: func() {}})
			if err == nil {
				_, err = session.RecordChunk(ctx, done)
			}
			if (err != nil) != (c.fails > 0) {
				t.Error(err)
			}
			if n := trail.Head().GetSequence(); n != c.committed {
				t.Errorf("%d entries, want %d, one a village", n, c.committed)
			}
		})
	}
}
