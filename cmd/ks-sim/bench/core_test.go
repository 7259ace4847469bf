package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// BenchmarkCommit commits new families of four, 100 at a time, to one village
// after another: validation, merge, sealing, values, tallies and history, but
// no network.
func BenchmarkCommit(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "server.db"), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		benchmarkCommit(b, s)
	})
	b.Run("PostgreSQL", func(b *testing.B) {
		s, err := postgres.Open(b.Context(), pgtest.ForTest(b).NewDatabase(b))
		if err != nil {
			b.Fatal(err)
		}
		benchmarkCommit(b, s)
	})
}

const (
	benchVillages = 25
	batchChanges  = 100
)

func benchmarkCommit(b *testing.B, s store.Store) {
	ctx := b.Context()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	if err := server.InitStore(ctx, s, rand.Reader); err != nil {
		b.Fatal(err)
	}
	numbers := addVillages(b, s)
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now, Identified: &ingest.Identified{}}
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	now := time.Now()
	var batches [][]*ksv1.Change
	authors := make([]*author, len(numbers))
	for i, n := range numbers {
		authors[i] = newAuthor(1, 1, uint32(i+1), n, "001/001")
	}
	for i := 0; i < b.N; i++ {
		var batch []*ksv1.Change
		for range batchChanges {
			c, err := authors[i%len(authors)].change(uint64(now.UnixMilli()))
			if err != nil {
				b.Fatal(err)
			}
			batch = append(batch, c)
		}
		batches = append(batches, batch)
	}
	before, err := cpuSeconds(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i, batch := range batches {
		in := make([]*ingest.Incoming, len(batch))
		for j, c := range batch {
			in[j] = ingest.Prepare(c, sender, now.UnixMilli())
		}
		if err := core.Anticipate(numbers[i%len(numbers)], in); err != nil {
			b.Fatal(err)
		}
		receipts, _, err := core.Commit(ctx, numbers[i%len(numbers)], in)
		if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			b.Fatal(receipts, err)
		}
	}
	b.StopTimer()
	after, err := cpuSeconds(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N*batchChanges)/b.Elapsed().Seconds(), "families/s")
	b.ReportMetric((after-before)*1e6/float64(b.N*batchChanges), "cpu-µs/family")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func addVillages(b *testing.B, s store.Store) []uint32 {
	b.Helper()
	areas := []store.Area{{Code: "32", Name: "p"}, {Code: "32.04", Name: "k"}, {Code: "32.04.05", Name: "c"}}
	for i := range benchVillages {
		areas = append(areas, store.Area{Code: fmt.Sprintf("32.04.05.2%03d", i+1), Name: "v"})
	}
	var numbers []uint32
	err := s.Write(b.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		list, err := tx.Snapshot().VillagesUnder(ctx, "32.04.05")
		for _, v := range list {
			numbers = append(numbers, v.Number)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return numbers
}
