package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
)

func importFamiliesCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "families FILE...",
		Short: "Families from the national application's export (raw_survei, CSV or XLSX)",
		Long: `families loads raw_survei files. It takes what differs from what is stored, so it
can be interrupted and started again. What is refused or doubtful is told on
standard error with file, row, column and reason; exit code 1 where something was
refused.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return runImportFamilies(cmd.Context(), o, files, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
}

func runImportFamilies(ctx context.Context, o *options, files []string, stdin io.Reader, out, errs io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	issues := bufio.NewWriter(errs)
	defer func() { err = errors.Join(err, issues.Flush()) }()
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}
	i := &exchange.Importer{Core: core, Rand: rand.Reader, Tell: func(x rawsurvei.Issue) { fmt.Fprintln(issues, x) }}
	if err := i.Start(ctx); err != nil {
		return err
	}
	reader := rawsurvei.NewReader()
	for _, name := range files {
		if err := importFile(ctx, i, reader, name, stdin); err != nil {
			return err
		}
	}
	if err := i.Flush(ctx); err != nil {
		return err
	}
	r := i.Report
	fmt.Fprintf(out, "%d families: %d were stored alike already, %d older than what is stored; %d refused, %d warnings\n",
		r.Families, r.Unchanged, r.Older, r.Refused, r.Warnings)
	if r.Refused > 0 {
		return fmt.Errorf("%d families were refused", r.Refused)
	}
	return nil
}

func importFile(ctx context.Context, i *exchange.Importer, reader *rawsurvei.Reader, name string, stdin io.Reader) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if err := reader.Open(name, in); err != nil {
		return err
	}
	return errors.Join(i.File(ctx, reader), reader.Close())
}

func exportCommand(o *options) *cobra.Command {
	var area string
	var year int
	c := &cobra.Command{
		Use: "export", Short: "Write families out", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("export: say what: families") },
	}
	families := &cobra.Command{
		Use:   "families [--area CODE] [--year YEAR]",
		Short: "Families as raw_survei CSV on standard output, each with its latest round or that of a year",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, ring, done, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, done()) }()
			out := bufio.NewWriter(cmd.OutOrStdout())
			written, left, err := exchange.Export(cmd.Context(), s, ingest.NewVault(ring, rand.Reader), area, year, out)
			if err := errors.Join(err, out.Flush()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%d families written; %d without a member or round can't be written as RAW\n", written, left)
			return nil
		},
	}
	families.Flags().StringVar(&area, "area", "", "`code` of the area; empty: everything")
	families.Flags().IntVar(&year, "year", 0, "`year` of the rounds; 0: the latest")
	c.AddCommand(families)
	return c
}
