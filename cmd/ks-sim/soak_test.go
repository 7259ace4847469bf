package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/promises"
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
			broken := error(nil)
			if o.Violations > 0 {
				broken = errBroken
			}
			if err := telling(file, func() (outcome, error) { return o, broken }); !errors.Is(err, broken) {
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

// A file that can't be written is told before a suite's days, not behind them; what failed is
// no outcome.
func TestAnOutcomeHasItsFileBeforeTheSuiteBegins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun := false
	err := telling(filepath.Join(dir, "nobody", "outcome.jsonl"), func() (outcome, error) {
		begun = true
		return outcome{}, nil
	})
	if begun || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, begun: %t", err, begun)
	}
	file, failed := filepath.Join(dir, "outcome.jsonl"), errors.New("failed")
	if err := telling(file, func() (outcome, error) { return outcome{Suite: "links"}, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	if told, err := os.ReadFile(file); err != nil || len(told) > 0 {
		t.Errorf("%s, %v", told, err)
	}
}

// Of few runs nothing is shown, which is not more than all.
func TestNoBoundIsAboveTheWhole(t *testing.T) {
	t.Parallel()
	for seeds, want := range map[int]string{1: "fewer than 100 %", 3: "fewer than 100 %", 4: "fewer than 75 %", 300: "fewer than 1 %"} {
		if got := bound(seeds, 0); !strings.Contains(got, want) {
			t.Errorf("%d seeds: %s", seeds, got)
		}
	}
	var out bytes.Buffer
	if err := reportSoak([]outcome{{Suite: "links", Runs: 1, Verified: 2}}, 1, &out); err != nil || !strings.Contains(out.String(), "fewer than 1e+06 in a million acknowledged changes lost or invented, fewer than 100 % of runs") {
		t.Errorf("%s, %v", &out, err)
	}
}

// The last number that there is ends the seeds, as any other does.
func TestSeedsEndWithTheLastNumber(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	none := errors.New("no world")
	var played []uint64
	for s := range play(ctx, func(context.Context, uint64, string) (*promises.World, error) { return nil, none }, math.MaxUint64-1, math.MaxUint64, time.Hour) {
		one := <-s
		if !errors.Is(one.err, none) {
			t.Error(one.err)
		}
		if played = append(played, one.seed); len(played) > 2 {
			cancel()
		}
	}
	if !slices.Equal(played, []uint64{math.MaxUint64 - 1, math.MaxUint64}) {
		t.Errorf("played %d", played)
	}
}
