package follow_test

import (
	"context"
	"testing"

	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/store"
)

// Two who share a number are named to each other while both villages are of one Puskesmas,
// and not any more when one of them comes to another.
func TestWhoSharesANumberIsNamedWithinOnePuskesmasAlone(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		w.add(w.village, firstNIK)
		w.add(w.neighbour(), firstNIK)
		f := &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
		named := func(when string, want int) {
			t.Helper()
			catch(t, f)
			n := 0
			err := w.core.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
				for _, r := range w.families {
					row, err := snap.FindFamily(ctx, []uint32{r.number}, r.family)
					if err != nil {
						return err
					}
					review, err := w.core.Vault.FamilyReview(&row)
					if err != nil {
						return err
					}
					if len(review.GetDuplicates().GetDoubles()) != 1 {
						t.Errorf("%s, one is told of %d", when, len(review.GetDuplicates().GetDoubles()))
					}
					for _, d := range review.GetDuplicates().GetDoubles() {
						if d.GetOtherFamilyId() != "" {
							n++
						}
					}
				}
				return nil
			})
			if err != nil || n != want {
				t.Errorf("%s, %d are named, want %d (%v)", when, n, want, err)
			}
		}
		put := func(ctx context.Context, list ...store.Puskesmas) {
			t.Helper()
			err := w.core.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutPuskesmas(ctx, list) })
			if err != nil {
				t.Fatal(err)
			}
		}
		p := func(code string, villages ...string) store.Puskesmas {
			return store.Puskesmas{Code: code, District: "32.04", Villages: villages}
		}
		named("of no Puskesmas", 0)
		put(t.Context(), p("P1", "32.04.05.2001", "32.04.05.2002"))
		named("of one", 2)
		put(store.AsOperator(t.Context()), p("P1", "32.04.05.2001"), p("P2", "32.04.05.2002"))
		named("of two", 0)
		put(t.Context(), p("P2", "32.04.05.2002", "32.04.05.2001"))
		named("of the other", 2)
		put(t.Context(), p("P2", "32.04.05.2002"))
		named("of one alone", 0)
	})
}
