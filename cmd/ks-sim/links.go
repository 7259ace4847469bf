package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/links"
)

func linksCommand() *cobra.Command {
	var step int64
	var week bool
	var told *string
	c := &cobra.Command{
		Use:   "links",
		Short: "Cut a sync at every byte and check that it heals",
		Long: `links lets a device sync with a real server over TLS and cuts the connection
after every --step bytes of either direction, from the first of the handshake to
the last of the session. After each cut it syncs again and checks that what was
saved is there, once, that nothing acknowledged was sent again, and that both
hold the same. It exits 1 where that is not so.`,
		Example: "  ks-sim links\n  ks-sim links --step 50",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if step < 1 {
				return misused("--step must be at least 1")
			}
			if week {
				return runWeek(cmd.Context(), cmd.OutOrStdout())
			}
			return telling(*told, func() (outcome, error) { return runLinks(cmd.Context(), step, cmd.OutOrStdout()) })
		},
	}
	told = outcomeFlag(c)
	c.Flags().Int64Var(&step, "step", 1, "`bytes` between one cut and the next")
	c.Flags().BoolVar(&week, "week", false, "send a week's 200 families over 100 kbit/s and 600 ms, and over a link that drops every 20 s")
	return c
}

// weekFamilies of a surveyor, and what a link that drops may cost in bytes.
const (
	weekFamilies   = 200
	dropBytesLimit = 1.3
)

func runWeek(ctx context.Context, out io.Writer) (err error) {
	send := func(l links.Link) (week *links.Week, err error) {
		dir, err := os.MkdirTemp("", "ks-links-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		week, err = links.SendWeek(ctx, dir, weekFamilies, l)
		if err == nil {
			fmt.Fprintln(out, week)
		}
		return week, err
	}
	const roundTrip, drop = 600 * time.Millisecond, 20 * time.Second
	whole, err := send(links.Link{Kilobits: 100, RoundTrip: roundTrip})
	if err != nil {
		return err
	}
	// A week's bytes go through 100 kbit/s between two drops; a tenth of that makes
	// drops matter.
	dropped, err := send(links.Link{Kilobits: 10, RoundTrip: roundTrip, DropEvery: drop})
	if err != nil {
		return err
	}
	bytes := float64(dropped.Up+dropped.Down) / float64(whole.Up+whole.Down)
	fmt.Fprintf(out, "dropped every %v: %.2f times the bytes\n", drop, bytes)
	if !whole.Held() || bytes > dropBytesLimit || whole.Receipts != whole.Changes || dropped.Receipts != dropped.Changes {
		return errBroken
	}
	return nil
}

func runLinks(ctx context.Context, step int64, out io.Writer) (found outcome, err error) {
	dir, err := os.MkdirTemp("", "ks-links-")
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	report, err := links.Sweep(ctx, dir, step)
	if err != nil {
		return found, err
	}
	fmt.Fprintln(out, report)
	for _, v := range report.Violations {
		fmt.Fprintln(out, "  VIOLATION", v)
	}
	found = outcome{Suite: "links", Runs: report.Cuts, Unit: "cuts", Faulty: report.Cuts - report.Unharmed, Verified: report.Saves, Violations: len(report.Violations)}
	if len(report.Violations) > 0 {
		return found, errBroken
	}
	return found, nil
}
