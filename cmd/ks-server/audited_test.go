package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// recordedOnce are the commands of one entry: before they show what was read, or when all is
// done. The others have a first entry before they do anything, and a last with the outcome.
var recordedOnce = []string{"init", "device held", "restore"}

// commandTry is one command, tried on a store of two families.
type commandTry struct {
	path string
	// args, in which {dir} is the test's folder; standard input is what stands behind
	// <<, else the password.
	args string
	// unrecorded is why it need not be in the trail; it then must change nothing.
	unrecorded string
	// store is where its entry is; "": in d; "-": it isn't run here.
	store string
}

const (
	personArgs = " --reason surat --ground request --by pusdatin --approved-by sari"
	showsNone  = "shows nothing of anybody, and changes nothing"
	ownCalls   = "each call of its users is recorded by itself"
)

// commandTries has every command, in the order in which they are tried. Commands of
// the procedure are recorded before they find that there is no such registration.
var commandTries = []commandTry{
	{"init", "--dir {dir}/other", "", "other"},
	{"import areas", "{dir}/areas.csv", "", ""},
	{"import puskesmas", "{dir}/puskesmas.csv", "", ""},
	{"import targets", "{dir}/targets.csv", "", ""},
	{"import rt", "{dir}/rt.csv", "", ""},
	{"import families", "{dir}/families.csv", "", ""},
	{"account add", "sari --role supervisor --puskesmas P3204050101", "", ""},
	{"account assign", "--user sari --none", "", ""},
	{"contacts import", "{dir}/contacts.csv", "", ""},
	{"contacts list", "", "contacts are for everybody", ""},
	{"device held", "1", "", ""},
	{"doctor", "", showsNone, ""},
	{"verify", "", showsNone, ""},
	{"recompute", "", "", ""},
	{"keys status", "", showsNone, ""},
	{"audit key", "", "a public key", ""},
	{"audit verify", "", showsNone, ""},
	{"audit export", "", "", ""},
	{"export families", "", "", ""},
	{"registration form", "-o {dir}/form.csv", showsNone, ""},
	{"registration letter", "-o {dir}/letter.rtf", showsNone, ""},
	{"registration rules", "--surveyors 1 --as pusdatin", "", ""},
	{"registration draw-up", "--form {dir}/form.csv --as pusdatin", "", ""},
	{"registration attach", "1 --letter {dir}/areas.csv --as pusdatin", "", ""},
	{"registration copy", "1 --via post --as pusdatin", "", ""},
	{"registration submit", "1 --as pusdatin", "", ""},
	{"registration withdraw", "1 --reason salah --as pusdatin", "", ""},
	{"registration receive", "--form {dir}/form.csv --letter {dir}/areas.csv --via post --as pusdatin", "", ""},
	{"registration list", "--as pusdatin", "", ""},
	{"registration show", "1 --as pusdatin", "", ""},
	{"registration events", "1 --as pusdatin", "", ""},
	{"registration findings", "1 --as pusdatin", "", ""},
	{"registration verify", "1 --as pusdatin", "", ""},
	{"registration accept", "1 --as pusdatin", "", ""},
	{"registration return", "1 --reason salah --as pusdatin", "", ""},
	{"registration refuse", "1 --reason salah --as pusdatin", "", ""},
	{"registration issue", "1 --as pusdatin", "", ""},
	{"registration package", "1 -o {dir}/package.html --as pusdatin", "", ""},
	{"registration distributed", "1 --as pusdatin", "", ""},
	{"registration staff", "-o {dir}/cards.html --as pusdatin", "", ""},
	{"registration nominees", "--as pusdatin", "", ""},
	{"registration replace", "1 --as pusdatin << {}", "", ""},
	{"registration forget", "--as pusdatin", "", ""},
	{"registration admit", "1 --as pusdatin", "", ""},
	{"registration accept-replacement", "1 --as pusdatin", "", ""},
	{"registration refuse-replacement", "1 --reason salah --as pusdatin", "", ""},
	{"person export", "--nik 3204050302800001" + personArgs, "", ""},
	{"person trail", "--nik -" + personArgs + " <<rahasia milik sari 77\n3204050302800001", "", ""},
	{"person corrections", "--nik -" + personArgs + " <<rahasia milik sari 77\n3204050302800001", "", ""},
	{"person restrict", "--nik 3204050302800001" + personArgs, "", ""},
	{"person erase", "--i-have-considered-restriction --nik 3204050302800001" + personArgs, "", ""},
	{"import renumbering", "{dir}/renumbering.csv", "", ""},
	{"backup", "{dir}/b.tar", "", ""},
	{"restore", "{dir}/b.tar --dir {dir}/r", "", "r"},
	{"certificate renew", "", "", ""},
	{"keys rotate", "", "", ""},
	{"keys drop", "", "", ""},
	{"device import", "", "TestADeadDevicesFileIsImportedFromAStick reads its entries", "-"},
	{"serve", "", ownCalls, "-"},
	{"dev", "", ownCalls, "-"},
}

var commandFiles = map[string]string{
	"areas.csv":       "code,name\n32,Jawa Barat\n32.04,Kabupaten Bandung\n32.04.05,Cileunyi\n32.04.05.2001,Cileunyi Kulon\n",
	"puskesmas.csv":   "code,name,district,villages\nP3204050101,Puskesmas Cileunyi,32.04,32.04.05.2001\n",
	"targets.csv":     "area,families\n32.04.05.2001,400\n",
	"rt.csv":          "village,rw,rt\n32.04.05.2001,3,7\n",
	"renumbering.csv": "old,new\n32.04.05.2001,32.04.05.2999\n",
	"contacts.csv":    "name,telephone\nSari (contoh),0812-3456-7890\n",
	"families.csv": `survei_survei_id,survei_tanggal,survei_kelurahan_id,survei_rt_survei_rt_id,survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_nama,survei_individu_nik
K1,2024-05-17,3204052001,R1,M1,1,1,2,1980-02-03,Asep,3204050302800001
K2,2024-05-17,3204052001,R2,M2,1,2,4,1970-01-10,Dewi,3204055001700007
`,
}

// commandPaths are all commands that do something.
func commandPaths(c *cobra.Command) (out []string) {
	for _, sub := range c.Commands() {
		if sub.HasSubCommands() {
			out = append(out, commandPaths(sub)...)
		} else if sub.Name() != "help" {
			out = append(out, strings.TrimPrefix(sub.CommandPath(), "ks-server "))
		}
	}
	return out
}

func TestEveryCommandThatChangesOrTakesOutIsInTheTrail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range commandFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runCommand(t, dir, "init", "")
	tried := map[string]bool{}
	for i := range commandTries {
		x := &commandTries[i]
		tried[x.path] = true
		if x.store != "-" {
			x.try(t, dir)
		}
	}
	for _, path := range commandPaths(rootCommand(&options{})) {
		if !tried[path] {
			t.Errorf("ks-server %s is in no row of commandTries: say what shows that it is recorded, or why it need not be", path)
		}
	}
}

func runCommand(t *testing.T, dir, path, args string) (output string) {
	t.Helper()
	args, in, given := strings.Cut(args, "<<")
	if !given {
		in = "rahasia milik sari 77\n"
	}
	words := append(strings.Fields(path), strings.Fields(strings.ReplaceAll(args, "{dir}", dir))...)
	if !strings.Contains(args, "--dir ") {
		words = append(words, "--dir", filepath.Join(dir, "d"))
	}
	var out, failed bytes.Buffer
	if code := Run(t.Context(), words, strings.NewReader(in), &out, &failed); code == exitMisused {
		t.Errorf("ks-server %s %s: misused: %s", path, args, failed.String())
	}
	return out.String() + failed.String()
}

func (x *commandTry) try(t *testing.T, dir string) {
	t.Helper()
	in := x.store
	if in == "" {
		in = "d"
	}
	before := lookInto(t, filepath.Join(dir, in), x.path)
	output := runCommand(t, dir, x.path, x.args)
	after := lookInto(t, filepath.Join(dir, in), x.path)
	want := []string{"BEGUN", "DONE"}
	if strings.Contains("\n"+output, "\nks-server: ") && x.path != "device held" {
		want[1] = "FAILED COMMAND_FAILED"
	}
	if slices.Contains(recordedOnce, x.path) {
		want = want[1:]
	}
	switch {
	case x.unrecorded == "" && !slices.Equal(after.since(before), want):
		t.Errorf("ks-server %s: %q behind %d entries, want %q; it said %.300s", x.path, after.since(before), len(before.entries), want, output)
	case x.unrecorded != "" && after.content != before.content:
		t.Errorf("ks-server %s changes the store and is not recorded (%s)", x.path, x.unrecorded)
	}
}

// looked is what a store holds: a command's entries, and a hash of all else.
type looked struct {
	entries []lookedEntry
	content string
}

// lookedEntry is an entry's place in the trail, with its outcome and reason.
type lookedEntry struct {
	chain, sequence uint64
	text            string
}

// since are the texts of those entries that were not there before, sorted: one command may
// write to several chains, of which nothing tells who was first within a millisecond.
func (l looked) since(before looked) (texts []string) {
	for _, e := range l.entries {
		if !slices.Contains(before.entries, e) {
			texts = append(texts, e.text)
		}
	}
	slices.Sort(texts)
	return texts
}

func lookInto(t *testing.T, dir, path string) (l looked) {
	t.Helper()
	file := filepath.Join(dir, "server.db")
	if _, err := os.Stat(file); err != nil {
		return l
	}
	ctx := store.AsOperator(t.Context())
	s, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		l.entries = nil
		rows, err := snap.SearchAudit(ctx, store.AuditQuery{Limit: 10_000})
		for i := range rows {
			e := &ksv1.AuditEntry{}
			if err := proto.Unmarshal(rows[i].Body, e); err != nil {
				return err
			}
			if e.GetMethod() == "ks-server "+path {
				text := strings.TrimSpace(strings.TrimPrefix(e.GetOutcome().String(), "AUDIT_OUTCOME_") + " " + e.GetReason())
				l.entries = append(l.entries, lookedEntry{rows[i].Chain, rows[i].Sequence, text})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l.content = contentOf(t, s)
	return l
}

// contentOf hashes every row of every table but the trail's.
func contentOf(t *testing.T, s *sqlite.Store) string {
	t.Helper()
	var tables []string
	eachRow(t, s, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'audit%' AND name NOT LIKE 'sqlite%' ORDER BY name`, func(row []any) {
		tables = append(tables, fmt.Sprint(row[0]))
	})
	hash := sha256.New()
	for _, table := range tables {
		var rows []string
		eachRow(t, s, `SELECT * FROM "`+table+`"`, func(row []any) { rows = append(rows, fmt.Sprint(row...)) })
		slices.Sort(rows)
		fmt.Fprintln(hash, table, rows)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

func eachRow(t *testing.T, s *sqlite.Store, query string, do func(row []any)) {
	t.Helper()
	rows, err := s.DB().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		do(row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
