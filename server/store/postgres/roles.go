package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/keluarga-sehat/sync/server/store"
)

// Roles that transactions run as, whoever logs in. Neither owns a table nor
// bypasses row-level security.
const (
	// AppRole serves requests: rows are there as far as the scope reaches.
	AppRole = "keluarga_sehat_app"
	// OperatorRole is for commands on the server's machine (store.AsOperator): a
	// policy of its own lets it see all.
	OperatorRole = "keluarga_sehat_operator"
)

// lacks are the roles that are not there, and those that the user of the address can't
// become, the former among them.
type lacks struct{ Absent, Closed []string }

// readLacks looks. From release 16 on PostgreSQL lets who made a role grant it, and no more.
func readLacks(ctx context.Context, c interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}) (l lacks, err error) {
	err = c.QueryRow(ctx, `
SELECT coalesce(array_agg(name ORDER BY name) FILTER (WHERE r.oid IS NULL), '{}'),
    coalesce(array_agg(name ORDER BY name) FILTER (WHERE r.oid IS NULL OR NOT pg_has_role(session_user, r.oid,
        CASE WHEN current_setting('server_version_num')::INT >= 160000 THEN 'SET' ELSE 'MEMBER' END)), '{}')
FROM unnest(ARRAY[$1, $2]::TEXT[]) name LEFT JOIN pg_roles r ON r.rolname = name`, AppRole, OperatorRole).Scan(&l.Absent, &l.Closed)
	if err != nil {
		return l, fmt.Errorf("read roles: %w", translate(err))
	}
	return l, nil
}

// remedy is what a database administrator runs for the user; "": nothing is missing.
func (l lacks) remedy(user string) string {
	var b strings.Builder
	for _, role := range l.Absent {
		b.WriteString("CREATE ROLE " + role + " NOLOGIN; ")
	}
	if len(l.Closed) > 0 {
		b.WriteString("GRANT " + strings.Join(l.Closed, ", ") + " TO " + pgx.Identifier{user}.Sanitize() + ";")
	}
	return b.String()
}

// ensureRoles makes the roles where it may, lets the user become them, and gives them what
// tables there are. Where the user may not, the wall still holds for it (FORCE), unless it
// is a superuser: Wall tells.
func ensureRoles(ctx context.Context, c *pgxpool.Conn) error {
	var mayMake, owns bool
	err := c.QueryRow(ctx, `
SELECT rolcreaterole OR rolsuper, pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'family'::regclass), 'USAGE')
FROM pg_roles WHERE rolname = current_user`).Scan(&mayMake, &owns)
	if err != nil {
		return fmt.Errorf("read roles: %w", translate(err))
	}
	l, err := readLacks(ctx, c)
	if err != nil {
		return err
	}
	if mayMake {
		if err := makeRoles(ctx, c, l); err != nil {
			return err
		}
		l.Absent = nil
	}
	if len(l.Absent) > 0 || !owns {
		return nil
	}
	if _, err := c.Exec(ctx, grants); err != nil {
		return fmt.Errorf("give roles their rights: %w", translate(err))
	}
	return nil
}

// makeRoles makes what is absent, and grants the user what it can't become. Another database
// of the cluster may do so at the same time; of a role that another user made the grant may
// be denied.
func makeRoles(ctx context.Context, c *pgxpool.Conn, l lacks) error {
	for _, role := range l.Absent {
		if _, err := c.Exec(ctx, "CREATE ROLE "+role+" NOLOGIN"); err != nil && !isState(err, "42710", sqlUnique) {
			return fmt.Errorf("make role %s: %w", role, translate(err))
		}
	}
	for _, role := range l.Closed {
		if _, err := c.Exec(ctx, "GRANT "+role+" TO CURRENT_USER"); err != nil && !isState(err, sqlDenied, sqlUnique) {
			return fmt.Errorf("become role %s: %w", role, translate(err))
		}
	}
	return nil
}

// grants gives both roles the tables, lets the audit trail be appended to alone,
// and makes the operator's policies. Each is granted only where it is missing, so
// that programs that start together do not wait for each other.
const grants = `DO $$
DECLARE
    t RECORD;
BEGIN
    IF has_table_privilege('` + AppRole + `', 'family', 'SELECT') AND NOT EXISTS (
        SELECT 1 FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = 'family'::regclass)
        AND (NOT has_table_privilege('` + AppRole + `', c.oid, 'SELECT') OR c.relforcerowsecurity AND NOT EXISTS (
            SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'operator'))) THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA public TO ` + AppRole + `, ` + OperatorRole + `;
    -- Others may keep tables of theirs in the schema, which are not ours to give.
    FOR t IN SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
        WHERE c.relkind IN ('r', 'S') AND c.relnamespace = 'public'::regnamespace AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = 'family'::regclass) LOOP
        EXECUTE format('GRANT %s %s TO ` + AppRole + `, ` + OperatorRole + `',
            CASE t.kind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, t.name);
    END LOOP;
    REVOKE UPDATE, DELETE ON audit_entry, audit_subject, audit_checkpoint FROM ` + AppRole + `, ` + OperatorRole + `;
    FOR t IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relforcerowsecurity AND c.relnamespace = 'public'::regnamespace AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = 'family'::regclass)
        AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'operator') LOOP
        EXECUTE format('CREATE POLICY operator ON %s TO ` + OperatorRole + ` USING (true) WITH CHECK (true)', t.name);
    END LOOP;
END $$`

// takeRole makes a new connection the application's, where the user may.
func takeRole(ctx context.Context, c *pgx.Conn) error {
	l, err := readLacks(ctx, c)
	if err == nil && !slices.Contains(l.Closed, AppRole) {
		_, err = c.Exec(ctx, "SET ROLE "+AppRole)
	}
	return err
}

// Wall is how far row-level security holds for this store's connections.
type Wall struct {
	// User runs the statements of requests, Login opened the connection.
	User, Login string
	// Bypassed: the user is above row-level security. Owner: it owns the tables,
	// and could lift it.
	Bypassed, Owner bool
	// Open are tables of families or registrations without it.
	Open []string
	// lacks are of Login.
	lacks lacks
}

// Err tells what is wrong, and what a database administrator runs; nil where the
// wall holds.
func (w *Wall) Err() error {
	switch {
	case len(w.Open) > 0:
		return fmt.Errorf("row-level security is off for %s: a migration lacks ks_protect", strings.Join(w.Open, ", "))
	case len(w.lacks.Closed) > 0:
		return fmt.Errorf("%s cannot become what requests and commands are to run as; as a superuser run:\n%s\nand start anew", w.Login, w.lacks.remedy(w.Login))
	case w.Bypassed || w.Owner:
		return fmt.Errorf("requests run as %s, which could pass row-level security by; start anew", w.User)
	}
	return nil
}

// Wall looks.
func (s *Store) Wall(ctx context.Context) (*Wall, error) {
	w := &Wall{}
	err := s.pool.QueryRow(ctx, `
SELECT current_user, session_user, rolsuper OR rolbypassrls,
    pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'family'::regclass), 'USAGE'),
    ARRAY (SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = 'family'::regclass) AND (a.attname IN ('village', 'family', 'registration') OR c.relname = 'registration' AND a.attname = 'number') AND NOT a.attisdropped
        AND c.relname <> 'identifier_progress' AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1)
FROM pg_roles WHERE rolname = current_user`).Scan(&w.User, &w.Login, &w.Bypassed, &w.Owner, &w.Open)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", translate(err))
	}
	w.lacks, err = readLacks(ctx, s.pool)
	return w, err
}

// beginQuery begins a transaction and declares its scope, in one round trip.
func beginQuery(ctx context.Context, o pgx.TxOptions) string {
	var b strings.Builder
	b.WriteString("BEGIN ISOLATION LEVEL " + string(o.IsoLevel) + " " + string(o.AccessMode))
	scope, operator := store.ScopeOf(ctx)
	if operator {
		b.WriteString("; SET LOCAL ROLE " + OperatorRole)
		return b.String()
	}
	set := func(name, value string) { fmt.Fprintf(&b, "; SET LOCAL ks.%s = '%s'", name, value) }
	if len(scope.Villages) > 0 {
		set("villages", arrayOf(scope.Villages))
	}
	if scope.Account != 0 {
		set("account", strconv.FormatUint(uint64(scope.Account), 10))
	}
	between := func(name, from, to string) { set(name+"_from", from); set(name+"_to", to) }
	const first, behindAll = "0", ":" // of codes that begin with a digit
	switch {
	case scope.RequestsEverywhere:
		between("requests", first, behindAll)
	case isCode(scope.RequestsUnder):
		between("requests", scope.RequestsUnder, scope.RequestsUnder+behindAll)
	}
	if isPuskesmas(scope.Puskesmas) {
		set("puskesmas", scope.Puskesmas)
	}
	switch {
	case scope.Everywhere:
		between("figures", first, behindAll)
	case isCode(scope.FiguresUnder):
		between("figures", scope.FiguresUnder, scope.FiguresUnder+behindAll)
	case len(scope.Figures) > 0:
		set("figures", arrayOf(scope.Figures))
	}
	return b.String()
}

// isCode tells whether a text is digits and dots alone: nothing else is written
// into a statement.
func isCode(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
}

// isPuskesmas tells the same of a Puskesmas code: letters and digits alone.
func isPuskesmas(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') })
}

func arrayOf(numbers []uint32) string {
	text := make([]string, len(numbers))
	for i, n := range numbers {
		text[i] = strconv.FormatUint(uint64(n), 10)
	}
	return "{" + strings.Join(text, ",") + "}"
}
