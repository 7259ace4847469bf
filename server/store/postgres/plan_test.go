package postgres

import (
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// TestFamiliesOfACommitAreLookedUpOneByOne: a plan that is made while no statistics
// tell how large villages are must not read one whole.
func TestFamiliesOfACommitAreLookedUpOneByOne(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, mode := range []string{"force_generic_plan", "force_custom_plan"} {
		tx, err := s.pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "SET LOCAL plan_cache_mode = "+mode); err != nil {
			t.Fatal(err)
		}
		c := engine{}.FamiliesAmong(1, []merge.ID{merge.NewID(1, 1, 1), merge.NewID(1, 1, 2), merge.NewID(2, 1, 1)})[0]
		rows, err := tx.Query(t.Context(), "EXPLAIN SELECT payload FROM "+c.SQL, c.Args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(line + "\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.String(), "Index Cond: ((village = ") || !strings.Contains(plan.String(), "(id = wanted.wanted)") {
			t.Errorf("%s\n%s", mode, plan.String())
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
