package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// spoil damages the store of twoFamilies.
func spoil(t *testing.T, dir, statement string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "d", "server.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.DB().ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A backup of a store in which a family was damaged is restored, the family made anew from its
// history. What more is wrong is refused as ever.
func TestABackupOfADamagedStoreIsRestored(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	const phrase = "<<satu dua tiga empat lima\n"
	run := func(path, args string, want ...string) {
		t.Helper()
		said := runCommand(t, dir, path, args)
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s %s: no %q in %s", path, args, w, said)
			}
		}
	}
	refused := func(name, why string) {
		t.Helper()
		run("backup", "{dir}/"+name+".tar"+phrase)
		run("restore", "{dir}/"+name+".tar --dir {dir}/"+name+phrase, "differs from recompute", why)
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Error("what was refused is there")
		}
	}
	spoil(t, dir, `UPDATE family SET payload = zeroblob(99) WHERE revision = 1`)
	run("verify", "", "does not open", "1 differences")
	run("backup", "{dir}/b.tar"+phrase)
	run("restore", "{dir}/b.tar --dir {dir}/r"+phrase, "1 families were damaged", "restored 2 families and 2 changes, all verified;")
	spoil(t, dir, `UPDATE history SET payload = zeroblob(99) WHERE revision = 1`)
	run("recompute", "", "0 families recomputed", "1 villages are as before")
	refused("lost", "does not open")
	spoil(t, dir, `DELETE FROM family WHERE revision = 1`)
	refused("gone", "tally of village")
}
