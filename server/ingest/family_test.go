package ingest_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// newCore makes a core on a store with one village, and gives its number.
func newCore(t *testing.T) (*ingest.Core, uint32) {
	t.Helper()
	ctx := t.Context()
	s, err := fresh.SQLite(ctx, t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var number uint32
	err = server.InitStore(ctx, s, rand.Reader)
	if err == nil {
		err = s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			if err := tx.Directory().PutAreas(ctx, []store.Area{
				{Code: "32", Name: "p"}, {Code: "32.04", Name: "k"}, {Code: "32.04.05", Name: "c"}, {Code: "32.04.05.2001", Name: "d"},
			}); err != nil {
				return err
			}
			list, err := tx.Snapshot().VillagesUnder(ctx, "32.04.05")
			if err == nil {
				number = list[0].Number
			}
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}, number
}

// A surveyor of one RT makes a family and edits it before the next sync: the
// second change says nothing of the RT, and is judged by what the first one said.
func TestChangesToAFamilyOfTheSameBatchAreJudgedByItsPlace(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	home, err := area.ParsePlace("003/007")
	if err != nil {
		t.Fatal(err)
	}
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(_ uint32, p area.Place) bool { return p == home }}
	state := merge.State{Family: merge.NewID(1, 1, 1)}
	clock := merge.Clock{Device: 1, Incarnation: 1}
	var batch []*ingest.Incoming
	for i, f := range []*ksv1.Family{
		{Place: proto.String("003/007"), HeadName: proto.String("Budi")}, {HeadName: proto.String("Budiman")}, {Address: proto.String("Jl. Melati")},
	} {
		c, _, err := merge.NewChange(&state, clock.Next(uint64(time.Now().UnixMilli())), []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: f}})
		if err != nil {
			t.Fatal(err)
		}
		id := merge.NewID(1, 1, uint64(10+i))
		c.Id, c.Village, c.Author = id[:], village, 1
		delta, err := merge.FromChange(c)
		if err != nil {
			t.Fatal(err)
		}
		state = merge.Join(state, delta)
		batch = append(batch, ingest.Prepare(c, sender, time.Now().UnixMilli()))
	}
	if err := core.Anticipate(village, batch); err != nil {
		t.Fatal(err)
	}
	receipts, _, err := core.Commit(t.Context(), village, batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range receipts {
		if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			t.Errorf("change %d: %s %s", i, r.GetStatus(), r.GetReason())
		}
	}
	err = core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{village}, state.Family)
		if err != nil {
			return err
		}
		_, canonical, err := core.Vault.OpenCanonical(&row)
		if err == nil && (string(canonical) != string(state.Encode(nil)) || row.Place != home || row.Revision != 3) {
			t.Errorf("stored %x at %s, revision %d; want %x", canonical, row.Place, row.Revision, state.Encode(nil))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
