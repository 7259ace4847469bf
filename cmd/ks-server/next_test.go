package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// What init says to do next works: without the database it would look for a store in the
// folder, where there is none.
func TestWhatInitSaysNextNamesTheDatabase(t *testing.T) {
	t.Parallel()
	cluster := pgtest.ForTest(t)
	address, dir := cluster.NewDatabase(t), filepath.Join(t.TempDir(), "d")
	var out, errs bytes.Buffer
	if code := Run(t.Context(), []string{"init", "--dir", dir, "--database", address + " password='ra ha\\'sia'"}, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("init: exit code %d, %s", code, errs.String())
	}
	_, next, _ := strings.Cut(out.String(), "Next: ks-server --dir "+dir+" ")
	named, rest, _ := strings.Cut(strings.TrimPrefix(next, "--database '"), "' serve\n")
	if named != address || !strings.Contains(rest, filepath.Join(dir, "ks-server.conf")+" has the line database=ADDRESS; its password is left out here") {
		t.Errorf("not %s: %s", address, out.String())
	}
	out.Reset()
	if code := Run(t.Context(), []string{"keys", "status", "--dir", dir, "--database", named}, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Errorf("with it: exit code %d, %s", code, errs.String())
	}
	if code := Run(t.Context(), []string{"keys", "status", "--dir", dir}, strings.NewReader(""), &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "name the database with --database") {
		t.Errorf("without it: exit code %d, %s", code, errs.String())
	}
}

func TestAnAddressIsShownWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"postgres://ks:rahasia@db:5432/ks?sslmode=require":       "postgres://ks@db:5432/ks?sslmode=require",
		"postgres://ks@db/ks":                                    "postgres://ks@db/ks",
		"postgres:///ks?host=/run":                               "postgres:///ks?host=/run",
		"postgresql://db/ks?sslpassword=a&user=ks&password=b%26": "postgresql://db/ks?user=ks",
		"host=db password=rahasia user=ks":                       "host=db user=ks",
		`host=db password = 'ra ha\'sia' sslpassword=a\ b`:       "host=db",
		"host=db passfile=/etc/pgpass dbname=ks":                 "host=db passfile=/etc/pgpass dbname=ks",
	} {
		if got := withoutPassword(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
