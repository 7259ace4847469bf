package postgres

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// sampled are the columns of tables of which PostgreSQL keeps values, as table.column.
func sampled(t *testing.T, conn *pgx.Conn) map[string]bool {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT tablename || '.' || attname FROM pg_stats WHERE schemaname = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, column := range list {
		found[column] = true
	}
	return found
}

// What an erasure takes out, or a rotation seals anew, stays in no statistics: of salts,
// sealed records and keyed hashes no values are kept, nor any from before they were not.
func TestNothingSealedIsSampled(t *testing.T) {
	t.Parallel()
	var fill strings.Builder
	for n := range 50 {
		fmt.Fprintf(&fill, `INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
VALUES (7, '\x%032x', 1001, 0, %d, 0, '\x5a%02x', '\xc0ffee%02x', 0, 0, 0, 0, 0);
`, n, n+1, n, n)
	}
	const opened = `ALTER TABLE family NO FORCE ROW LEVEL SECURITY; `
	s := upgraded(t, []int64{98}, opened+fill.String()+`ANALYZE; ALTER TABLE family FORCE ROW LEVEL SECURITY`)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	conn, err := pgx.ConnectConfig(t.Context(), s.pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, when := range []string{"as it was brought up", "sampled anew"} {
		found := sampled(t, conn)
		if !found["family.id"] || !found["family.revision"] {
			t.Fatalf("%s: the families were not sampled: %v", when, found)
		}
		if found["family.salt"] || found["family.payload"] {
			t.Errorf("%s: statistics hold salts (%t) or sealed records (%t)", when, found["family.salt"], found["family.payload"])
		}
		if _, err := conn.Exec(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	// Those that a later migration adds, too.
	rows, err := conn.Query(t.Context(), `
SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0
    AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey))`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(list) > 0 {
		t.Errorf("ALTER COLUMN ... SET STATISTICS 0 lacks for %v, %v", list, err)
	}
}

// A lookup of ten thousand numbers is not compiled first, whatever the planner thinks of it.
func TestAServersConnectionsCompileNothing(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	var jit string
	err = s.pool.QueryRow(t.Context(), "SHOW jit").Scan(&jit)
	if err := errors.Join(err, s.Close()); err != nil || jit != "off" {
		t.Errorf("jit is %q, %v", jit, err)
	}
}
