// Package storetest is the conformance suite of package store: what every
// engine must do, run on each. An engine's test is one line.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Factory opens an empty store of the engine; it is closed by the test.
type Factory func(t *testing.T) store.Store

// Run runs every case.
func Run(t *testing.T, open Factory) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s store.Store)
	}{
		{"a commit is read back whole", testRoundTrip},
		{"a change id is taken once", testChangeOnce},
		{"a failed write leaves nothing", testRollback},
		{"a panic leaves nothing, and nothing locked", testPanic},
		{"a failure in a village is undone", testVillageRollback},
		{"long reads leave room for others", testLongReads},
		{"a commit that fails midway leaves nothing", testFailureMidway},
		{"an unknown village is not found", testUnknownVillage},
		{"pages follow their bounds", testPages},
		{"codes sort and match byte by byte", testCollation},
		{"numbers keep all their bits", testPrecision},
		{"empty and absent are told apart", testEmptyAndAbsent},
		{"concurrent writers leave no gap", testConcurrentWriters},
		{"a snapshot does not move", testSnapshot},
		{"a follower misses no village", testFollower},
		{"what is asked for by ids has no neighbours in it", testAmongNeighbours},
		{"a number that two of a family have is erased with the second", testIdentifierTwiceInAFamily},
		{"new codes of areas carry all along", testRecode},
		{"a cancelled context ends a call", testCancelled},
		{"identifiers are replaced by family", testIdentifiers},
		{"accounts, devices and sessions are kept", testAccounts},
		{"hand-overs are kept as first recorded", testHandovers},
		{"a user name is taken once, and the transaction goes on", testUserNames},
		{"accounts are listed by place and person", testAccountLists},
		{"sessions end but for one", testSessions},
		{"batches, the queue and verdicts are kept and listed", testReview},
		{"of a double one family is closed", testClosedDoubles},
		{"cases of doubles are kept by side", testDoubleCases},
		{"survey years are kept of families, RT and villages", testSurveyYears},
		{"daily tallies answer past days", testDaily},
		{"work is summed by account and period", testEfforts},
		{"movements are told in order, once a family and revision", testMovements},
		{"movements beyond a revision are told", testMovementsBeyond},
		{"values of families are told without the restricted", testFamilyValues},
		{"a departure is told until its family's last change", testDepartures},
		{"quarantined work on a restricted family is not shown", testQuarantineOfRestricted},
		{"days of areas are kept, replaced and forgotten", testAreaDays},
		{"registrations, their Puskesmas and files are kept", testRegistrations},
		{"registrations are listed by place, state and waiting", testRegistrationLists},
		{"nominees are kept and found by keyed hashes", testNominees},
		{"a timeline has no gap", testTimeline},
		{"look-ups are counted up to a limit", testLookUps},
		{"exports are kept for whoever made them", testExports},
		{"feed tokens are found by hash and end", testFeedTokens},
		{"feed tokens end with their account", testFeedTokensEndWithTheirAccount},
		{"what is sealed is found by its key and sealed anew", testSealed},
		{"the gate is held together or alone", testGate},
		{"the audit trail is kept, found and never changed", testAudit},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			seed(t, s)
			c.test(t, s)
		})
	}
}

const (
	codeA = "32.04.05.2001"
	codeB = "32.04.05.2002"
)

func write(t *testing.T, s store.Store, fn func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	if err := s.Write(requests(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

// requests declares that registrations are dealt with.
func requests(ctx context.Context) context.Context {
	return store.WithScope(ctx, store.Scope{RequestsEverywhere: true})
}

func read(t *testing.T, s store.Store, fn func(ctx context.Context, snap store.Snapshot) error) {
	t.Helper()
	if err := s.Read(store.AsOperator(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

func seed(t *testing.T, s store.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{
			{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Kabupaten Bandung"}, {Code: "32.04.05", Name: "Cileunyi"},
			{Code: codeA, Name: "Cileunyi Kulon"}, {Code: codeB, Name: "Cileunyi Wetan"},
		})
	})
}

func number(t *testing.T, s store.Store, code string) uint32 {
	t.Helper()
	var n uint32
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.VillagesUnder(ctx, code)
		if err == nil && len(list) == 1 {
			n = list[0].Number
		}
		return err
	})
	if n == 0 {
		t.Fatalf("no village %s", code)
	}
	return n
}

func id(n byte) merge.ID { return merge.NewID(1, 2, uint64(n)) }

// add commits n families to a village, a revision each.
func add(t *testing.T, s store.Store, village uint32, place area.Place, ids ...byte) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			c := commitOf(v, place, ids...)
			return v.Apply(ctx, c)
		})
	})
}

func commitOf(v store.VillageTx, place area.Place, ids ...byte) *store.Commit {
	row := v.Village()
	c := &store.Commit{}
	for _, n := range ids {
		row.Revision++
		row.Hash = row.Hash.Next(row.Revision, id(n), id(n), [32]byte{n})
		c.Families = append(c.Families, store.Family{
			Village: row.Number, ID: id(n), Place: place, Revision: row.Revision, SurveyDate: 20260517, Salt: [16]byte{n},
			Payload: []byte{n, 0, 255}, Provisional: iks.Packed(n), Findings: 1 << 62, Conflicts: int(n % 2),
		})
		c.Entries = append(c.Entries, store.Entry{
			Revision: row.Revision, Family: id(n), Change: id(n + 100), ContentHash: [32]byte{n}, ChainHash: row.Hash,
			Stamp:  merge.Stamp{TimeMS: 1 << 41, Counter: math.MaxUint32, Device: math.MaxUint32, Incarnation: math.MaxUint32},
			Author: 7, Device: 9, CommittedAtMS: 12, Payload: []byte{n},
		})
	}
	c.Village = row
	return c
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
			c.Quarantine = []store.Quarantine{{Change: id(50), Village: v, Family: id(51), Reason: "OUT_OF_SCOPE", ReceivedAtMS: 5, Payload: []byte("x")}}
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
		if err != nil || q.Reason != "OUT_OF_SCOPE" {
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
		return []store.Quarantine{{Change: id(50), Village: village, Family: id(51), Reason: "OUT_OF_SCOPE", Payload: []byte("x")}}
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
			if err != nil || len(q) != 1 || q[0].Village != first {
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

var errPlanned = errors.New("planned")

func testRollback(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		err := tx.InVillage(ctx, v, func(x store.VillageTx) error { return x.Apply(ctx, commitOf(x, 1, 1)) })
		return errors.Join(err, errPlanned)
	})
	if !errors.Is(err, errPlanned) {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, v)
		if row.Revision != 0 {
			t.Error("the revision moved")
		}
		return err
	})
}

func testPanic(t *testing.T, s store.Store) {
	village := number(t, s, codeA)
	within := func(fn func()) (v any) {
		defer func() { v = recover() }()
		fn()
		return nil
	}
	for range 20 { // more often than an engine has connections
		v := within(func() {
			write(t, s, func(ctx context.Context, tx store.Tx) error {
				return tx.InVillage(ctx, village, func(store.VillageTx) error {
					if err := tx.Directory().PutAreas(ctx, []store.Area{{Code: "33", Name: "Jawa Tengah"}}); err != nil {
						return err
					}
					panic("planned")
				})
			})
		})
		if v == nil {
			t.Fatal("the panic was kept from the caller")
		}
		if v := within(func() {
			read(t, s, func(context.Context, store.Snapshot) error { panic("planned") })
		}); v == nil {
			t.Fatal("the panic of a read was kept from the caller")
		}
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		if _, err := snap.FindArea(ctx, "33"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was written before the panic: %v", err)
		}
		return nil
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(store.VillageTx) error { return nil })
	})
}

// testLongReads holds as many reads open as may be, and reads and writes beside them.
func testLongReads(t *testing.T, s store.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if s.LongReads() < 1 {
		t.Fatalf("%d long reads", s.LongReads())
	}
	begun, end := make(chan struct{}, s.LongReads()), make(chan struct{})
	var wait sync.WaitGroup
	defer wait.Wait()
	defer close(end)
	for range s.LongReads() {
		wait.Go(func() {
			err := s.Read(store.AsOperator(ctx), func(context.Context, store.Snapshot) error {
				begun <- struct{}{}
				<-end
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range s.LongReads() {
		select {
		case <-begun:
		case <-ctx.Done():
			t.Fatal("long reads do not begin beside each other")
		}
	}
	err := s.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.VillagesUnder(ctx, "")
		return err
	})
	if err != nil {
		t.Errorf("a read beside them: %v", err)
	}
	err = s.Write(requests(ctx), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "77", Name: "Di sampingnya"}})
	})
	if err != nil {
		t.Errorf("a write beside them: %v", err)
	}
}

func testVillageRollback(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	if !s.ManyVillages() {
		err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if err := tx.InVillage(ctx, a, func(store.VillageTx) error { return nil }); err != nil {
				return err
			}
			return tx.InVillage(ctx, b, func(store.VillageTx) error { return nil })
		})
		if !errors.Is(err, store.ErrSecondVillage) {
			t.Fatalf("a second village: %v", err)
		}
		return
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if err := tx.InVillage(ctx, a, func(x store.VillageTx) error { return x.Apply(ctx, commitOf(x, 1, 1)) }); err != nil {
			return err
		}
		err := tx.InVillage(ctx, b, func(x store.VillageTx) error { return errors.Join(x.Apply(ctx, commitOf(x, 1, 2)), errPlanned) })
		if !errors.Is(err, errPlanned) {
			t.Errorf("failure in a village: %v", err)
		}
		return nil
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		first, err1 := snap.Village(ctx, a)
		second, err2 := snap.Village(ctx, b)
		if first.Revision != 1 || second.Revision != 0 {
			t.Errorf("revisions %d and %d", first.Revision, second.Revision)
		}
		return errors.Join(err1, err2)
	})
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

func testPages(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1, 2, 3)
	add(t, s, v, 1002, 4, 5)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		since, err := snap.StatesSince(ctx, v, 1, []area.Place{1001}, 1)
		if err != nil || len(since) != 1 || since[0].ID != id(2) {
			t.Errorf("since: %+v, %v", since, err)
		}
		if since, err = snap.StatesSince(ctx, v, 0, []area.Place{}, 10); err != nil || len(since) != 0 {
			t.Errorf("no RT at all: %d, %v", len(since), err)
		}
		if since, err = snap.StatesSince(ctx, v, 0, nil, 10); err != nil || len(since) != 5 {
			t.Errorf("whole village: %d, %v", len(since), err)
		}
		revised, err := snap.RevisedSince(ctx, v, 3, 1)
		if err != nil || len(revised) != 1 || revised[0] != (store.Revised{ID: id(4), Revision: 4}) {
			t.Errorf("revised since: %+v, %v", revised, err)
		}
		byID, err := snap.FamiliesByID(ctx, v, nil, id(3), 10)
		if err != nil || len(byID) != 2 || byID[0].ID != id(4) {
			t.Errorf("by id: %+v, %v", byID, err)
		}
		states, err := snap.StatesByID(ctx, v, []area.Place{1001}, id(1), 10)
		if err != nil || len(states) != 2 {
			t.Fatalf("states by id: %+v, %v", states, err)
		}
		if f := states[0]; f.Village != v || f.ID != id(2) || f.Place != 1001 || f.Revision != 2 || f.Salt != [16]byte{2} || len(f.Payload) == 0 {
			t.Errorf("a state: %+v", f)
		}
		if states, err = snap.StatesByID(ctx, v, nil, id(3), 1); err != nil || len(states) != 1 || states[0].ID != id(4) {
			t.Errorf("states of the whole village: %+v, %v", states, err)
		}
		list, err := snap.ListFamilies(ctx, store.FamilyQuery{Villages: []uint32{v}, From: 1002, To: 1002, Limit: 10})
		if err != nil || len(list) != 2 {
			t.Errorf("of one RT: %d, %v", len(list), err)
		}
		list, err = snap.ListFamilies(ctx, store.FamilyQuery{Villages: []uint32{v}, AfterVillage: v, AfterPlace: 1001, AfterID: id(3), Limit: 1})
		if err != nil || len(list) != 1 || list[0].ID != id(4) {
			t.Errorf("next page: %+v, %v", list, err)
		}
		list, err = snap.ListFamilies(ctx, store.FamilyQuery{Villages: []uint32{v}, OnlyConflicts: true, Limit: 10})
		if err != nil || len(list) != 3 {
			t.Errorf("with conflicts: %d, %v", len(list), err)
		}
		history, err := snap.History(ctx, v, id(3), 3, 10)
		if err != nil || len(history) != 0 {
			t.Errorf("history before its first entry: %d, %v", len(history), err)
		}
		return nil
	})
}

func testCollation(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{
			{Code: "p3204050101", Name: "kecil", District: "32.04"}, {Code: "P3204050101", Name: "Besar", District: "32.04", Villages: []string{codeA}},
			{Code: "1000000", Name: "Angka", District: "32.05"},
		})
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.ListPuskesmas(ctx, "32", "", 10)
		var codes []string
		for _, p := range list {
			codes = append(codes, p.Code)
		}
		if err != nil || !slices.Equal(codes, []string{"1000000", "P3204050101", "p3204050101"}) {
			t.Errorf("order %v, %v", codes, err)
		}
		if p, err := snap.FindPuskesmas(ctx, "p3204050101"); err != nil || p.Name != "kecil" || len(p.Villages) != 0 {
			t.Errorf("case matters: %+v, %v", p, err)
		}
		areas, err := snap.ListAreas(ctx, "32.04.05", codeA, 10)
		if err != nil || len(areas) != 1 || areas[0].Code != codeB {
			t.Errorf("areas %+v, %v", areas, err)
		}
		if areas, err = snap.ListAreas(ctx, "", "", 10); err != nil || len(areas) != 1 || areas[0].Code != "32" {
			t.Errorf("provinces %+v, %v", areas, err)
		}
		return nil
	})
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

func testConcurrentWriters(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	const writers, each = 6, 8
	var wait sync.WaitGroup
	for w := range writers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range each {
				err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
					return tx.InVillage(ctx, v, func(x store.VillageTx) error {
						return x.Apply(ctx, commitOf(x, 1, byte(1+w*each+n)))
					})
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for revision := uint64(1); revision <= writers*each; revision++ {
			if _, ok, err := snap.HashAt(ctx, v, revision); !ok || err != nil {
				t.Errorf("revision %d is missing: %v", revision, err)
			}
		}
		row, err := snap.Village(ctx, v)
		if row.Revision != writers*each {
			t.Errorf("village at %d", row.Revision)
		}
		return err
	})
}

func testSnapshot(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1, 1)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		before, err := snap.Village(ctx, v)
		if err != nil {
			return err
		}
		add(t, s, v, 1, 2)
		after, err := snap.Village(ctx, v)
		if before.Revision != after.Revision {
			t.Error("the snapshot moved")
		}
		rows, err2 := snap.StatesSince(ctx, v, 0, nil, 10)
		if len(rows) != 1 {
			t.Errorf("%d families in the snapshot", len(rows))
		}
		return errors.Join(err, err2)
	})
}

func testFollower(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	var cursor int64
	changed := func() map[uint32]uint64 {
		out := map[uint32]uint64{}
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			rows, next, err := snap.ChangedVillages(ctx, cursor)
			for _, v := range rows {
				out[v.Number] = v.Revision
			}
			cursor = next
			return err
		})
		return out
	}
	if all := changed(); len(all) != 2 {
		t.Fatalf("from the beginning: %v", all)
	}
	if !s.ManyVillages() {
		// A slow transaction begins first and commits last.
		slow, proceed := make(chan struct{}), make(chan error, 1)
		go func() {
			proceed <- s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
				return tx.InVillage(ctx, a, func(x store.VillageTx) error {
					if err := x.Apply(ctx, commitOf(x, 1, 1)); err != nil {
						return err
					}
					slow <- struct{}{}
					<-slow
					return nil
				})
			})
		}()
		<-slow
		add(t, s, b, 1, 2)
		if got := changed(); got[b] != 1 || got[a] != 0 {
			t.Errorf("while one is slow: %v", got)
		}
		slow <- struct{}{}
		if err := <-proceed; err != nil {
			t.Fatal(err)
		}
	} else {
		add(t, s, a, 1, 1)
	}
	if got := changed(); got[a] != 1 {
		t.Errorf("a village was missed: %v", got)
	}
}

func testCancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Write(ctx, func(context.Context, store.Tx) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("write: %v", err)
	}
	err = s.Read(ctx, func(context.Context, store.Snapshot) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
}
