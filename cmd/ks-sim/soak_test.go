package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The report adds up what suites told, and says no where one broke a promise or
// is missing.
func TestASoakIsReportedAsOne(t *testing.T) {
	t.Parallel()
	good := outcome{Suite: "promises", Runs: 10, Unit: "seeds", Faulty: 4, Verified: 1000}
	for name, c := range map[string]struct {
		list []outcome
		exit int
		says string
	}{
		"all well":    {[]outcome{good, good}, exitOK, "| all | 20 | 8 | 2000 | 0 |"},
		"one missing": {[]outcome{good}, exitFailed, "| all | 10 | 4 | 1000 | 0 |"},
		"one broken":  {[]outcome{good, {Suite: "links", Violations: 1}}, exitFailed, "| links | 0  | 0 | 0 | 1 |"},
	} {
		file := filepath.Join(t.TempDir(), "outcome.jsonl")
		for _, o := range c.list {
			if err := o.tell(file); err != nil {
				t.Fatal(err)
			}
		}
		var out, errs bytes.Buffer
		exit := Run(t.Context(), []string{"soak-report", file, "--suites", "2"}, &out, &errs)
		bounded := strings.Contains(out.String(), "95 % bound: fewer than 1.5e+03 in a million")
		if exit != c.exit || !strings.Contains(out.String(), c.says) || bounded != (exit == exitOK) {
			t.Errorf("%s: exit %d, %s%s", name, exit, &out, &errs)
		}
	}
	spoiled := filepath.Join(t.TempDir(), "outcome.jsonl")
	if err := os.WriteFile(spoiled, []byte("{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit := Run(t.Context(), []string{"soak-report", spoiled}, &bytes.Buffer{}, &bytes.Buffer{}); exit != exitFailed {
		t.Errorf("a spoiled file: exit %d", exit)
	}
}
