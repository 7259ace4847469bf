package api

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// failingOnce does not take the trail's n-th transaction.
type failingOnce struct {
	store.Store
	n      int32
	writes atomic.Int32
}

func (f *failingOnce) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if f.writes.Add(1) == f.n {
		return store.ErrUnavailable
	}
	return f.Store.Write(ctx, fn)
}

// village commits everything; spoiled is a chunk that it fails at.
type village struct {
	ingest.Committer
	committed []uint64
	spoiled   uint64
}

var errSpoiled = errors.New("spoiled")

func (v *village) Commit(_ context.Context, _ uint32, batch []*ingest.Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	id, err := merge.IDFromBytes(batch[0].Change.GetId())
	if err != nil {
		return nil, nil, err
	}
	n := uint64(id[len(id)-1])
	if n == v.spoiled {
		return nil, nil, errSpoiled
	}
	v.committed = append(v.committed, n)
	return []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, Revision: n}}, &ksv1.VillageMark{Village: 1}, nil
}

// Whatever stage a chunk fails in: none behind it is acknowledged, what is committed is
// in the trail, and no slot stays taken.
func TestAChunkThatFailsEndsItsSession(t *testing.T) {
	t.Parallel()
	const all = 12
	for name, c := range map[string]struct {
		unreadable, spoiled uint64
		unrecorded          int32
		cancelled           bool
		acked               int  // chunks
		committed           int  // at most
		fails               bool // the next is told to have failed
	}{
		"none":                     {acked: all, committed: all},
		"the third is unreadable":  {unreadable: 3, acked: 2, committed: 2, fails: true},
		"the third is not taken":   {spoiled: 3, acked: 2, committed: 2, fails: true},
		"the third's record fails": {unrecorded: 3, acked: 2, committed: 2 + chunksAhead, fails: true},
		"the session was over":     {cancelled: true, fails: true},
	} {
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
			trail, err := audit.New(audit.Config{Store: &failingOnce{Store: s, n: c.unrecorded}, Ring: ring, Now: time.Now, Rand: rand.Reader})
			if err != nil {
				t.Fatal(err)
			}
			taken, slots := &village{spoiled: c.spoiled}, make(chan struct{}, 8)
			core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}
			backend := &session.Backend{Store: s, Vault: core.Vault, Core: core, Changes: taken, Now: time.Now, Rand: rand.Reader, Audit: trail, Slots: slots}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.cancelled {
				cancel()
			}
			chunks, acks := make(chan session.Chunk, all), make(chan committed, all)
			for n := uint64(1); n <= all; n++ {
				chunks <- session.Chunk{Number: n, Page: func() (*ksv1.UploadPage, error) {
					if n == c.unreadable {
						return nil, errSpoiled
					}
					id := merge.NewID(1, 1, n)
					return &ksv1.UploadPage{Changes: []*ksv1.Change{{Id: id[:], FamilyId: id[:], Village: 1}}}, nil
				}}
			}
			close(chunks)
			<-carryOut(ctx, session.New(backend, &access.Caller{}, nil), chunks, acks)
			close(acks)
			told := 0
			for a := range acks {
				if told++; told <= c.acked && (a.err != nil || a.ack.GetNumber() != uint64(told)) {
					t.Errorf("chunk %d: ack of %d, %v", told, a.ack.GetNumber(), a.err)
				} else if told > c.acked && a.err == nil {
					t.Errorf("chunk %d is acknowledged", told)
				}
			}
			if want := c.acked; c.fails && told != want+1 || !c.fails && told != want {
				t.Errorf("%d chunks were told of", told)
			}
			n := len(taken.committed)
			if !slices.IsSorted(taken.committed) || n > c.committed || n < c.acked {
				t.Errorf("committed %v, want %d at most", taken.committed, c.committed)
			}
			recorded := int(trail.Head().GetSequence())
			if c.unrecorded > 0 {
				recorded++
			}
			if recorded != n {
				t.Errorf("%d chunks committed, %d recorded", n, recorded)
			}
			if len(slots) > 0 {
				t.Errorf("%d slots stay taken", len(slots))
			}
		})
	}
}
