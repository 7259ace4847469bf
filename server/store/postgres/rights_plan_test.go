package postgres

import (
	"testing"

	"github.com/keluarga-sehat/sync/server/store/storetest"
)

func TestAPersonsRightsAreFoundByIndex(t *testing.T) {
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
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	// The tables are empty: a scan is only chosen where there is no index for it.
	if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE "+OperatorRole+"; SET LOCAL enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	for _, q := range storetest.RightsQueries(engine{}) {
		rows, err := tx.Query(t.Context(), "EXPLAIN "+q.SQL, q.Args...)
		if err != nil {
			t.Fatalf("%s: %v", q.Name, err)
		}
		var plan []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%s: %v", q.Name, err)
		}
		q.Judge(t, plan, "Seq Scan", "Index")
	}
}
