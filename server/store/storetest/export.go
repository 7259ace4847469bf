package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

func testExports(t *testing.T, s store.Store) {
	older := store.Export{Account: 7, ID: merge.ID{1}, State: 1, FileName: "a.csv", BeganMS: 1000, UpdatedMS: 1000}
	newer := store.Export{Account: 7, ID: merge.ID{2}, State: 1, FileName: "b.xlsx", BeganMS: 2000, UpdatedMS: 2000}
	others := store.Export{Account: 8, ID: merge.ID{3}, State: 1, FileName: "c.csv", BeganMS: 3000, UpdatedMS: 3000}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.PutExport(ctx, older), d.PutExport(ctx, newer), d.PutExport(ctx, others))
	})
	newer.State, newer.Rows, newer.Families, newer.LeftOut, newer.UpdatedMS = 2, 1<<40, 12, 3, 2500
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutExport(ctx, newer) })
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.ListExports(ctx, 7, 10)
		if err != nil || len(list) != 2 || list[0] != newer || list[1] != older {
			t.Errorf("list: %+v, %v", list, err)
		}
		if list, err := snap.ListExports(ctx, 7, 1); err != nil || len(list) != 1 {
			t.Errorf("bounded list: %+v, %v", list, err)
		}
		if got, err := snap.FindExport(ctx, 7, merge.ID{2}); err != nil || got != newer {
			t.Errorf("find: %+v, %v", got, err)
		}
		if _, err := snap.FindExport(ctx, 7, merge.ID{3}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another account's export: %v", err)
		}
		return nil
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.Directory().ForgetExports(ctx, 2000) })
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		if list, err := snap.ListExports(ctx, 7, 10); err != nil || len(list) != 1 {
			t.Errorf("after forgetting: %+v, %v", list, err)
		}
		return nil
	})
}

func testFeedTokens(t *testing.T, s store.Store) {
	token := store.FeedToken{
		Account: 7, Hash: []byte{1, 2, 3}, Name: "Excel kantor", Area: "32.04", CreatedMS: 1000, ExpiresMS: 9000,
	}
	later := store.FeedToken{Account: 7, Hash: []byte{4}, CreatedMS: 2000, ExpiresMS: 5000}
	write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
		if token.Number, err = tx.Directory().AddFeedToken(ctx, token); err != nil {
			return err
		}
		later.Number, err = tx.Directory().AddFeedToken(ctx, later)
		return err
	})
	if token.Number == 0 || later.Number <= token.Number {
		t.Fatalf("numbers %d, %d", token.Number, later.Number)
	}
	find := func(want int64, used int64) {
		t.Helper()
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			got, err := snap.FindFeedToken(ctx, token.Hash)
			if err != nil || got.Number != token.Number || got.Account != 7 || got.Area != "32.04" ||
				got.Name != token.Name || got.RevokedMS != want || got.UsedMS != used {
				t.Errorf("%+v, %v", got, err)
			}
			return nil
		})
	}
	find(0, 0)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().RevokeFeedToken(ctx, 8, token.Number, 3000); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revoked by another account: %v", err)
		}
		d := tx.Directory()
		return errors.Join(d.NoteFeedUse(ctx, token.Number, 2500), d.RevokeFeedToken(ctx, 7, token.Number, 3000),
			d.RevokeFeedToken(ctx, 7, token.Number, 4000))
	})
	find(3000, 2500)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		if _, err := snap.FindFeedToken(ctx, []byte{5}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown hash: %v", err)
		}
		all, err := snap.FeedTokensOf(ctx, 7, 0)
		if err != nil || len(all) != 2 || all[0].Number != later.Number {
			t.Errorf("list: %+v, %v", all, err)
		}
		if left, err := snap.FeedTokensOf(ctx, 7, 5000); err != nil || len(left) != 1 {
			t.Errorf("those that end later: %+v, %v", left, err)
		}
		return nil
	})
}

func testFeedTokensEndWithTheirAccount(t *testing.T, s store.Store) {
	var mine []uint32
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		mine = nil
		for i, token := range []store.FeedToken{
			{Account: 7, ExpiresMS: 9000}, {Account: 7, ExpiresMS: 9000, RevokedMS: 500}, {Account: 8, ExpiresMS: 9000}, {Account: 7, ExpiresMS: 2000},
			{Account: 7, ExpiresMS: 8000},
		} {
			token.Hash = []byte{byte(i)}
			number, err := tx.Directory().AddFeedToken(ctx, token)
			if err != nil {
				return err
			}
			mine = append(mine, number)
		}
		return nil
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		ended, err := tx.Directory().RevokeFeedTokens(ctx, 7, 3000)
		if want := []uint32{mine[0], mine[4]}; err != nil || !slices.Equal(ended, want) {
			t.Errorf("ended %v, %v, want %v", ended, err, want)
		}
		return err
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for i, want := range []int64{3000, 500, 0, 0, 3000} {
			if got, err := snap.FindFeedToken(ctx, []byte{byte(i)}); err != nil || got.RevokedMS != want {
				t.Errorf("token %d: revoked at %d, %v, want %d", i, got.RevokedMS, err, want)
			}
		}
		return nil
	})
}
