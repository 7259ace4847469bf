package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/planted"
)

// suite is one that may find a bug; args run it, in the source's root. patience is
// how long it may take with a bug; 0: it has not been tried yet.
type suite struct {
	name     string
	args     []string
	patience time.Duration
}

// mutantSuites are tried in this order; the first that fails has found the bug.
func mutantSuites(binary string) []*suite {
	test := func(pkg string) *suite {
		return &suite{name: "go test ./" + pkg, args: []string{"go", "test", "-tags", "planted", "-count=1", "-failfast", "-timeout=40m", "./" + pkg}}
	}
	return []*suite{
		{name: "promises --seeds 1-30", args: []string{binary, "promises", "--seeds", "1-30", "--fail-fast"}},
		{name: "faults --cycles 20", args: []string{binary, "faults", "--cycles", "20"}},
		test("internal/merge"), test("internal/sqlite"), test("cmd/ks-sim/field"),
	}
}

func mutantsCommand() *cobra.Command {
	var only []string
	c := &cobra.Command{
		Use:   "mutants",
		Short: "Plant every known kind of bug and show which suite finds it",
		Long: `mutants builds ks-sim with the tag "planted" and runs the suites with one bug
active at a time, until one fails. It prints a Markdown table and exits 1 where a
bug was found by none. Run it in the source's root.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range only {
				if !slices.Contains(planted.Bugs[:], planted.Bug(name)) {
					return misused("no bug %q: choose from %v", name, planted.Bugs)
				}
			}
			return runMutants(cmd.Context(), only, cmd.OutOrStdout())
		},
	}
	c.Flags().StringSliceVar(&only, "only", nil, "`bugs` to plant; empty: all")
	return c
}

func runMutants(ctx context.Context, only []string, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "ks-mutants-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary := filepath.Join(dir, "ks-sim")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "planted", "-o", binary, "./cmd/ks-sim")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, text)
	}
	suites := mutantSuites(binary)
	fmt.Fprint(out, "| bug | found by | after | first sign |\n| --- | --- | --- | --- |\n")
	missed := 0
	for _, bug := range planted.Bugs {
		if len(only) > 0 && !slices.Contains(only, string(bug)) {
			continue
		}
		found, err := hunt(ctx, bug, suites, out)
		if err != nil {
			return err
		}
		if !found {
			missed++
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d bugs were found by no suite", missed)
	}
	return nil
}

// A bug that makes a suite hang is found too. What is a hang on this machine, now,
// tells the suite without a bug: longer than so many times its time, and than any
// suite takes on an idle machine.
const (
	suitePatience = 4 * time.Minute
	hangFactor    = 4
)

// try runs the suite without a bug, once. It must pass.
func (s *suite) try(ctx context.Context) error {
	if s.patience > 0 {
		return nil
	}
	begin := time.Now()
	if text, err := exec.CommandContext(ctx, s.args[0], s.args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s fails without a bug: %w: %s", s.name, err, firstSign(string(text), false))
	}
	s.patience = max(suitePatience, hangFactor*time.Since(begin))
	return nil
}

func hunt(ctx context.Context, bug planted.Bug, suites []*suite, out io.Writer) (bool, error) {
	for _, s := range suites {
		if err := s.try(ctx); err != nil {
			return false, err
		}
		limited, cancel := context.WithTimeout(ctx, s.patience)
		run := exec.CommandContext(limited, s.args[0], s.args[1:]...)
		run.Env = append(os.Environ(), planted.EnvBug+"="+string(bug))
		run.WaitDelay = 5 * time.Second
		var text bytes.Buffer
		run.Stdout, run.Stderr = &text, &text
		begin := time.Now()
		err := run.Run()
		hung := limited.Err() != nil
		cancel()
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err == nil {
			continue
		}
		seeds := ""
		if n := strings.Count(text.String(), "\nseed ") + strings.Count(text.String()[:min(text.Len(), 5)], "seed "); n > 0 {
			seeds = fmt.Sprintf("%d seeds, ", n)
		}
		fmt.Fprintf(out, "| %s | %s | %s%.0f s | %s |\n", bug, s.name, seeds, time.Since(begin).Seconds(), firstSign(text.String(), hung))
		return true, nil
	}
	fmt.Fprintf(out, "| %s | **nobody** | | |\n", bug)
	return false, nil
}

// firstSign is the first line that tells of a fault.
func firstSign(text string, hung bool) string {
	if hung {
		return "hangs"
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, sign := range []string{"VIOLATION", "--- FAIL", "_test.go:", "ks-sim:", "panic:"} {
			if strings.Contains(line, sign) {
				return strings.ReplaceAll(line[:min(len(line), 120)], "|", "/")
			}
		}
	}
	return "ended with an error"
}
