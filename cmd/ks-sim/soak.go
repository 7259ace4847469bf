package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// outcome is what one suite of a soak found, a JSON line of the file that the
// suites are given by --outcome.
type outcome struct {
	Suite string `json:"suite"`
	// Runs are its seeds, cycles or cuts, as Unit names them.
	Runs int    `json:"runs"`
	Unit string `json:"unit"`
	// Faulty are sessions or syncs that a fault met.
	Faulty int `json:"faulty"`
	// Verified are acknowledged changes that were looked up on the server, each
	// counted once.
	Verified   int `json:"verified"`
	Violations int `json:"violations"`
}

// outcomeFlag lets a suite tell its outcome for the report.
func outcomeFlag(c *cobra.Command) *string {
	return c.Flags().String("outcome", "", "`file` to which the outcome is added, for soak-report")
}

// telling runs a suite and adds its outcome to a file; "" is none. The file is opened first,
// for a suite may take days.
func telling(path string, suite func() (outcome, error)) (err error) {
	if path == "" {
		_, err := suite()
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	found, err := suite()
	if err != nil && !errors.Is(err, errBroken) {
		return err
	}
	return errors.Join(err, found.tell(f))
}

// tell adds the outcome to a file.
func (o outcome) tell(w io.Writer) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode outcome: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", line)
	return err
}

var errUnfinished = errors.New("a suite did not come to its end")

func soakReportCommand() *cobra.Command {
	var suites int
	c := &cobra.Command{
		Use:   "soak-report FILE",
		Short: "Add up what the suites of a soak found",
		Long: `soak-report prints one table of what suites wrote into FILE by --outcome, with
the sum and what it shows with 95 % confidence. It exits 1 where a promise was
broken, or where fewer suites than --suites came to their end.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if suites < 1 {
				return misused("--suites must be at least 1")
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			list, err := readOutcomes(f)
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
			return reportSoak(list, suites, cmd.OutOrStdout())
		},
	}
	c.Flags().IntVar(&suites, "suites", 1, "`number` of suites that must be there")
	return c
}

func readOutcomes(r io.Reader) (list []outcome, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var o outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(list)+1, err)
		}
		list = append(list, o)
	}
	return list, lines.Err()
}

func reportSoak(list []outcome, suites int, out io.Writer) error {
	var sum outcome
	fmt.Fprintln(out, "| suite | runs | with a fault | acknowledged changes verified | violations |\n| --- | ---: | ---: | ---: | ---: |")
	for _, o := range list {
		fmt.Fprintf(out, "| %s | %d %s | %d | %d | %d |\n", o.Suite, o.Runs, o.Unit, o.Faulty, o.Verified, o.Violations)
		sum.Runs += o.Runs
		sum.Faulty += o.Faulty
		sum.Verified += o.Verified
		sum.Violations += o.Violations
	}
	fmt.Fprintf(out, "| all | %d | %d | %d | %d |\n", sum.Runs, sum.Faulty, sum.Verified, sum.Violations)
	switch {
	case sum.Violations > 0:
		return errBroken
	case len(list) < suites:
		return fmt.Errorf("%w: %d of %d did", errUnfinished, len(list), suites)
	case sum.Verified > 0:
		fmt.Fprintf(out, "\n95 %% bound: fewer than %.3g in a million acknowledged changes lost or invented, fewer than %.3g %% of runs with a violation\n",
			atMost(sum.Verified, 1e6), atMost(sum.Runs, 100))
	}
	return nil
}
