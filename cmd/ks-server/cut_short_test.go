package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

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
