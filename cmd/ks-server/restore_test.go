package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// What a living server remembers of a database that went back is not so any more: a new
// epoch is begun when it has stopped.
func TestADatabaseIsRestoredAlone(t *testing.T) {
	t.Parallel()
	cluster, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	}()
	dir, address := t.TempDir(), cluster.NewDatabase(t)
	const phrase = "kalimat sandi cadangan yang panjang\n"
	run := func(args ...string) (code int, said string) {
		var out, errs bytes.Buffer
		code = Run(t.Context(), append(args, "--database", address), strings.NewReader(phrase), &out, &errs)
		return code, out.String() + errs.String()
	}
	old, backup, restored := filepath.Join(dir, "old"), filepath.Join(dir, "b.tar"), filepath.Join(dir, "new")
	for _, args := range [][]string{{"init", "--dir", old}, {"backup", "--dir", old, backup}} {
		if code, said := run(args...); code != 0 {
			t.Fatalf("%v: %s", args, said)
		}
	}
	server, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	// The store's gate, as server/store/postgres holds it.
	if _, err := server.Exec(t.Context(), `SELECT pg_advisory_lock_shared(27508)`); err != nil {
		t.Fatal(err)
	}
	if code, said := run("restore", "--dir", restored, backup); code == 0 || !strings.Contains(said, "stop it and try again") {
		t.Fatalf("beside a server: %d, %s", code, said)
	}
	if _, err := server.Exec(t.Context(), `SELECT pg_advisory_unlock_shared(27508)`); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, said := run("restore", "--dir", restored, backup); code != 0 || !strings.Contains(said, "a new epoch has begun") {
		t.Fatalf("when it had stopped: %d, %s", code, said)
	}
}
