package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Whatever an earlier run has found, none says that all is well while a row does not open.
func TestARotationThatFindsRowsWithoutKeysFailsEachTime(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	runCommand(t, dir, "keys rotate", "")
	runCommand(t, dir, "keys drop", "")
	if said := runCommand(t, dir, "keys rotate", ""); !strings.Contains(said, "backup now") || strings.Contains(said, "kept in keys.json") {
		t.Errorf("rotate after drop: %s", said)
	}
	spoil(t, dir, `UPDATE history SET payload = CAST(substr(payload, 1, 1) || x'01020304' || substr(payload, 6) AS BLOB) WHERE revision = 1`)
	for _, again := range []string{"", "", "--again"} {
		said := runCommand(t, dir, "keys rotate", again)
		if !strings.Contains(said, "unknown master key: 16909060") || !strings.Contains(said, "1 rows do not open and stay as they are, 1 of them for keys.json does not hold their keys") || strings.Contains(said, "backup now") {
			t.Errorf("rotate %s: %s", again, said)
		}
	}
	for _, command := range []string{"keys status", "keys drop", "verify", "doctor"} {
		if said := runCommand(t, dir, command, ""); !strings.Contains(said, "rows are under keys that the key file does not hold: run 'ks-server keys rotate'") {
			t.Errorf("%s: %s", command, said)
		}
	}
	// Nobody has the keys any more.
	if said := runCommand(t, dir, "keys rotate", "--leave-keyless"); !strings.Contains(said, "given up with its key: 16909060") || !strings.Contains(said, "the server can be started") {
		t.Errorf("rotate --leave-keyless: %s", said)
	}
	for command, want := range map[string]string{"keys status": "were rotated at", "verify": "2 families", "keys rotate": "1 rows do not open and stay as they are; the server can be started"} {
		if said := runCommand(t, dir, command, ""); !strings.Contains(said, want) {
			t.Errorf("afterwards %s: %s", command, said)
		}
	}
}

// Damaged rows, which no rotation seals anew, keep nobody from destroying retired keys; what is
// whole in them is sealed anew, and the next rotation doesn't ask for the destroyed keys.
func TestRetiredKeysAreDestroyedThoughRowsAreDamaged(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	spoil(t, dir, `UPDATE history SET payload = CAST(substr(payload, 1, 40) || x'00' || substr(payload, 42) AS BLOB) WHERE revision = 1`)
	spoil(t, dir, `UPDATE account SET full_name = CAST(substr(full_name, 1, 20) || x'0000' || substr(full_name, 23) AS BLOB)`)
	for _, step := range []struct{ command, args, want, not string }{
		{"keys rotate", "", "DOES NOT OPEN history", "backup now"},
		{"keys status", "", "are kept as retired ones", "does not hold"},
		{"keys drop", "", "DOES NOT OPEN history", "nothing was changed"},
		{"keys status", "", "were rotated at", "retired"},
		{"keys rotate", "", "the server can be started", "kept in keys.json"},
		{"keys rotate", "--again", "the server can be started", "--leave-keyless"},
		{"keys drop", "", "are destroyed", "nothing was changed"},
		{"verify", "", "2 families", "keys rotate"},
	} {
		if said := runCommand(t, dir, step.command, step.args); !strings.Contains(said, step.want) || strings.Contains(said, step.not) {
			t.Errorf("%s %s: %s", step.command, step.args, said)
		}
	}
}

// A power cut as former keys are taken by --with: nobody uses the store with them in use.
func TestFormerKeysAreTakenOnceNobodyElseUsesTheStore(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	keys := filepath.Join(dir, "d", "keys.json")
	former, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "former.json"), string(former))
	runCommand(t, dir, "keys rotate", "")
	runCommand(t, dir, "keys drop", "")
	// The key file can't be replaced: what is left of an earlier try can't be removed.
	stuck := keys + ".new-1"
	if err := os.MkdirAll(filepath.Join(stuck, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(stuck, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if said := runCommand(t, dir, "keys rotate", "--with {dir}/former.json"); !strings.Contains(said, "keys are not rotated yet") {
		t.Errorf("rotate --with: %s", said)
	}
	if said := runCommand(t, dir, "keys status", ""); !strings.Contains(said, "did not come to its end") {
		t.Errorf("status: %s", said)
	}
	if err := os.RemoveAll(stuck); err != nil {
		t.Fatal(err)
	}
	if said := runCommand(t, dir, "keys rotate", "--with {dir}/former.json"); !strings.Contains(said, "kept in keys.json until 'ks-server keys drop'") {
		t.Errorf("rotate --with again: %s", said)
	}
	if said := runCommand(t, dir, "verify", ""); !strings.Contains(said, " 0 differences") {
		t.Errorf("verify: %s", said)
	}
}
