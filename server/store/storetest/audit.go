package storetest

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func auditEntry(chain, sequence uint64, timeMS int64, subjects ...string) store.AuditEntry {
	return store.AuditEntry{
		Chain: chain, Sequence: sequence, TimeMS: timeMS, Kind: int32(sequence%2) + 1, Account: uint32(sequence), District: "32.04", Puskesmas: "P1",
		Subjects: subjects, Body: []byte{byte(sequence)}, Hash: [32]byte{byte(chain), byte(sequence)},
	}
}

func testAudit(t *testing.T, s store.Store) {
	const high = math.MaxUint64 - 1 // a chain's number takes all its bits
	first := []store.AuditEntry{auditEntry(high, 1, 100, "area:32", "family:a"), auditEntry(high, 2, 100), auditEntry(high, 3, 300, "family:a")}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Directory().AppendAudit(ctx, first), tx.Directory().AppendAudit(ctx, []store.AuditEntry{auditEntry(7, 1, 200, "family:b")}))
	})
	twice := func(ctx context.Context, tx store.Tx) error { return tx.Directory().AppendAudit(ctx, first[2:]) }
	if err := s.Write(t.Context(), twice); !errors.Is(err, store.ErrExists) {
		t.Errorf("a sequence again: %v", err)
	}
	found := func(q store.AuditQuery) (sequences []uint64) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			if q.Limit == 0 {
				q.Limit = 10
			}
			list, err := snap.SearchAudit(ctx, q)
			for _, e := range list {
				sequences = append(sequences, e.Chain&1*10+e.Sequence)
			}
			return err
		})
		return sequences
	}
	for name, c := range map[string]struct {
		query store.AuditQuery
		want  []uint64
	}{
		"all, newest first":    {store.AuditQuery{}, []uint64{3, 11, 2, 1}},
		"of an account":        {store.AuditQuery{Account: 1}, []uint64{11, 1}},
		"of a kind":            {store.AuditQuery{Kind: 1}, []uint64{2}},
		"of a district":        {store.AuditQuery{Districts: []store.DatedCode{{Code: "32.04"}}, Limit: 2}, []uint64{3, 11}},
		"of another":           {store.AuditQuery{Districts: []store.DatedCode{{Code: "32.05"}}}, nil},
		"of another Puskesmas": {store.AuditQuery{Puskesmas: "P2"}, nil},
		"of a time":            {store.AuditQuery{FromMS: 100, ToMS: 200}, []uint64{2, 1}},
		"about a family":       {store.AuditQuery{Subjects: []string{"family:a", "area:32"}, Puskesmas: "P1"}, []uint64{3, 1}},
		"about nothing":        {store.AuditQuery{Subjects: []string{}}, nil},
		"after one":            {store.AuditQuery{Before: &first[1]}, []uint64{1}},
	} {
		if got := found(c.query); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	testCheckpoints(t, s, high, first)
}

func testCheckpoints(t *testing.T, s store.Store, high uint64, first []store.AuditEntry) {
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		if _, err := snap.LastAuditCheckpoint(ctx); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a checkpoint before any: %v", err)
		}
		entries, err := snap.AuditEntries(ctx, high, 1, 10)
		if err != nil || !reflect.DeepEqual(entries, first[1:]) {
			t.Errorf("entries %+v, %v", entries, err)
		}
		if n, err := snap.CountStrayAudit(ctx, []uint64{high, 7}); err != nil || n != 0 {
			t.Errorf("%d strays, %v", n, err)
		}
		n, err := snap.CountStrayAudit(ctx, []uint64{7})
		if n != 3 {
			t.Errorf("%d strays of an unknown chain", n)
		}
		return err
	})
	c := store.AuditCheckpoint{Number: 1, Body: []byte("body"), Signature: []byte("signature")}
	put := func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAuditCheckpoint(ctx, c, []store.AuditChain{{Chain: high, Sequence: 3}})
	}
	write(t, s, put)
	if err := s.Write(t.Context(), put); !errors.Is(err, store.ErrExists) {
		t.Errorf("a checkpoint again: %v", err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		grown, err := snap.AuditChains(ctx, true)
		if err != nil || len(grown) != 1 || grown[0].Chain != 7 || grown[0].Sequence != 1 {
			t.Errorf("grown %+v, %v", grown, err)
		}
		all, err := snap.AuditChains(ctx, false)
		if err != nil || len(all) != 2 {
			t.Errorf("chains %+v, %v", all, err)
		}
		one, err := snap.AuditChain(ctx, high)
		if err != nil || one != (store.AuditChain{Chain: high, Sequence: 3, Hash: first[2].Hash, Checkpointed: 3}) {
			t.Errorf("chain %+v, %v", one, err)
		}
		if _, err := snap.AuditChain(ctx, 9); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown chain: %v", err)
		}
		list, err := snap.AuditCheckpoints(ctx, 0, 10)
		if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], c) {
			t.Errorf("checkpoints %+v, %v", list, err)
		}
		last, err := snap.LastAuditCheckpoint(ctx)
		if !reflect.DeepEqual(last, c) {
			t.Errorf("last %+v", last)
		}
		return err
	})
}
