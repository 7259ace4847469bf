package postgres

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// columns are what a query gives, as table.column.
func columns(t *testing.T, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		list = append(list, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return list
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
	fill.WriteString(`INSERT INTO feed_token (account, hash, name, area, created_ms, expires_ms, revoked_ms, used_ms)
SELECT 1, decode(lpad(to_hex(n), 64, '0'), 'hex'), '', '', 0, 0, 0, 0 FROM generate_series(1, 50) AS n;`)
	fill.WriteString(`INSERT INTO account (user_name, full_name, salt, password, roles, area, puskesmas, disabled, assigned, scope_revision)
SELECT n::text, '', '', '$argon2id$' || md5(n::text), '[]', '', '', 0, '[]', 0 FROM generate_series(1, 50) AS n;`)
	_, db := upgraded(t, []int64{98, 99, 100}, fill.String()+`ANALYZE`)
	for _, when := range []string{"as it was brought up", "sampled anew"} {
		found := columns(t, db, `SELECT tablename || '.' || attname FROM pg_stats WHERE schemaname = 'public'`)
		if !slices.Contains(found, "family.id") || !slices.Contains(found, "family.revision") {
			t.Fatalf("%s: the families were not sampled: %v", when, found)
		}
		for _, sealed := range []string{"family.salt", "family.payload", "feed_token.hash", "account.password"} {
			if slices.Contains(found, sealed) {
				t.Errorf("%s: statistics hold values of %s", when, sealed)
			}
		}
		if _, err := db.ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	// Those that a later migration adds, too.
	unlimited := columns(t, db, `
SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0
    AND (a.attname ~ '(hash|token)$' OR NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)))`)
	if len(unlimited) > 0 {
		t.Errorf("ALTER COLUMN ... SET STATISTICS 0 lacks for %v", unlimited)
	}
}

// What others keep beside our tables, or make of them, keeps no server from starting, and is
// left as it is.
func TestWhatOthersKeepInTheDatabaseKeepsNoServerFromStarting(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]string{
		"view":            `CREATE SCHEMA reports; CREATE VIEW reports.letters AS SELECT letter_hash FROM registration`,
		"passwords' view": `CREATE SCHEMA reports; CREATE VIEW reports.passwords AS SELECT password FROM account`,
		"trigger":         `CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE UPDATE OF salt ON family FOR EACH ROW EXECUTE FUNCTION nothing()`,
		"generated":       `ALTER TABLE family ADD COLUMN salted BYTEA GENERATED ALWAYS AS (salt) STORED`,
		"partition":       `CREATE TABLE scan (day INT, token BYTEA) PARTITION BY RANGE (day); CREATE TABLE scan_1 PARTITION OF scan FOR VALUES FROM (1) TO (2)`,
		"typed":           `CREATE TYPE image AS (day INT, token BYTEA); CREATE TABLE scan OF image`,
		"table, view":     `CREATE TABLE kept AS SELECT 1 AS n; CREATE VIEW villages AS SELECT number FROM village`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, db := upgraded(t, []int64{98, 99, 100}, fill)
			// They are the superuser's, and not given to anybody; those of the owner are not touched.
			for _, touched := range columns(t, db, `SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
WHERE t.relname IN ('scan', 'scan_1', 'kept', 'villages') AND (a.attstattarget = 0 AND attnum > 0 OR has_table_privilege('keluarga_sehat_app', t.oid, 'SELECT'))`) {
				t.Errorf("%s is limited or given", touched)
			}
		})
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

// What is sealed is not packed in vain when it is written, nor when its row is.
func TestWhatIsSealedIsNotPackedAgain(t *testing.T) {
	t.Parallel()
	_, db := upgraded(t, []int64{106}, `SELECT 1`)
	const packed = `SELECT attrelid::regclass || '.' || attname FROM pg_attribute
WHERE attrelid IN ('family'::regclass, 'history'::regclass, 'quarantine'::regclass) AND (attname LIKE '%payload' OR attname = 'review') AND attstorage <> 'e'`
	if found := columns(t, db, packed); len(found) > 0 {
		t.Errorf("PostgreSQL packs %v", found)
	}
}
