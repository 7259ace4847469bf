package storetest

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Families of which a transaction knows that they are new are written another way, once.
func testNewFamilies(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1)
	var want []store.Family
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			there, err := x.Families(ctx, []merge.ID{id(1), id(2), id(3)})
			if err != nil || len(there) != 1 || there[0].ID != id(1) {
				t.Errorf("of three families %+v are there, %v", there, err)
			}
			c := commitOf(x, 1002, 1, 2, 3)
			c.Entries = nil
			of := &c.Families[2] // new, and judged already, as one that was split from another
			of.Review, of.ApprovedPayload, of.JudgedPayload, of.ReviewState, of.Verified = []byte{7}, []byte{8}, []byte{9}, 2, 5
			of.ReviewAuthor, of.ReviewSinceMS, of.Doubles = 11, 12, 1
			if err := x.Apply(ctx, c); err != nil {
				return err
			}
			c = commitOf(x, 1003, 2)
			c.Entries, want = nil, append(append(want[:0], c.Families...), *of)
			return x.Apply(ctx, c)
		})
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for _, w := range want {
			f, err := snap.FindFamily(ctx, []uint32{v}, w.ID)
			if err != nil || !reflect.DeepEqual(f, w) {
				t.Errorf("family %+v, %v; want %+v", f, err, w)
			}
		}
		return nil
	})
}

func testRoundTrip(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1, 2)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			c := commitOf(x, 1002, 1)
			c.Entries[0].Change = id(200)
			c.Departures = []store.Departure{{Revision: c.Village.Revision, Family: id(1), Left: 1001, Entered: 1002}}
			var tally iks.Tally
			tally.Add(iks.Pack(iks.Values{}, iks.Values{}))
			c.Places = []store.Place{{Place: 1002, Digest: merge.Digest{1, 2}, Families: 1, Provisional: tally}}
			c.Village.Provisional, c.Day = tally, 20260517
			c.Quarantine = []store.Quarantine{{Change: id(50), Village: v, Family: id(51), Reason: "OUT_OF_SCOPE", ReceivedAtMS: 5, Payload: []byte("x"), ContentHash: []byte{3, 0, 255}}}
			return x.Apply(ctx, c)
		})
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, v)
		if err != nil || row.Revision != 3 || row.Name != "Cileunyi Kulon" || row.Provisional.IsZero() {
			t.Errorf("village %+v, %v", row, err)
		}
		hash, ok, err := snap.HashAt(ctx, v, 3)
		if err != nil || !ok || hash != row.Hash {
			t.Errorf("hash at 3: %v, %v", ok, err)
		}
		if _, ok, err := snap.HashAt(ctx, v, 4); ok || err != nil {
			t.Errorf("hash at 4: %v, %v", ok, err)
		}
		f, err := snap.FindFamily(ctx, []uint32{v}, id(1))
		if err != nil || f.Place != 1002 || f.Revision != 3 || !bytes.Equal(f.Payload, []byte{1, 0, 255}) || f.Findings != 1<<62 {
			t.Errorf("family %+v, %v", f, err)
		}
		history, err := snap.History(ctx, v, id(1), 0, 10)
		if err != nil || len(history) != 2 || history[0].Revision != 3 || history[1].Stamp.Device != math.MaxUint32 {
			t.Errorf("history %+v, %v", history, err)
		}
		gone, err := snap.DeparturesSince(ctx, v, 0, 3)
		if err != nil || len(gone) != 1 || gone[0].Left != 1001 {
			t.Errorf("departures %+v, %v", gone, err)
		}
		places, err := snap.PlacesOf(ctx, v)
		if err != nil || len(places) != 1 || places[0].Digest != (merge.Digest{1, 2}) || places[0].Provisional != row.Provisional {
			t.Errorf("places %+v, %v", places, err)
		}
		q, err := snap.FindQuarantine(ctx, id(50))
		if err != nil || q.Reason != "OUT_OF_SCOPE" || !bytes.Equal(q.ContentHash, []byte{3, 0, 255}) {
			t.Errorf("quarantine %+v, %v", q, err)
		}
		for device, want := range map[uint32]int{q.Device: 1, q.Device + 1: 0} {
			if n, err := snap.CountQuarantined(ctx, device, 5); err != nil || n != want {
				t.Errorf("of device %d wait %d, want %d: %v", device, n, want, err)
			}
		}
		return nil
	})
}

func testChangeOnce(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1, 1)
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error { return x.Apply(ctx, commitOf(x, 1, 1)) })
	})
	if !errors.Is(err, store.ErrExists) {
		t.Fatalf("the same change again: %v", err)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			known, err := x.Committed(ctx, []merge.ID{id(101), id(99)})
			if err != nil || len(known) != 1 || known[0].Revision != 1 || known[0].Stamp.TimeMS != 1<<41 {
				t.Errorf("committed %+v, %v", known, err)
			}
			return err
		})
	})
	testChangeOnceAnywhere(t, s, v)
}

// testChangeOnceAnywhere: another village knows the id, and can't use it.
func testChangeOnceAnywhere(t *testing.T, s store.Store, first uint32) {
	other := number(t, s, codeB)
	held := func(village uint32) []store.Quarantine {
		return []store.Quarantine{{Change: id(50), Village: village, Family: id(51), Reason: "OUT_OF_SCOPE", Payload: []byte("x"), ContentHash: []byte{3, 0, 255}}}
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, first, func(x store.VillageTx) error {
			c := commitOf(x, 2, 2)
			c.Quarantine = held(first)
			return x.Apply(ctx, c)
		})
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, other, func(x store.VillageTx) error {
			known, err := x.Committed(ctx, []merge.ID{id(101)})
			if err != nil || len(known) != 1 || known[0].Village != first {
				t.Errorf("committed elsewhere: %+v, %v", known, err)
			}
			q, err := x.Quarantined(ctx, []merge.ID{id(50)}, []merge.ID{id(51)})
			if err != nil || len(q) != 1 || q[0].Village != first || !bytes.Equal(q[0].ContentHash, []byte{3, 0, 255}) {
				t.Errorf("quarantined elsewhere: %+v, %v", q, err)
			}
			q, err = x.Quarantined(ctx, []merge.ID{id(52)}, []merge.ID{id(51)})
			if err != nil || len(q) != 0 {
				t.Errorf("another village's family: %+v, %v", q, err)
			}
			return err
		})
	})
	for name, spoil := range map[string]func(*store.Commit){
		"committed":  func(c *store.Commit) {},
		"quarantine": func(c *store.Commit) { c.Entries, c.Quarantine = nil, held(other) },
	} {
		err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, other, func(x store.VillageTx) error {
				c := commitOf(x, 1, 1)
				spoil(c)
				return x.Apply(ctx, c)
			})
		})
		if err == nil {
			t.Errorf("%s: an id of another village was taken", name)
		}
	}
}

// A commit that failed on its last row leaves none of those before.
func testFailureMidway(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1)
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error { return x.Apply(ctx, commitOf(x, 2, 4, 5, 1)) })
	})
	if !errors.Is(err, store.ErrExists) {
		t.Fatalf("a change again: %v", err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		village, err1 := snap.Village(ctx, v)
		list, err2 := snap.FamiliesByID(ctx, v, nil, merge.ID{}, 10)
		if village.Revision != 1 || len(list) != 1 {
			t.Errorf("revision %d and %d families", village.Revision, len(list))
		}
		return errors.Join(err1, err2)
	})
}

func testUnknownVillage(t *testing.T, s store.Store) {
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, 4711, func(store.VillageTx) error { return nil })
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
}

func testPrecision(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	const high = math.MaxInt64 - 5
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			c := commitOf(x, 999999, 1)
			c.Village.Revision, c.Families[0].Revision, c.Entries[0].Revision = high, high, high
			c.Families[0].Findings = math.MaxUint64
			return x.Apply(ctx, c)
		})
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		f, err := snap.FindFamily(ctx, []uint32{v}, id(1))
		if err != nil || f.Revision != high || f.Findings != math.MaxUint64 || f.Place != 999999 {
			t.Errorf("%+v, %v", f, err)
		}
		return nil
	})
}

func testEmptyAndAbsent(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1, 1)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		f, err := snap.FindFamily(ctx, []uint32{v}, id(1))
		if err != nil || f.Review != nil || f.ApprovedPayload != nil {
			t.Errorf("absent payloads came back as something: %+v, %v", f, err)
		}
		if _, err := snap.FindFamily(ctx, nil, id(1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("in no village: %v", err)
		}
		if text, err := snap.Meta(ctx, "none"); err != nil || text != "" {
			t.Errorf("meta %q, %v", text, err)
		}
		return nil
	})
}
