package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// A standby has replayed a part of a rotation that came to its end on the primary, which then
// is lost: the key file has what opens the rest, and so has a backup of it.
func TestAStandbyThatLagsBehindARotationIsPromoted(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	x := &turnedBack{t: t, dir: t.TempDir(), database: first.NewDatabase(t)}
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{"init", "import areas {dir}/areas.csv", "import puskesmas {dir}/puskesmas.csv", "import families {dir}/families.csv"} {
		x.run(c)
	}
	before := x.run("export families")
	x.rotateUpTo("seal history") // families are sealed anew, and the rest is not
	standbys := []*pgtest.Cluster{first.Standby(t), first.Standby(t)}
	x.rotateUpTo("")
	x.run("backup {dir}/keys.tar")
	execute(t, x.database, "SELECT pg_create_physical_replication_slot('jauh', true)")
	if said := x.try("keys drop"); !strings.Contains(said, "not replayed yet by the standby of slot jauh") {
		t.Errorf("drop while a standby is away: %s", said)
	}
	if said := x.try("keys status"); !strings.Contains(said, "WARNING the standby of slot jauh has not replayed all yet") || !strings.Contains(said, "are kept as retired ones") {
		t.Errorf("status while a standby is away: %s", said)
	}
	database := x.database
	if err := errors.Join(first.Kill(), standbys[0].Promote(t.Context())); err != nil {
		t.Fatal(err)
	}
	x.database = standbys[0].AddressOf(first, database)
	if said := x.try("export families"); !strings.Contains(said, "run 'ks-server keys rotate'") {
		t.Fatalf("it does not lag: %s", said)
	}
	said := x.run("keys rotate")
	if !strings.Contains(said, "no new keys were made") || strings.HasPrefix(said, "0 rows") || strings.Contains(said, "DOES NOT OPEN") {
		t.Errorf("rotate: %s", said)
	}
	if after := x.run("export families"); after != before {
		t.Errorf("families read otherwise:\n%s\n%s", after, before)
	}
	x.run("verify")
	x.run("audit verify")
	if said := x.run("keys drop"); !strings.Contains(said, "are destroyed") {
		t.Errorf("drop: %s", said)
	}
	// The keys are lost here; a backup from before that holds them.
	if err := errors.Join(standbys[0].Kill(), standbys[1].Promote(t.Context())); err != nil {
		t.Fatal(err)
	}
	x.database = standbys[1].AddressOf(first, database)
	if said := x.run("restore {dir}/keys.tar --dir {dir}/r"); !strings.Contains(said, "went on; no new keys were made") || !strings.Contains(said, "all verified") {
		t.Errorf("restore: %s", said)
	}
	if after := x.run("export families --dir {dir}/r"); after != before {
		t.Errorf("restored families read otherwise:\n%s\n%s", after, before)
	}
}

// try runs a command that may fail, and gives what it says.
func (x *turnedBack) try(command string) string {
	x.t.Helper()
	var out bytes.Buffer
	words := append(strings.Fields(command), "--dir", filepath.Join(x.dir, "d"), "--database", x.database)
	Run(x.t.Context(), words, strings.NewReader(""), &out, &out)
	return out.String()
}

// rotateUpTo rotates as 'keys rotate' does, up to a step, where it is killed; "": to the end.
func (x *turnedBack) rotateUpTo(step string) {
	x.t.Helper()
	o := &options{dir: filepath.Join(x.dir, "d"), database: x.database}
	ring, err := o.openRing()
	if err != nil {
		x.t.Fatal(err)
	}
	s, err := postgres.Open(x.t.Context(), x.database)
	if err != nil {
		x.t.Fatal(err)
	}
	defer s.Close()
	errKilled := errors.New("killed")
	_, err = (&rotation.Rotation{
		Store: s, Hold: &store.Hold{Settle: func(context.Context) error { return nil }}, Ring: ring, Save: o.saveRing, Now: time.Now, Rand: rand.Reader,
		Progress: func(name string, _, _ int) error {
			if name == step {
				return errKilled
			}
			return nil
		},
	}).Run(store.AsOperator(x.t.Context()))
	if err != nil && !errors.Is(err, errKilled) || (err == nil) != (step == "") {
		x.t.Fatalf("rotate up to %q: %v", step, err)
	}
}

func execute(t *testing.T, database, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err == nil {
		_, err = conn.Exec(t.Context(), statement)
		err = errors.Join(err, conn.Close(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
}
