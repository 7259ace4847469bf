package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// renaming renames by the longest old code that a path begins with.
func renaming(pairs map[string]string) func(string) string {
	return func(path string) string {
		best := ""
		for old := range pairs {
			if len(old) > len(best) && (path == old || strings.HasPrefix(path, old+".") || strings.HasPrefix(path, old+"/")) {
				best = old
			}
		}
		if best == "" {
			return path
		}
		return pairs[best] + path[len(best):]
	}
}

func recode(t *testing.T, s store.Store, pairs map[string]string) error {
	t.Helper()
	return s.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error { return tx.Directory().Recode(ctx, 1, renaming(pairs)) })
}

func testRecode(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	add(t, s, a, 1, 1)
	const other, fresh = "32.04.06", "32.04.06.2001"
	var account uint32
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		d := tx.Directory()
		account, err = d.PutAccount(ctx, store.Account{UserName: "siti", FullName: []byte{}, Assigned: []string{codeA + "/003/007", codeB}})
		return errors.Join(err, d.PutTargets(ctx, []store.Target{{Area: codeA + "/003/007", Families: 5}, {Area: codeB, Families: 9}}),
			d.PutAreas(ctx, []store.Area{{Code: other, Name: "Rancaekek"}, {Code: fresh, Name: "Linggar"}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pairs map[string]string
		want  error
	}{
		"a code with families":  {map[string]string{codeB: codeA}, store.ErrExists},
		"two to one":            {map[string]string{codeA: fresh, codeB: fresh}, store.ErrExists},
		"a parent not in sight": {map[string]string{codeA: "32.04.07.2001"}, store.ErrNotFound},
	} {
		if err := recode(t, s, c.pairs); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Two change places; then one takes the code of a village without families.
	var cursor int64
	read(t, s, func(ctx context.Context, snap store.Snapshot) (err error) {
		_, cursor, err = snap.ChangedVillages(ctx, 0)
		return err
	})
	if err := recode(t, s, map[string]string{codeA: codeB, codeB: codeA}); err != nil {
		t.Fatal(err)
	}
	if number(t, s, codeA) != b || number(t, s, codeB) != a {
		t.Error("the villages did not change places")
	}
	if err := recode(t, s, map[string]string{codeB: fresh}); err != nil {
		t.Fatal(err)
	}
	if number(t, s, fresh) != a {
		t.Error("the village did not take the new code")
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		before, err := snap.VillageBefore(ctx, a)
		if len(before) != 2 || before[0].Code != min(codeA, codeB) || before[1].Code != max(codeA, codeB) || before[0].Number != a {
			t.Errorf("its codes before: %+v, %v", before, err)
		}
		both := []uint32{min(a, b), max(a, b)}
		for code, want := range map[string][]uint32{codeA: {a}, codeB: both, fresh: nil} {
			if once, err := snap.VillagesOnce(ctx, code); err != nil || !slices.Equal(once, want) {
				t.Errorf("%s was the code of %v, want %v; %v", code, once, want, err)
			}
		}
		changed, _, err := snap.ChangedVillages(ctx, cursor)
		if err != nil || !slices.ContainsFunc(changed, func(v store.Village) bool {
			return v.Number == a && v.Code == fresh && v.Revision == 1 && v.Name == "Linggar"
		}) {
			t.Errorf("followers are not told: %+v, %v", changed, err)
		}
		x, err2 := snap.FindAccount(ctx, account)
		if !slices.Equal(x.Assigned, []string{fresh + "/003/007", codeA}) || x.ScopeRevision == 0 {
			t.Errorf("assigned: %v", x.Assigned)
		}
		if _, err := snap.FindArea(ctx, codeB); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the old code is still there: %v", err)
		}
		return errors.Join(err2)
	})
	// A kecamatan takes its villages along.
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "33", Name: "Jawa Tengah"}, {Code: "33.01", Name: "Cilacap"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := recode(t, s, map[string]string{other: "33.01.01"}); err != nil {
		t.Fatal(err)
	}
	if number(t, s, "33.01.01.2001") != a {
		t.Error("the village did not follow its kecamatan")
	}
}

// A village that gives way leaves its RT to the one that takes its code, and does not give
// way while work waits there for a decision.
func testRecodeGivesWay(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, a, func(v store.VillageTx) error {
			c := commitOf(v, 1, 1)
			c.Places = []store.Place{{Place: 1, Families: 1}}
			return v.Apply(ctx, c)
		})
	})
	put := func(state store.QuarantineState, places ...store.Place) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, b, func(v store.VillageTx) error {
				c := &store.Commit{Village: v.Village(), Places: places}
				c.Quarantine = append(c.Quarantine, store.Quarantine{Change: id(50), Village: b, Family: id(51), Reason: "OUT_OF_SCOPE", State: state, Payload: []byte("x")})
				return v.Apply(ctx, c)
			})
		})
	}
	put(store.QuarantineWaiting, store.Place{Place: 1}, store.Place{Place: 2})
	if err := recode(t, s, map[string]string{codeA: codeB}); !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "1 changes wait there") {
		t.Errorf("over work that waits: %v", err)
	}
	put(store.QuarantineKeptOut)
	if err := recode(t, s, map[string]string{codeA: codeB}); err != nil {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		places, err := snap.PlacesOf(ctx, a)
		if len(places) != 2 || places[0].Place != 1 || places[0].Families != 1 || places[1].Place != 2 {
			t.Errorf("RT of the village: %+v", places)
		}
		left, err2 := snap.PlacesOf(ctx, b)
		if len(left) != 0 {
			t.Errorf("left are %+v", left)
		}
		return errors.Join(err, err2)
	})
	if number(t, s, codeB) != a {
		t.Error("the village did not take the code")
	}
	enters(t, s, b, a)
	// Another takes the code from that one, which has families, only as long as it has none.
	const third, fourth = "32.04.06.2001", "32.04.06.2002"
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32.04.06", Name: "Rancaekek"}, {Code: third, Name: third}, {Code: fourth, Name: fourth}})
	})
	c, d := number(t, s, third), number(t, s, fourth)
	for _, pairs := range []map[string]string{{third: fourth}, {codeB: fourth}} {
		if err := recode(t, s, pairs); err != nil {
			t.Fatal(err)
		}
	}
	enters(t, s, c, a)
	enters(t, s, d, a)
}

// enters checks which village is meant by a number.
func enters(t *testing.T, s store.Store, number, want uint32) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, number, func(v store.VillageTx) error {
			if got := v.Village().Number; got != want {
				t.Errorf("village %d is %d, want %d", number, got, want)
			}
			return nil
		})
	})
}

// A list of the new tree may name the Puskesmas of its villages before the decree is brought
// in: a village that has none by then has that of the one which gives way to it, and keeps
// its own.
func testRecodeTakesPuskesmas(t *testing.T, s store.Store) {
	a := number(t, s, codeA)
	add(t, s, a, 1, 1)
	const fresh, other = "32.04.06.2001", "32.04.06.2002"
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.PutAreas(ctx, []store.Area{{Code: "32.04.06", Name: "Rancaekek"}, {Code: fresh, Name: fresh}, {Code: other, Name: other}}),
			d.PutPuskesmas(ctx, []store.Puskesmas{{Code: "P9", Name: "Lama", District: "32.04", Villages: []string{codeA}}}),
			d.PutPuskesmas(ctx, []store.Puskesmas{{Code: "P9", Name: "Lama", District: "32.04", Villages: []string{fresh}}, {Code: "P8", Name: "Lain", District: "32.04", Villages: []string{other}}}))
	})
	for _, pairs := range []map[string]string{{codeA: fresh}, {fresh: other}} {
		if err := recode(t, s, pairs); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			v, err := snap.Village(ctx, a)
			if v.Puskesmas != "P9" {
				t.Errorf("%s is of Puskesmas %q", v.Code, v.Puskesmas)
			}
			return err
		})
	}
}

// A Puskesmas goes with its villages where they all go, its staff with it; one of villages in
// two districts stays, and so does one whose villages lay elsewhere before.
func testRecodeMovesPuskesmas(t *testing.T, s store.Store) {
	const old, young, split = "32.04.06.2001", "32.79", "32.04.07.2001"
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.PutAreas(ctx, []store.Area{{Code: young, Name: "Kota Baru"}, {Code: "32.04.06", Name: "Rancaekek"}, {Code: old, Name: old},
			{Code: "32.04.07", Name: "Cicalengka"}, {Code: split, Name: split}}),
			d.PutPuskesmas(ctx, []store.Puskesmas{{Code: "P1", Name: "Pindah", District: "32.04", Villages: []string{codeA}},
				{Code: "P2", Name: "Terbagi", District: "32.04", Villages: []string{codeB, old}},
				{Code: "P3", Name: "Di Seberang", District: young, Villages: []string{split}}}))
	})
	if err := recode(t, s, map[string]string{codeA[:8]: young + ".01", "32.04.07": "32.04.08"}); err != nil {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) (err error) {
		for code, want := range map[string]string{"P1": young, "P2": "32.04", "P3": young} {
			p, err := snap.FindPuskesmas(ctx, code)
			if p.District != want {
				t.Errorf("%s is of district %s, want %s; %v", p.Name, p.District, want, err)
			}
		}
		return nil
	})
}
