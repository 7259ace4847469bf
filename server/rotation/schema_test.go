package rotation

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// plain are the columns of bytes that are not sealed, by table, with the reason.
// Whoever adds a column of bytes puts it into store.SealedTables or here.
var plain = map[string]string{
	"village.hash":               "the running hash of a feed",
	"family.id":                  "an id",
	"family.salt":                "a salt",
	"history.family":             "an id",
	"history.change":             "an id",
	"history.content_hash":       "a hash over what is sealed, which has random ids in it",
	"history.chain_hash":         "the running hash of a feed",
	"departure.family":           "an id",
	"place.digest":               "a sum of keyed hashes",
	"place.years":                "an RT's tallies by survey year",
	"village.years":              "a village's tallies by survey year",
	"daily.years":                "the same as of the end of a day",
	"area_day.years":             "the same of a larger area",
	"quarantine.change":          "an id",
	"quarantine.family":          "an id",
	"quarantine.brings_from":     "an id",
	"quarantine.brings_into":     "an id",
	"quarantine.salt":            "a salt",
	"notice.salt":                "a salt",
	"batch.id":                   "an id",
	"batch.salt":                 "a salt",
	"verdict.id":                 "an id",
	"awaited.family":             "an id",
	"awaited.batch":              "an id",
	"verdict.family":             "an id",
	"erased_id.id":               "an id",
	"closed_double.token":        "a keyed name of two families, which rotation keeps",
	"closed_double.family":       "an id",
	"double_case.token":          "a keyed name of two families, which rotation keeps",
	"double_case.family":         "an id",
	"movement.moved":             "ids and packed values of families",
	"identified.family":          "an id",
	"identified.entries":         "keyed hashes and ids; the index is built anew",
	"identifier_stale.hash":      "a keyed hash, until who shared it has been told; before keys are rotated all have",
	"identifier_unread.family":   "an id",
	"account.salt":               "a salt",
	"account.code_hash":          "a hash of 69 random bits",
	"device.public_key":          "a public key",
	"device.handover_key":        "a public key",
	"handover.unsent":            "a hash over what is sealed to the server",
	"incarnation.nonce":          "a random number",
	"session.id":                 "a random number",
	"session.token_hash":         "a hash of 256 random bits",
	"session.previous_hash":      "a hash of 256 random bits",
	"session.rotation_nonce":     "a random number",
	"audit_chain.hash":           "the running hash of the trail",
	"audit_entry.body":           "the trail, in which nothing is personal",
	"audit_entry.hash":           "the running hash of the trail",
	"audit_subject.subject":      "an id or an area",
	"audit_checkpoint.body":      "heads of the trail",
	"audit_checkpoint.signature": "a signature",
	"registration.salt":          "a salt",
	"export.id":                  "a random number",
	"feed_token.hash":            "a hash of 256 random bits",
}

// TestEveryColumnOfBytesIsSealedOrSaysWhyNot reads SQLite's schema; PostgreSQL's
// has the same columns (server/store/postgres).
func TestEveryColumnOfBytesIsSealedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.DB().QueryContext(t.Context(), `
SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'BLOB' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var inSchema []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		inSchema = append(inSchema, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, table := range store.SealedTables {
		for _, column := range table.Sealed {
			name := table.Name + "." + column
			listed = append(listed, name)
			if bindings[name] == nil {
				t.Errorf("%s is bound to nothing", name)
			}
		}
		for _, column := range table.Hashes {
			listed = append(listed, table.Name+"."+column)
		}
		if len(table.Hashes) > 0 && hashes[table.Name] == nil {
			t.Errorf("hashes of %s are not made anew", table.Name)
		}
	}
	for name := range plain {
		listed = append(listed, name)
	}
	slices.Sort(listed)
	if !slices.Equal(inSchema, listed) {
		for _, name := range inSchema {
			if !slices.Contains(listed, name) {
				t.Errorf("column %s is neither in store.SealedTables nor among the plain ones", name)
			}
		}
		for _, name := range listed {
			if !slices.Contains(inSchema, name) {
				t.Errorf("column %s is listed, and not in the schema", name)
			}
		}
	}
}
