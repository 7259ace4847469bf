package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/promises"
	"github.com/keluarga-sehat/sync/internal/usage"
)

var errBroken = errors.New("a promise was broken")

func promisesCommand() *cobra.Command {
	var seeds string
	var days time.Duration
	var failFast, badDisks, rights bool
	var told *string
	c := &cobra.Command{
		Use:   "promises --seeds A-B [--time D]",
		Short: "Check the product's promises under simulated faults",
		Long: `promises lives through simulated days with cut links, crashes, wrong clocks (the
server's too), reassigned surveyors, villages that leave the Puskesmas, copied databases, restored
servers and replayed uploads (with --bad-disks also writes and syncs that fail, full
disks and power cuts, with --rights families that are restricted, lifted and erased,
but no copied databases), then heals everything and checks the promises. It prints a line a seed and a
summary, and exits 1 where a promise was broken. A seed replays exactly.`,
		Example: "  ks-sim promises --seeds 1-20\n  ks-sim promises --seeds 17 --time 2160h",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, to, err := parseSeeds(seeds)
			if err != nil {
				return &usage.Error{Cause: err}
			}
			if days <= 0 {
				return misused("--time %s: must be positive", days)
			}
			world, name := promises.NewWorld, "promises"
			switch {
			case badDisks && rights:
				return misused("--bad-disks and --rights are worlds of their own: choose one")
			case rights:
				world, name = promises.NewWorldWithRights, "promises, rights"
			case badDisks:
				world, name = promises.NewWorldOnBadDisks, "promises, bad disks"
			}
			if os.Getenv("GOGC") == "" {
				defer debug.SetGCPercent(debug.SetGCPercent(worldsGCPercent))
			}
			return telling(*told, func() (outcome, error) {
				found, err := runPromises(cmd.Context(), world, from, to, days, failFast, cmd.OutOrStdout())
				found.Suite = name
				return found, err
			})
		},
	}
	told = outcomeFlag(c)
	c.Flags().StringVar(&seeds, "seeds", "1-20", "seeds to run, `A-B` or one number")
	c.Flags().DurationVar(&days, "time", 30*24*time.Hour, "simulated `time` a seed")
	c.Flags().BoolVar(&badDisks, "bad-disks", false, "let the devices' disks fail and lose power too")
	c.Flags().BoolVar(&rights, "rights", false, "let families be restricted and erased")
	c.Flags().BoolVar(&failFast, "fail-fast", false, "end with the first seed that breaks a promise")
	return c
}

// worldsGCPercent suits worlds: what lives in them is small, and they leave much behind.
const worldsGCPercent = 400

func parseSeeds(text string) (from, to uint64, err error) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	if from, err = strconv.ParseUint(first, 10, 64); err == nil {
		to, err = strconv.ParseUint(last, 10, 64)
	}
	if err != nil || to < from {
		return 0, 0, fmt.Errorf("--seeds %q: write A-B with A not above B, such as 1-20", text)
	}
	return from, to, nil
}

// newWorld makes the world of a seed.
type newWorld func(ctx context.Context, seed uint64, dir string) (*promises.World, error)

func runPromises(ctx context.Context, world newWorld, from, to uint64, d time.Duration, failFast bool, out io.Writer) (outcome, error) {
	o := outcome{Unit: "seeds"}
	ctx, cancel := context.WithCancel(ctx)
	seeds := play(ctx, world, from, to, d)
	defer func() {
		cancel()
		for s := range seeds { // those under way clear up behind them
			<-s
		}
	}()
	for s := range seeds {
		done := <-s
		if done.err != nil {
			return o, fmt.Errorf("seed %d: %w", done.seed, done.err)
		}
		report := done.report
		fmt.Fprintln(out, report)
		for _, v := range report.Violations {
			fmt.Fprintln(out, "  VIOLATION", v)
		}
		o.Runs++
		o.Faulty += report.Faulty
		o.Verified += report.Verified
		o.Violations += len(report.Violations)
		if failFast && o.Violations > 0 {
			break
		}
	}
	fmt.Fprintf(out, "%d seeds, %d sessions with a fault, %d acknowledged changes verified, %d violations%s\n", o.Runs, o.Faulty, o.Verified, o.Violations, bound(o.Runs, o.Violations))
	if o.Violations > 0 {
		return o, errBroken
	}
	return o, nil
}

// played is how a seed went.
type played struct {
	seed   uint64
	report *promises.Report
	err    error
}

// playedAhead is how many seeds may wait for one before them that takes longer.
const playedAhead = 16

// play plays seeds, each on one goroutine in a world of its own, as many at a
// time as there are cores; it gives them in their order.
func play(ctx context.Context, world newWorld, from, to uint64, d time.Duration) <-chan chan played {
	out, cores := make(chan chan played, playedAhead), make(chan struct{}, runtime.GOMAXPROCS(0))
	go func() {
		defer close(out)
		for seed := from; ; seed++ {
			one := make(chan played, 1)
			select {
			case cores <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case out <- one:
			case <-ctx.Done():
				return
			}
			go func() {
				defer func() { <-cores }()
				report, err := runSeed(ctx, world, seed, d)
				one <- played{seed, report, err}
			}()
			if seed == to { // which may be the last number that there is
				return
			}
		}
	}()
	return out
}

// bound says what no violation in so many seeds shows.
func bound(seeds, violations int) string {
	if violations > 0 {
		return ""
	}
	return fmt.Sprintf(" (95 %% bound: fewer than %.3g %% of seeds have one)", atMost(seeds, 100))
}

// atMost is how many of so many (100: percent) are bad at most, with 95 % confidence, where
// none of n tries was: by the rule of three, which says nothing of so few as three.
func atMost(n int, of float64) float64 { return min(3*of/float64(n), of) }

func runSeed(ctx context.Context, world newWorld, seed uint64, d time.Duration) (report *promises.Report, err error) {
	dir, err := os.MkdirTemp("", "ks-promises-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := world(ctx, seed, dir)
	if err != nil {
		return nil, err
	}
	if err := w.Run(ctx, d); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return &w.Report, w.Close()
}
