package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

func testSurveyYears(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	years := iks.FamilyYears{{Year: 2025, Provisional: 1<<57 | 1<<24, Verified: 1 << 24}, {Year: 2026, Provisional: 1 << 24}}
	var sum iks.YearTallies
	sum.Add(years)
	packed := sum.Pack(&iks.Tally{}, &iks.Tally{})
	for _, missing := range []bool{true, false} { // one that was not counted is, and not again
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, a, func(x store.VillageTx) error {
				c := commitOf(x, 1001, 1, 2)
				if !missing {
					c.Entries = nil
				}
				c.Families[0].SetYears(years)
				c.Places = []store.Place{{Place: 1001, Years: packed}}
				c.Village.Years, c.Village.YearsMissing = packed, missing
				return x.Apply(ctx, c)
			})
		})
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			row, err := snap.Village(ctx, a)
			if err != nil || row.YearsMissing != missing || row.Years == packed == missing {
				t.Errorf("missing %t: village has %x, missing %t: %v", missing, row.Years, row.YearsMissing, err)
			}
			return err
		})
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		places, err := snap.PlacesOf(ctx, a)
		if err != nil || len(places) != 1 || places[0].Years != packed {
			t.Errorf("RT %+v: %v", places, err)
		}
		for n, want := range map[byte]iks.FamilyYears{1: years, 2: {{Year: 2026, Provisional: 2}}} {
			f, err := snap.FindFamily(ctx, []uint32{a}, id(n))
			if err != nil {
				return err
			}
			got, err := f.ByYear()
			if err != nil || got.Text() != want.Text() || n == 2 && f.Years != "" {
				t.Errorf("family %d: %s, want %s: %v", n, got.Text(), want.Text(), err)
			}
		}
		other, err := snap.Village(ctx, b)
		if err != nil || other.YearsMissing || other.Years != "" {
			t.Errorf("a village without families: %x, missing %t: %v", other.Years, other.YearsMissing, err)
		}
		return nil
	})
}

func testRules(t *testing.T, s store.Store) {
	a := number(t, s, codeA)
	for _, rules := range []int{0, 7} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, a, func(x store.VillageTx) error {
				c := &store.Commit{Village: x.Village()}
				c.Village.Rules = rules
				return x.Apply(ctx, c)
			})
		})
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			row, err := snap.Village(ctx, a)
			if err != nil || row.Rules != rules {
				t.Errorf("computed by rules %d, kept are %d: %v", rules, row.Rules, err)
			}
			return err
		})
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, a, func(x store.VillageTx) error {
				if x.Village().Rules != rules {
					t.Errorf("locked, it has rules %d, want %d", x.Village().Rules, rules)
				}
				return nil
			})
		})
	}
}

func testMovementsBeyond(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	one := func(n byte) []store.Movement {
		return []store.Movement{{Family: id(n), Cause: store.CauseNew, ProvisionalAfter: 1}}
	}
	for i, day := range []int{20260101, 20260102, 20260102, 20260103} {
		commitFigures(t, s, a, day, nil, one(byte(i+1)))
	}
	commitFigures(t, s, b, 20260102, nil, one(9))
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for _, c := range []struct {
			beyond store.Beyond
			want   string
		}{
			{store.Beyond{Village: a, After: 20260101, UpTo: 20260103}, "[2 3 4]"},
			{store.Beyond{Village: a, After: 20260101, UpTo: 20260103, Revision: 2}, "[3 4]"},
			{store.Beyond{Village: a, After: 20260101, UpTo: 20260102, Revision: 2}, "[3]"},
			{store.Beyond{Village: a, UpTo: 20260103, Revision: 4}, "[]"},
			{store.Beyond{Village: b, UpTo: 20260103}, "[1]"},
		} {
			got := []uint64{}
			err := snap.MovementsBeyond(ctx, c.beyond, func(m store.Movement) error { got = append(got, m.Revision); return nil })
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("%+v: %v, want %s: %v", c.beyond, got, c.want, err)
			}
		}
		got, err := snap.Revisions(ctx, []uint32{a, b, 99999})
		if err != nil || len(got) != 2 || got[a] != 4 || got[b] != 1 {
			t.Errorf("revisions %v: %v", got, err)
		}
		return nil
	})
}
