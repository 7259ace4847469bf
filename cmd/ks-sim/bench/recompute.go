package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// recomputeFamilies are stored; the figure is for a million.
const (
	recomputeFamilies = 50_000
	million           = 1_000_000
	commitChanges     = 500
)

// recompute measures how long a server takes to derive every family's values
// from its answers again, and where the time goes. One village at a time, on
// one core; a country's villages can be shared out.
func (r *run) recompute(ctx context.Context, dir string) (err error) {
	core, villages, err := stock(ctx, filepath.Join(dir, "server.db"), sqlite.Options{}, recomputeFamilies)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Store.Close()) }()
	begin, families := time.Now(), 0
	for _, v := range villages {
		done, err := core.Recompute(ctx, v)
		if err != nil {
			return err
		}
		if done.Altered > 0 || done.Sums {
			return fmt.Errorf("village %d: %d families differ from what the commits computed", v, done.Altered)
		}
		families += done.Families
	}
	took := time.Since(begin).Seconds()
	if families != recomputeFamilies {
		return fmt.Errorf("%d families were recomputed", families)
	}
	parts, err := recomputeParts(ctx, core, villages)
	if err != nil {
		return err
	}
	return r.report.add(Figure{Name: "recompute", Value: took / recomputeFamilies * million, Unit: "s/million",
		Note: fmt.Sprintf("from %d stored on SQLite, one core: %s", recomputeFamilies, parts)})
}

// stock sets a store up in the file and puts so many families into it; closing its
// core's store is the caller's. It tells the villages, too.
func stock(ctx context.Context, file string, o sqlite.Options, families int) (_ *ingest.Core, villages []uint32, err error) {
	s, err := sqlite.Open(ctx, file, o)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	var c child
	if err := provision(ctx, s, ring, &c); err != nil {
		return nil, nil, err
	}
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}
	return core, c.Villages, fill(ctx, core, c.Villages, families)
}

// fill commits so many new families, shared out to the villages.
func fill(ctx context.Context, core *ingest.Core, villages []uint32, families int) error {
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	now := uint64(time.Now().UnixMilli())
	for i, v := range villages {
		a := newAuthor(1, 1, uint32(i+1), v, "001/001")
		for left := (families + i) / len(villages); left > 0; left -= commitChanges {
			in := make([]*ingest.Incoming, min(left, commitChanges))
			for j := range in {
				c, err := a.change(now)
				if err != nil {
					return err
				}
				in[j] = ingest.Prepare(c, sender, int64(now))
			}
			receipts, _, err := core.Commit(ctx, v, in)
			if err != nil {
				return err
			}
			if s := receipts[0].GetStatus(); s != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
				return fmt.Errorf("receipt %s %s", s, receipts[0].GetReason())
			}
		}
	}
	return nil
}

// recomputeParts goes through the families four times, each time a step
// further, and tells what each step adds.
func recomputeParts(ctx context.Context, core *ingest.Core, villages []uint32) (string, error) {
	var loader iks.Loader
	steps := []struct {
		name string
		do   func(row *store.Family) error
	}{
		{"read", func(*store.Family) error { return nil }},
		{"open and decode", func(row *store.Family) error {
			_, _, _, err := core.Vault.OpenFamily(row)
			return err
		}},
		{"view", func(row *store.Family) error {
			_, _, state, err := core.Vault.OpenFamily(row)
			if err == nil {
				_, err = merge.View(&state)
			}
			return err
		}},
		{"values", func(row *store.Family) error {
			_, _, state, err := core.Vault.OpenFamily(row)
			if err != nil {
				return err
			}
			h, err := merge.View(&state)
			if err == nil {
				loader.Assess(h, iks.AnyYear)
			}
			return err
		}},
	}
	text, before := "", 0.0
	for _, step := range steps {
		begin := time.Now()
		if err := eachFamily(ctx, core.Store, villages, step.do); err != nil {
			return "", err
		}
		took := time.Since(begin).Seconds()
		text += fmt.Sprintf("%s %.1f µs, ", step.name, max(took-before, 0)/recomputeFamilies*1e6)
		before = took
	}
	return text + "the rest sums and digests", nil
}

func eachFamily(ctx context.Context, s store.Store, villages []uint32, do func(*store.Family) error) error {
	return s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for _, v := range villages {
			if err := store.EachFamily(ctx, snap, v, nil, commitChanges, do); err != nil {
				return err
			}
		}
		return nil
	})
}
