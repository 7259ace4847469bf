package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/server/store"
)

// Of two families of a double one is closed, whoever comes second; and a family
// that counts again gives way.
func testClosedDoubles(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	one, two := []byte("0123456789"), []byte("9876543210")
	closes := func(village uint32, family byte, tokens ...[]byte) (own int) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(v store.VillageTx) error {
				mine, err := v.CloseDoubles(ctx, id(family), tokens)
				own = len(mine)
				return err
			})
		})
		return own
	}
	if got := closes(a, 1, one); got != 1 {
		t.Errorf("the first is closed in %d doubles", got)
	}
	if got := closes(a, 1, one); got != 1 {
		t.Errorf("said again: %d", got)
	}
	if got := closes(b, 2, one); got != 0 {
		t.Errorf("the other is closed too, in %d doubles", got)
	}
	if got := closes(b, 2, one, two); got != 1 {
		t.Errorf("of two doubles, one of which is closed: %d", got)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, a, func(v store.VillageTx) error { return v.ReopenDoubles(ctx, id(1)) })
	})
	if got := closes(b, 2, one); got != 1 {
		t.Errorf("after the first was opened again: %d", got)
	}
}

func testDoubleCases(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	put := func(village uint32, family byte, at int64, tokens ...[]byte) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(v store.VillageTx) error {
				c := commitOf(v, 1001, family)
				c.Entries = nil
				c.DoubleCases = []store.FamilyCases{{Family: id(family), Tokens: tokens, OpenedAtMS: at}}
				c.Families[0].Doubles = review.FlagElsewhere
				return v.Apply(ctx, c)
			})
		})
	}
	list := func(after string, villages ...uint32) (out string) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			cases, err := snap.ListDoubleCases(ctx, villages, []byte(after), 10)
			for _, c := range cases {
				out += fmt.Sprintf("%s %d %d;", c.Token, c.Village, c.OpenedAtMS)
			}
			return err
		})
		return out
	}
	put(a, 1, 5, []byte("x"), []byte("y"))
	put(b, 2, 6, []byte("x"))
	put(a, 1, 9, []byte("x"))
	if got, want := list("", a, b), fmt.Sprintf("x %d 5;x %d 6;", a, b); got != want {
		t.Errorf("cases %q, want %q", got, want)
	}
	if got := list("x", a, b); got != "" {
		t.Errorf("after the last: %q", got)
	}
	if got, want := list("", b), fmt.Sprintf("x %d 6;", b); got != want {
		t.Errorf("of one village %q, want %q", got, want)
	}
	put(a, 1, 10)
	if got, want := list("", a, b), fmt.Sprintf("x %d 6;", b); got != want {
		t.Errorf("after one was settled %q, want %q", got, want)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for flags, want := range map[int64]int{0: 2, review.FlagElsewhere | review.FlagOpen: 2, review.FlagDismissed: 0} {
			rows, err := snap.ListFamilies(ctx, store.FamilyQuery{Villages: []uint32{a, b}, Doubles: flags, Limit: 10})
			if err != nil || len(rows) != want {
				t.Errorf("flags %d: %d families, %v; want %d", flags, len(rows), err, want)
			}
		}
		revised, err := snap.RevisedSince(ctx, a, 0, 10)
		if err != nil || len(revised) != 1 || !revised[0].Doubled {
			t.Errorf("revised %+v, %v", revised, err)
		}
		own, err := snap.IdentifiersOf(ctx, a, merge.ID{})
		if len(own) != 0 {
			t.Errorf("identifiers of nobody: %+v", own)
		}
		return err
	})
}
