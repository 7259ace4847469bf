package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
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
	queries := map[string]string{
		`SELECT digest FROM place WHERE village = $1 AND place ` + e.InInts("$2"):                                            "(village=? AND place=?)",
		`SELECT found.entries FROM ` + e.Everywhere().Sharing:                                                                "identified_by_revision (village=? AND revision=?)",
		`DELETE FROM identified WHERE village = $1 AND family ` + e.InBlobs("$2"):                                            "(village=? AND family=?)",
		`SELECT payload FROM family WHERE village = $1 AND revision > 0 AND review_state = 3 ORDER BY revision DESC LIMIT 9`: "family_returned_since (village=? AND revision>?)",
	}
	for _, counted := range []string{"", " AND place " + e.InInts("$3")} {
		query := `SELECT COUNT(*) FROM (SELECT restricted FROM family WHERE village = $1 AND revision > $2` + counted + ` ORDER BY revision LIMIT 9) AS page WHERE restricted = 0`
		queries[query] = "family_by_revision (village=? AND revision>?)"
	}
	near, far := []merge.ID{merge.NewID(1, 1, 1), merge.NewID(1, 1, 9), merge.NewID(1, 1, 10), merge.NewID(1, 1, 12)}, []merge.ID{merge.NewID(1, 1, 1), merge.NewID(2, 1, 1)}
	for ids, want := range map[*[]merge.ID]string{&near: ">? AND COLUMN<?)", &far: "=?)"} {
		search := func(column string) string { return column + strings.ReplaceAll(want, "COLUMN", column) }
		for _, c := range e.FamiliesAmong(1, *ids) {
			queries[`SELECT payload FROM `+c.SQL] = "(village=? AND " + search("id")
		}
		for _, c := range committed(*ids) {
			queries[`SELECT revision FROM `+c.SQL] = "history_by_change (" + search("change")
		}
		for _, c := range quarantined(1, nil, *ids) {
			queries[`SELECT payload FROM `+c.SQL] = "SEARCH quarantine USING PRIMARY KEY (" + search("change")
		}
		for _, c := range quarantined(1, *ids, nil) {
			queries[`SELECT payload FROM `+c.SQL] = "(village=? AND " + search("family")
		}
	}
	for query, want := range queries {
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

func arguments(query string) (args []any) {
	for n := 1; strings.Contains(query, fmt.Sprintf("$%d", n)); n++ {
		args = append(args, "[]")
	}
	return args
}
