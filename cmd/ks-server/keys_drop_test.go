package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// The server's login is no superuser, as README advises, and not shown how far standbys are:
// retired keys go only where somebody says that none needs them.
func TestRetiredKeysStayWhereStandbysAreHidden(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	super := first.NewDatabase(t)
	config, err := pgx.ParseConfig(super)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"CREATE ROLE pemilik LOGIN CREATEROLE", "GRANT SET ON PARAMETER ks.lookup TO pemilik", "ALTER DATABASE " + config.Database + " OWNER TO pemilik"} {
		execute(t, super, s)
	}
	x := &turnedBack{t: t, dir: t.TempDir(), database: strings.Replace(super, "user="+config.User, "user=pemilik", 1)}
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{"init", "import areas {dir}/areas.csv", "keys rotate"} {
		x.run(c)
	}
	standby := first.Standby(t)
	if err := standby.Follow(first, "jauh"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); !strings.Contains(x.try("keys status"), "pg_monitor"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no standby came")
		}
	}
	if said := x.try("keys drop"); !strings.Contains(said, "GRANT pg_monitor") || !strings.Contains(said, "--despite-standbys; nothing was changed") {
		t.Errorf("drop while standbys are hidden: %s", said)
	}
	execute(t, super, "SELECT pg_create_physical_replication_slot('hilang', true)")
	if said := x.try("keys drop"); !strings.Contains(said, "GRANT pg_monitor") || !strings.Contains(said, "not replayed yet by the standby of slot hilang") {
		t.Errorf("drop while one of them is away: %s", said)
	}
	if said := x.run("keys drop --despite-standbys"); !strings.Contains(said, "are destroyed") {
		t.Errorf("drop all the same: %s", said)
	}
}
