package main

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// TestADumpBesideABackupHoldsEveryRow: by the commands that README and 'backup --help' name,
// as the user of the database whom they name, who is no superuser. A user that does not
// inherit what its roles may sees least.
func TestADumpBesideABackupHoldsEveryRow(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, recipe := range []string{dumpDatabase, loadDatabase} {
		if help := backupCommand(&options{}).Long; !strings.Contains(help, recipe) || !strings.Contains(string(readme), "`"+recipe+"`") {
			t.Errorf("README or help lacks %q", recipe)
		}
	}
	cluster := pgtest.ForTest(t)
	if _, ok := cluster.Program("pg_dump"); !ok {
		t.Skip("this PostgreSQL came without pg_dump")
	}
	asSuperuser(t, cluster.NewDatabase(t), "CREATE ROLE ks LOGIN CREATEROLE", "GRANT SET ON PARAMETER ks.lookup TO ks")
	full := owned(t, cluster)
	x := &turnedBack{t: t, dir: t.TempDir(), database: asKS(full)}
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{
		"init", "import areas {dir}/areas.csv", "import puskesmas {dir}/puskesmas.csv", "import families {dir}/families.csv",
		"import targets {dir}/targets.csv", "import rt {dir}/rt.csv", "contacts import {dir}/contacts.csv",
		"account add sari --role supervisor --puskesmas P3204050101", "account add siti --role surveyor --puskesmas P3204050101 --assign 32.04.05.2001",
		"registration receive --form " + example + "formulir.csv --letter " + example + "surat.pdf --via post --as pusdatin",
		"person restrict --nik 3204050302800001" + personArgs, "verify",
	} {
		x.run(c)
	}
	empty := owned(t, cluster)
	asSuperuser(t, full, "ALTER ROLE ks NOINHERIT")
	clientProgram(t, cluster, x.dir, full, dumpDatabase)
	asSuperuser(t, full, "ALTER ROLE ks INHERIT")
	clientProgram(t, cluster, x.dir, empty, loadDatabase)
	before, after := countOfEach(t, full), countOfEach(t, empty)
	if !maps.Equal(before, after) {
		t.Errorf("dumped %v\nloaded %v", before, after)
	}
	for _, table := range []string{"family", "history", "place", "identifier", "registration", "registration_file", "audit_entry", "account", "(walled)", "(policies)"} {
		if before[table] == 0 {
			t.Errorf("the test has nothing in %s", table)
		}
	}
	x.database = asKS(empty)
	x.run("verify")
}

// example is of a registration.
const example = "../../server/registration/example/"

// owned makes a database that ks owns; the address is the superuser's.
func owned(t *testing.T, cluster *pgtest.Cluster) string {
	t.Helper()
	address := cluster.NewDatabase(t)
	_, database, _ := strings.Cut(address, "dbname=")
	asSuperuser(t, address, "ALTER DATABASE "+database+" OWNER TO ks")
	return address
}

func asKS(address string) string { return strings.Replace(address, "user=postgres", "user=ks", 1) }

// clientProgram runs a recipe in a folder as ks, on that database in place of ks.
func clientProgram(t *testing.T, cluster *pgtest.Cluster, dir, address, recipe string) {
	t.Helper()
	c, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(strings.Replace(recipe, "--dbname=ks", "--dbname="+c.Database, 1))
	program, _ := cluster.Program(words[0])
	run := exec.CommandContext(t.Context(), program, words[1:]...)
	run.Dir = dir
	run.Env = append(os.Environ(), "PGHOST="+c.Host, "PGUSER=ks")
	if said, err := run.CombinedOutput(); err != nil || len(said) > 0 {
		t.Fatalf("%s: %v\n%s", recipe, err, said)
	}
}

// countOfEach counts the rows of each table, as a superuser does, tables behind the second
// wall, and its policies.
func countOfEach(t *testing.T, address string) map[string]int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := conn.Query(t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") // its error is the rows'
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	counts := map[string]int{}
	for _, table := range tables {
		var n int
		err = errors.Join(err, conn.QueryRow(t.Context(), "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n))
		counts[table] = n
	}
	var walled, policies int
	err = errors.Join(err, conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM pg_class WHERE relrowsecurity AND relforcerowsecurity), (SELECT count(*) FROM pg_policy)`).
		Scan(&walled, &policies))
	counts["(walled)"], counts["(policies)"] = walled, policies
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return counts
}
