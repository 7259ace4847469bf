package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// What a living server remembers of a database that went back is not so any more: a new
// epoch is begun when it has stopped.
func TestADatabaseIsRestoredAlone(t *testing.T) {
	t.Parallel()
	cluster := pgtest.ForTest(t)
	dir, address := t.TempDir(), cluster.NewDatabase(t)
	const phrase = "kalimat sandi cadangan yang panjang\n"
	run := func(args ...string) (code int, said string) {
		var out, errs bytes.Buffer
		code = Run(t.Context(), append(args, "--database", address), strings.NewReader(phrase), &out, &errs)
		return code, out.String() + errs.String()
	}
	empty := cluster.NewDatabase(t)
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
	// Another server of the database has its keys, and no new ones.
	if code, said := run("init", "--dir", filepath.Join(dir, "second"), "--user", "kedua"); code == 0 || !strings.Contains(said, "copy them from another server") {
		t.Errorf("new keys for a database in use: %d, %s", code, said)
	}
	// An empty database is not taken for the one that was to be put back.
	address = empty
	for _, args := range [][]string{{"restore", "--dir", filepath.Join(dir, "none"), backup}, {"serve", "--dir", old}, {"verify", "--dir", old}} {
		if code, said := run(args...); code == 0 || !strings.Contains(said, "is empty: it is another than 'ks-server init' made") || strings.Contains(said, "postgres://") {
			t.Errorf("%v on an empty database: %d, %s", args, code, said)
		}
	}
}

// A certificate that was damaged in the backup is found before anything is put in its place.
func TestABackupWithADamagedCertificateIsRefused(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	const phrase = "<<satu dua tiga empat lima\n"
	runCommand(t, dir, "backup", "{dir}/b.tar"+phrase)
	whole, err := os.ReadFile(filepath.Join(dir, "b.tar"))
	if err != nil {
		t.Fatal(err)
	}
	begin := bytes.Index(whole, []byte("-----BEGIN CERTIFICATE-----"))
	end := bytes.Index(whole, []byte("-----END CERTIFICATE-----"))
	for name, at := range map[string]int{"first": begin + 60, "middle": (begin + end) / 2, "last": end - 8} {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1
		write(t, filepath.Join(dir, name+".tar"), string(damaged))
		said := runCommand(t, dir, "restore", "{dir}/"+name+".tar --dir {dir}/"+name+phrase)
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil || !strings.Contains(said, "server.pem is damaged") {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// Of the program itself: this test's process lowers it.
func TestATryOfABackupsPassphraseIsDear(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	file := filepath.Join(dir, "b.tar")
	c, output := ksServer(t, "backup", file, "--dir", filepath.Join(dir, "d"))
	c.Stdin = strings.NewReader("satu dua tiga empat lima\n")
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	archive, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sealed := regexp.MustCompile(`(?m)^-> scrypt \S+ (\d+)$`).FindAllSubmatch(archive, -1)
	if len(sealed) == 0 {
		t.Error("nothing is sealed under the passphrase")
	}
	for _, s := range sealed {
		if string(s[1]) != "18" {
			t.Errorf("a try costs scrypt of 2^%s", s[1])
		}
	}
}
