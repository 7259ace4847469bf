package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
)

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
		for want, count := range map[int]func() (int, error){
			2: func() (int, error) { return snap.CountStatesSince(ctx, v, 1, []area.Place{1001}, 10) },
			0: func() (int, error) { return snap.CountStatesSince(ctx, v, 0, []area.Place{}, 10) },
			5: func() (int, error) { return snap.CountStatesSince(ctx, v, 0, nil, 10) },
			4: func() (int, error) { return snap.CountStatesSince(ctx, v, 0, nil, 4) },
			1: func() (int, error) { return snap.CountStatesByID(ctx, v, []area.Place{1001}, id(2), 10) },
			3: func() (int, error) { return snap.CountStatesByID(ctx, v, nil, id(1), 3) },
		} {
			if n, err := count(); err != nil || n != want {
				t.Errorf("%d counted, want %d: %v", n, want, err)
			}
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

func testOnlyCounted(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(v store.VillageTx) error {
			c := commitOf(v, 1001, 1, 2, 3)
			c.Families[0].State, c.Families[1].State = store.FamilyRemoved, store.FamilyMoved
			return v.Apply(ctx, c)
		})
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for only, want := range map[bool]int{false: 3, true: 1} {
			list, err := snap.ListFamilies(ctx, store.FamilyQuery{Villages: []uint32{v}, OnlyCounted: only, Limit: 10})
			if err != nil || len(list) != want || list[len(list)-1].ID != id(3) {
				t.Errorf("only who counts: %t: %+v, %v", only, list, err)
			}
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
