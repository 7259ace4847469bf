package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// TestNothingErasedOrRenewedIsLeftInTheLog: the log of a store that another process has
// open stays when a command ends, so that the command itself has to empty it.
func TestNothingErasedOrRenewedIsLeftInTheLog(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	file := filepath.Join(dir, "d", "server.db")
	other, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}()
	const emptied = 32 + 24 + 4096 // a commit of one page makes it last that it is
	const erase = "--i-have-considered-restriction" + personArgs
	for _, c := range []struct {
		path, args, says string
		before           func() // what keeps it from its work
		stays            bool
	}{
		{path: "import rt", args: "{dir}/rt.csv", stays: true}, // the next one has something to empty
		{path: "doctor", says: "ok     close", stays: true},
		{path: "doctor", args: "--empty-log", says: "ok     write-ahead log emptied"},
		{path: "person erase", args: erase + " --nik 3204050302800001", says: "erased in 1 of 1 families"},
		{
			path: "person erase", args: erase + " --nik 3204055001700007", says: "no plain file",
			before: func() { makeDirectory(t, (&options{dir: filepath.Join(dir, "d")}).ledger()) },
		},
		{path: "account assign", args: "--user sari --none", stays: true},
		{path: "person erase", args: erase + " --nik 3204050302800001", says: "not found"}, // of one that was killed before it came to that
		{path: "keys rotate", says: "make a backup now"},
		{path: "account assign", args: "--user sari --none", stays: true},
		{path: "keys rotate", says: "no new keys were made"},
	} {
		if c.before != nil {
			c.before()
		}
		said := runCommand(t, dir, c.path, c.args)
		info, err := os.Stat(file + "-wal")
		if err != nil || (info.Size() > emptied) != c.stays || !strings.Contains(said, c.says) {
			t.Errorf("ks-server %s %s: the log %+v: %v\n%s", c.path, c.args, info, err, said)
		}
	}
	err = other.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		if _, err := snap.FindAccountByName(ctx, "sari"); err != nil {
			return err
		}
		said := runCommand(t, dir, "person erase", erase+" --nik 3204055001700007")
		if !strings.Contains(said, "no plain file") || !strings.Contains(said, "run 'ks-server doctor --empty-log' once no export or backup is under way") {
			t.Errorf("beside somebody who reads: %s", said)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// twoFamilies is a folder with a store, in d, of two families and a supervisor.
func twoFamilies(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range commandFiles {
		write(t, filepath.Join(dir, name), text)
	}
	for _, c := range []commandTry{
		{path: "init"},
		{path: "import areas", args: "{dir}/areas.csv"},
		{path: "import puskesmas", args: "{dir}/puskesmas.csv"},
		{path: "import families", args: "{dir}/families.csv"},
		{path: "account add", args: "sari --role supervisor --puskesmas P3204050101"},
	} {
		runCommand(t, dir, c.path, c.args)
	}
	return dir
}

func makeDirectory(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
