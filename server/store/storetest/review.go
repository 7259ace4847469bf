package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// reviewed commits three families to a village: 1 and 2 wait, 3 is returned, with
// two batches and two verdicts.
func reviewed(t *testing.T, s store.Store, village uint32) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			c := commitOf(v, 1001, 1, 2, 3)
			for i, state := range []int{1, 4, 3} {
				f := &c.Families[i]
				f.ReviewState, f.ReviewAuthor, f.ReviewSinceMS = state, uint32(7+i), int64(300-100*i)
				f.Review, f.ApprovedPayload = []byte("r"), []byte("a")
			}
			c.Families[2].JudgedPayload = []byte("j")
			c.Batches = []store.Batch{
				{ID: id(60), Village: village, Author: 7, State: 2, ReceivedAtMS: 10, Salt: [16]byte{1}, Payload: []byte("one")},
				{ID: id(61), Village: village, Author: 8, State: 2, ReceivedAtMS: 20, Payload: []byte("two")},
			}
			c.Verdicts = []store.Verdict{
				{ID: id(70), Family: id(3), Author: 9, Outcome: 1, DecidedAtMS: 5, Revision: 2, Payload: []byte("v1")},
				{ID: id(71), Family: id(3), Author: 9, Outcome: 2, DecidedAtMS: 6, Revision: 3, Payload: []byte("v2")},
			}
			return v.Apply(ctx, c)
		})
	})
}

func testReview(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	reviewed(t, s, v)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		queue := func(q store.ReviewQuery) string {
			q.Villages = []uint32{v}
			if q.Limit == 0 {
				q.Limit = 10
			}
			rows, err := snap.ListReview(ctx, q)
			if err != nil {
				t.Error(err)
			}
			var out []uint64
			for _, f := range rows {
				_, _, n, _ := f.ID.Source()
				out = append(out, n)
			}
			return fmt.Sprint(out)
		}
		for _, c := range []struct {
			query store.ReviewQuery
			want  string
		}{
			{store.ReviewQuery{}, "[2 1]"}, // longest waiting first
			{store.ReviewQuery{Limit: 1}, "[2]"},
			{store.ReviewQuery{AfterMS: 200, AfterID: id(2)}, "[1]"},
			{store.ReviewQuery{Author: 8}, "[2]"},
			{store.ReviewQuery{BeforeMS: 300}, "[2]"},
			{store.ReviewQuery{From: 1002, To: 1002}, "[]"},
			{store.ReviewQuery{From: 1001, To: 1001}, "[2 1]"},
			{store.ReviewQuery{Returned: true}, "[3]"},
		} {
			if got := queue(c.query); got != c.want {
				t.Errorf("%+v: %s, want %s", c.query, got, c.want)
			}
		}
		for _, c := range []struct {
			after  uint64
			places []area.Place
			want   int
		}{{0, nil, 1}, {0, []area.Place{1001}, 1}, {0, []area.Place{1002}, 0}, {0, []area.Place{}, 0}, {3, nil, 0}} {
			if rows, err := snap.ReturnedSince(ctx, v, c.after, c.places, 10); err != nil || len(rows) != c.want || c.want == 1 && rows[0].ID != id(3) {
				t.Errorf("returned past %d in %v: %+v, %v", c.after, c.places, rows, err)
			}
		}
		f, err := snap.FindFamily(ctx, []uint32{v}, id(3))
		if err != nil || !bytes.Equal(f.JudgedPayload, []byte("j")) || f.ReviewAuthor != 9 || f.ReviewSinceMS != 100 {
			t.Errorf("family %+v, %v", f, err)
		}
		if f, err = snap.FindFamily(ctx, []uint32{v}, id(1)); err != nil || f.JudgedPayload != nil {
			t.Errorf("judged payload of one never judged: %q, %v", f.JudgedPayload, err)
		}
		verdicts, err := snap.Verdicts(ctx, v, id(3), 0, 10)
		if err != nil || len(verdicts) != 2 || verdicts[0].ID != id(71) || verdicts[0].Outcome != 2 || string(verdicts[1].Payload) != "v1" {
			t.Errorf("verdicts %+v, %v", verdicts, err)
		}
		if verdicts, err = snap.Verdicts(ctx, v, id(3), 3, 10); err != nil || len(verdicts) != 1 {
			t.Errorf("verdicts before revision 3: %+v, %v", verdicts, err)
		}
		return testBatches(ctx, t, snap, v)
	})
	testReviewInVillage(t, s, v)
}

func testBatches(ctx context.Context, t *testing.T, snap store.Snapshot, v uint32) error {
	t.Helper()
	list := func(q store.BatchQuery) []store.Batch {
		q.Villages, q.Limit = []uint32{v}, 10
		rows, err := snap.ListBatches(ctx, q)
		if err != nil {
			t.Error(err)
		}
		return rows
	}
	if got := list(store.BatchQuery{}); len(got) != 2 || got[0].ID != id(61) {
		t.Errorf("batches %+v, want the newest first", got)
	}
	if got := list(store.BatchQuery{BeforeMS: 20, BeforeID: id(61)}); len(got) != 1 || got[0].ID != id(60) {
		t.Errorf("next page %+v", got)
	}
	if got := list(store.BatchQuery{Author: 7}); len(got) != 1 || got[0].Author != 7 {
		t.Errorf("batches of an author %+v", got)
	}
	if got := list(store.BatchQuery{State: 4}); len(got) != 0 {
		t.Errorf("batches of a state that none is in %+v", got)
	}
	b, err := snap.FindBatch(ctx, []uint32{v}, id(60))
	if err != nil || string(b.Payload) != "one" || b.Salt != [16]byte{1} {
		t.Errorf("batch %+v, %v", b, err)
	}
	if _, err := snap.FindBatch(ctx, []uint32{v + 1}, id(60)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("batch of another village: %v", err)
	}
	return nil
}

// testReviewInVillage: a batch is written again with another state, and who wrote
// to a family is told with the last revision.
func testReviewInVillage(t *testing.T, s store.Store, number uint32) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, number, func(v store.VillageTx) error {
			batches, err := v.Batches(ctx, []merge.ID{id(60), id(99)})
			if err != nil || len(batches) != 1 {
				t.Errorf("batches %+v, %v", batches, err)
				return err
			}
			c := commitOf(v, 1001, 1)
			c.Entries[0].Change = id(210)
			batches[0].State, batches[0].Payload = 4, []byte("done")
			c.Batches = batches
			c.Awaited = []store.Awaited{{Family: id(2), Batch: id(61)}, {Family: id(1), Batch: id(60)}, {Family: id(1), Batch: id(61)}}
			c.Village.Awaited = 3
			if err := v.Apply(ctx, c); err != nil {
				return err
			}
			authors, err := v.Authors(ctx, []merge.ID{id(1), id(2)})
			want := []store.Authorship{{Family: id(1), Author: 7, Revision: 4}, {Family: id(2), Author: 7, Revision: 2}}
			if err != nil || len(authors) != 2 || authors[0] != want[0] || authors[1] != want[1] {
				t.Errorf("authors %+v, %v", authors, err)
			}
			return err
		})
	})
	testAwaited(t, s, number)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		b, err := snap.FindBatch(ctx, []uint32{number}, id(60))
		if err != nil || b.State != 4 || string(b.Payload) != "done" || b.Author != 7 {
			t.Errorf("batch written again %+v, %v", b, err)
		}
		return err
	})
}

// testAwaited: families that batches wait for are told in order, counted, and gone once they
// have arrived.
func testAwaited(t *testing.T, s store.Store, number uint32) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, number, func(v store.VillageTx) error {
			if n := v.Village().Awaited; n != 3 {
				t.Errorf("%d families are awaited, want 3", n)
			}
			c := commitOf(v, 1001, 1)
			c.Entries[0].Change = id(211)
			c.Arrived = []store.Awaited{{Family: id(1), Batch: id(60)}}
			if err := v.Apply(ctx, c); err != nil {
				return err
			}
			awaited, err := v.Awaited(ctx, []merge.ID{id(2), id(1), id(3)})
			want := []store.Awaited{{Family: id(1), Batch: id(61)}, {Family: id(2), Batch: id(61)}}
			if err != nil || !slices.Equal(awaited, want) {
				t.Errorf("awaited %v, %v; want %v", awaited, err, want)
			}
			return err
		})
	})
}
