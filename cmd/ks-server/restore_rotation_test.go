package main

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

const (
	// A bit of one family's value, as where a disk rots.
	damageFamily   = `UPDATE family SET payload = set_byte(payload, length(payload)-1, get_byte(payload, length(payload)-1) # 1) WHERE id = (SELECT id FROM family ORDER BY id LIMIT 1)`
	announceKeys   = `INSERT INTO meta (name, value) VALUES ('keys.rotating', 'starting')`
	restoreFromTar = "restore {dir}/keys.tar --dir {dir}/r"
)

// familiesInPostgres has families, and a backup.
func familiesInPostgres(t *testing.T, cluster *pgtest.Cluster) *turnedBack {
	t.Helper()
	x := &turnedBack{t: t, dir: t.TempDir(), database: cluster.NewDatabase(t)}
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{"init", "import areas {dir}/areas.csv", "import puskesmas {dir}/puskesmas.csv", "import families {dir}/families.csv", "backup {dir}/keys.tar"} {
		x.run(c)
	}
	return x
}

// The host dies when a rotation was announced and keys were not made, or the database is put
// back to that moment. A restore makes none: where it fails, their only copy would go with its
// folder.
func TestARestoreMakesNoKeys(t *testing.T) {
	t.Parallel()
	x := familiesInPostgres(t, pgtest.ForTest(t))
	execute(t, x.database, announceKeys)
	write(t, filepath.Join(x.dir, "bad.txt"), "not a ledger\n")
	said := x.tryIn("r", strings.ReplaceAll("restore {dir}/keys.tar --erasures {dir}/bad.txt", "{dir}", x.dir))
	if !strings.Contains(said, "bad.txt") || !strings.Contains(said, "it is called off, and no keys were made") {
		t.Errorf("with a ledger that can't be read: %s", said)
	}
	if left, err := filepath.Glob(filepath.Join(x.dir, "r.restoring")); err != nil || len(left) > 0 {
		t.Errorf("left of it: %v, %v", left, err)
	}
	if said := x.run(restoreFromTar); !strings.Contains(said, "all verified") {
		t.Errorf("once more: %s", said)
	}
	x.run("verify")
}

// restore makes damaged families anew also where it has to go on with a rotation.
func TestARestoreGoesOnWithARotationThoughAFamilyIsDamaged(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	x := familiesInPostgres(t, first)
	execute(t, x.database, damageFamily)
	x.rotateUpTo("seal history")
	standby := first.Standby(t)
	x.rotateUpTo("")
	if err := os.Remove(filepath.Join(x.dir, "keys.tar")); err != nil {
		t.Fatal(err)
	}
	x.run("backup {dir}/keys.tar")
	if err := first.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.database = standby.AddressOf(first, x.database)
	said := x.run(restoreFromTar)
	for _, want := range []string{"DOES NOT OPEN family", "went on; no new keys were made", "1 families were damaged", "all verified"} {
		if !strings.Contains(said, want) {
			t.Errorf("restore says nothing of %q: %s", want, said)
		}
	}
}

// Whatever made them: keys that only the folder of a failed restore holds are not removed.
func TestARestoreThatFailsKeepsKeysThatTheBackupLacks(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	o := &options{dir: filepath.Join(dir, "d")}
	given, err := o.openRing()
	if err != nil {
		t.Fatal(err)
	}
	more, err := given.Rotate(rand.Reader, time.Now())
	if err == nil {
		err = o.saveRing(more)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := o.discard(given); err == nil || !strings.Contains(err.Error(), "is kept: its keys.json holds keys that the backup does not") {
		t.Errorf("keys that nobody else has: %v", err)
	}
	if _, err := os.Stat(o.keys()); err != nil {
		t.Error(err)
	}
	retired, err := more.Retire()
	if err == nil {
		err = o.saveRing(retired)
	}
	if err == nil {
		err = o.discard(more)
	}
	if _, gone := os.Stat(o.dir); err != nil || !os.IsNotExist(gone) {
		t.Errorf("the backup's own keys: %v, %v", err, gone)
	}
}

// tryIn runs a command that may fail with another folder, and gives what it says.
func (x *turnedBack) tryIn(folder, command string) string {
	x.t.Helper()
	var out bytes.Buffer
	words := append(strings.Fields(command), "--dir", filepath.Join(x.dir, folder), "--database", x.database)
	Run(x.t.Context(), words, strings.NewReader("rahasia milik sari 77\n"), &out, &out)
	return out.String()
}
