package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// postgresUser is who sets a database up.
type postgresUser struct {
	name, may string
	// told are the statements that init prints, which then are run; "": init does it alone.
	told string
}

// TestAUserWhoIsNoSuperuserSetsADatabaseUp: with what README says alone; where the user may
// make no roles, with what init prints, which is what is missing.
func TestAUserWhoIsNoSuperuserSetsADatabaseUp(t *testing.T) {
	t.Parallel()
	const create, grant = "CREATE ROLE keluarga_sehat_app NOLOGIN; CREATE ROLE keluarga_sehat_operator NOLOGIN; ", "GRANT keluarga_sehat_app, keluarga_sehat_operator TO "
	for _, users := range [][]postgresUser{
		{{"ministry", "CREATEROLE", ""}, {"district-2", "NOCREATEROLE", grant + `"district-2";`}},
		{{"alone", "NOCREATEROLE", create + grant + `"alone";`}},
	} {
		cluster := pgtest.ForTest(t) // roles are the whole cluster's
		for _, u := range users {
			u.setUp(t, cluster.NewDatabase(t))
		}
	}
}

func (u *postgresUser) setUp(t *testing.T, superuser string) {
	t.Helper()
	_, database, _ := strings.Cut(superuser, "dbname=")
	user := pgx.Identifier{u.name}.Sanitize()
	asSuperuser(t, superuser, "CREATE ROLE "+user+" LOGIN "+u.may, "ALTER DATABASE "+database+" OWNER TO "+user)
	dir := filepath.Join(t.TempDir(), "d")
	run := func(command string) (int, string) {
		var out bytes.Buffer
		code := Run(t.Context(), []string{command, "--dir", dir, "--database", strings.Replace(superuser, "user=postgres", "user="+u.name, 1)}, strings.NewReader(""), &out, &out)
		return code, out.String()
	}
	grant := "GRANT SET ON PARAMETER ks.lookup TO " + user
	code, said := run("init")
	if code == exitOK || !strings.Contains(said, "as a superuser run:\n"+grant+";\n") {
		t.Fatalf("%s: init: exit code %d, %s; want %s", u.name, code, said, grant)
	}
	asSuperuser(t, superuser, grant)
	code, said = run("init")
	if u.told != "" {
		if code == exitOK || !strings.Contains(said, "as a superuser run:\n"+u.told+"\n") {
			t.Fatalf("%s: init: exit code %d, %s; want %s", u.name, code, said, u.told)
		}
		asSuperuser(t, superuser, u.told)
		code, said = run("init")
	}
	if code != exitOK || strings.Contains(said, "note:") {
		t.Fatalf("%s: init: exit code %d, %s", u.name, code, said)
	}
	if _, said := run("doctor"); !strings.Contains(said, "ok     row-level security") || !strings.Contains(said, "ok     the keys are the store's") {
		t.Errorf("%s: doctor: %s", u.name, said)
	}
}

func asSuperuser(t *testing.T, address string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := c.Exec(t.Context(), s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
