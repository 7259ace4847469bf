package sqlite

import (
	"strings"
	"testing"
)

// TestHotStatementsSearchByBothKeys: a statement that is run for every commit
// must not read a whole village, however large it is.
func TestHotStatementsSearchByBothKeys(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/server.db", Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	e := engine{}
	for query, want := range map[string]string{
		`SELECT revision FROM history WHERE change ` + e.InBlobs("$1"):                                                                    "history_by_change (change=?)",
		`SELECT payload FROM family WHERE village = $1 AND id ` + e.InBlobs("$2"):                                                         "(village=? AND id=?)",
		`SELECT payload FROM quarantine WHERE village = $1 AND state = 0 AND family ` + e.InBlobs("$2") + ` OR change ` + e.InBlobs("$2"): "SEARCH quarantine USING PRIMARY KEY (change=?)",
		`SELECT digest FROM place WHERE village = $1 AND place ` + e.InInts("$2"):                                                         "(village=? AND place=?)",
		`SELECT payload FROM family WHERE village = $1 AND revision > 0 AND review_state = 3 ORDER BY revision DESC LIMIT 9`:              "family_returned_since (village=? AND revision>?)",
		`DELETE FROM identified WHERE village = $1 AND family ` + e.InBlobs("$2"):                                                         "(village=? AND family=?)",
	} {
		rows, err := s.DB().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, arguments(query)...)
		if err != nil {
			t.Fatal(err)
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
		if !strings.Contains(strings.Join(plan, "; "), want) {
			t.Errorf("%s\n%s: not by %s", query, strings.Join(plan, "; "), want)
		}
	}
}

func arguments(query string) []any {
	if strings.Contains(query, "$2") {
		return []any{1, "[]"}
	}
	return []any{"[]"}
}
