package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestAnImportThatIsCutShortIsInTheTrail: the families of its first file are in the store,
// and the trail says that they came, how many, and that the command did not end well.
func TestAnImportThatIsCutShortIsInTheTrail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range commandFiles {
		write(t, filepath.Join(dir, name), text)
	}
	for _, name := range []string{"by a file", "by an interruption", "not at all"} {
		in := filepath.Join(dir, name)
		areas, families := filepath.Join(dir, "areas.csv"), filepath.Join(dir, "families.csv")
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		run := func(wanted int, words ...string) string {
			var out, errs bytes.Buffer
			if code := Run(ctx, append(words, "--dir", in), interrupting{interrupt}, &out, &errs); code != wanted {
				t.Errorf("%s: %q: exit code %d, %s", name, words, code, errs.String())
			}
			return out.String()
		}
		run(exitOK, "init")
		run(exitOK, "import", "areas", areas)
		want := "BEGUN 0 , FAILED 2 COMMAND_FAILED"
		switch name {
		case "by a file":
			run(exitFailed, "import", "families", families, filepath.Join(dir, "missing.csv"))
		case "by an interruption":
			run(exitFailed, "import", "families", families, "-")
			want = "BEGUN 0 , FAILED 2 CANCELED"
		default:
			run(exitOK, "import", "families", families)
			want = "BEGUN 0 , DONE 2 "
		}
		ctx = t.Context()
		if said := run(exitOK, "verify"); !strings.Contains(said, "2 families") {
			t.Errorf("%s: %s", name, said)
		}
		if got := trailOf(t, run(exitOK, "audit", "export"), "import families"); got != want {
			t.Errorf("cut short %s the trail has %q, want %q", name, got, want)
		}
	}
}

// TestARotationThatIsCutShortIsInTheTrail: from when it began others could not use the store,
// and the trail says so, whether or not it is run again.
func TestARotationThatIsCutShortIsInTheTrail(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	trail := func() string { return trailOf(t, runCommand(t, dir, "audit export", ""), "keys rotate") }
	inTheWay := filepath.Join(dir, "d", "keys.json.new-1") // of the new key file, and no file that can be removed
	err1 := os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700)
	err2 := os.Chtimes(inTheWay, time.Unix(0, 0), time.Unix(0, 0))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	const cut = "BEGUN 0 , FAILED 0 COMMAND_FAILED"
	if said := runCommand(t, dir, "keys rotate", ""); !strings.Contains(said, "keys are not rotated yet") {
		t.Fatalf("the key file can't be written: %s", said)
	}
	if err := os.RemoveAll(inTheWay); err != nil {
		t.Fatal(err)
	}
	if said := runCommand(t, dir, "keys rotate", ""); !strings.Contains(said, "make a backup now") {
		t.Fatalf("run again: %s", said)
	}
	whole := trail()
	if !strings.HasPrefix(whole, cut+", BEGUN 0 , DONE ") || strings.Contains(whole, "DONE 0") {
		t.Errorf("the trail has %q", whole)
	}
	runCommand(t, dir, "keys rotate", "") // which finds that all is done
	if again := trail(); again != whole+", BEGUN 0 , DONE 0 " {
		t.Errorf("of a run that sealed nothing the trail has %q more", strings.TrimPrefix(again, whole))
	}
	if said := runCommand(t, dir, "audit verify", ""); !strings.Contains(said, ": 0 problems") {
		t.Errorf("verify: %s", said)
	}
}

// interrupting ends the command that reads it, as Ctrl-C does.
type interrupting struct{ end func() }

func (i interrupting) Read([]byte) (int, error) {
	i.end()
	return 0, io.ErrUnexpectedEOF
}

// trailOf are outcome, count and reason of a command's entries in an export, oldest first.
func trailOf(t *testing.T, export, command string) string {
	t.Helper()
	var found []string
	for line := range strings.Lines(export) {
		e := &ksv1.AuditEntry{}
		if err := protojson.Unmarshal([]byte(line), e); err != nil {
			t.Fatal(err)
		}
		if e.GetMethod() == "ks-server "+command {
			outcome := strings.TrimPrefix(e.GetOutcome().String(), "AUDIT_OUTCOME_")
			found = append([]string{outcome + " " + strconv.FormatUint(e.GetCount(), 10) + " " + e.GetReason()}, found...)
		}
	}
	return strings.Join(found, ", ")
}
