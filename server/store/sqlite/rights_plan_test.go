package sqlite

import (
	"testing"

	"github.com/keluarga-sehat/sync/server/store/storetest"
)

func TestAPersonsRightsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir()+"/server.db", Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, q := range storetest.RightsQueries(engine{}) {
		rows, err := s.DB().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.SQL, q.Args...)
		if err != nil {
			t.Fatalf("%s: %v", q.Name, err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		q.Judge(t, plan, "SCAN", "SEARCH")
	}
}
