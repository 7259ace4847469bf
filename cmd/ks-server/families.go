package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
)

func importFamiliesCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "families FILE...",
		Short: "Families from the national application's export (raw_survei, CSV or XLSX)",
		Long: `families loads raw_survei files ("-" is standard input). It takes what differs
from what is stored, so it can be interrupted and started again; what was
entered here after the file was written stays. Several files are loaded one
after another: a family that comes again with another year is a new round.
Import the areas first: a family whose village is not in the tree is refused, for
it is kept under its village. What is refused or doubtful, and
where the file's own index or indicator is not what its answers give, is told on
standard error with file, row, column and reason; a summary by indicator follows
on standard output. Exit code 1 where something was refused.`,
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
	i := &exchange.Importer{Core: core, Rand: rand.Reader, Compare: true, Tell: func(x rawsurvei.Issue) { fmt.Fprintln(issues, x) }}
	e := &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_CHANGE, Method: "ks-server import families"}
	err = o.recorded(ctx, s, ring, e, func() error {
		err := i.Start(ctx)
		for _, name := range files {
			if err == nil {
				err = importFile(ctx, i, name, stdin, issues, errs)
			}
		}
		// Cut short, some were read that have not come to the store.
		e.Count = uint64(min(i.Report.Families, i.Report.Read-i.Report.Refused))
		return err
	})
	if err != nil {
		return err
	}
	r := i.Report
	fmt.Fprint(out, r.Differences.String())
	fmt.Fprintf(out, "%d families read: %d refused, %d stored alike already, %d older than what is stored; %d values entered here later were kept; %d warnings\n",
		r.Read, r.Refused, r.Unchanged, r.Older, r.Kept, r.Warnings)
	if r.Refused > 0 {
		return fmt.Errorf("%d families were refused", r.Refused)
	}
	return nil
}

// watched shows on a bar what is read; a file may still be read at any place.
func watched(in io.Reader, bar io.Writer) io.Reader {
	if file, ok := in.(*os.File); ok {
		return watchedFile{file, bar}
	}
	return io.TeeReader(in, bar)
}

type watchedFile struct {
	*os.File
	bar io.Writer
}

func (w watchedFile) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	_, _ = w.bar.Write(p[:n]) // a bar that can't be drawn is no reason to stop the work
	return n, err
}

func (w watchedFile) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.File.ReadAt(p, at)
	_, _ = w.bar.Write(p[:n]) // as above: the work goes on
	return n, err
}

// importFile loads one file whole before the next: they may hold the same
// families, of another year or corrected.
func importFile(ctx context.Context, i *exchange.Importer, name string, stdin io.Reader, issues, errs io.Writer) (err error) {
	in, size := stdin, int64(-1)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
	}
	bar := byteProgress(errs, size, "importing "+name)
	defer func() { err = errors.Join(err, bar.Finish()) }()
	reader := rawsurvei.NewReader()
	if err := reader.Open(name, watched(in, bar)); err != nil {
		return err
	}
	if missing := reader.Missing(); len(missing) > 0 {
		fmt.Fprintf(issues, "%s: note: columns that are not there count as not answered: %s\n", name, strings.Join(missing, " "))
	}
	if sheets := reader.OtherSheets(); len(sheets) > 0 {
		fmt.Fprintf(issues, "%s: note: sheets that are not read: %s\n", name, strings.Join(sheets, ", "))
	}
	if err := errors.Join(i.File(ctx, reader), reader.Close()); err != nil {
		return err
	}
	return i.Flush(ctx)
}

// maxYear is as the export service's limit.
const maxYear = 9999

func exportCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "export", Short: "Write families out", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("export: say what: families") },
	}
	e := &exchange.Export{}
	var format string
	var to exportTo
	families := &cobra.Command{
		Use:   "families [--area CODE] [--year YEAR] [--format csv|xlsx] [--output FILE] [--reason TEXT]",
		Short: "Families as raw_survei, each with the round it counts with, of any year or of one",
		Long: `families writes the families of an area in the national application's form, one
row a member, each family with the round with which it counts in figures: its
latest complete one, else its latest; with --year, of that year. Cells are exact, also those that a spreadsheet might take for a
formula: the file is for machines.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e.Format = rawsurvei.Format(format)
			if e.Format != rawsurvei.CSV && e.Format != rawsurvei.XLSX {
				return misused("--format must be csv or xlsx, not %q", format)
			}
			if e.Year < 0 || e.Year > maxYear {
				return misused("--year %d: a year such as 2026, or 0 for the round each family counts with", e.Year)
			}
			code, err := area.Parse(e.Area)
			if err != nil {
				return misused("--area %q: %v", e.Area, err)
			}
			to.of = []string{audit.AreaSubject(code.String())}
			if code.Level() < area.Village {
				to.of = append(to.of, audit.FamiliesSubject(code))
			}
			return runExportFamilies(cmd.Context(), o, e, to, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	families.Flags().StringVar(&e.Area, "area", "", "`code` of the area; empty: everything")
	families.Flags().IntVar(&e.Year, "year", 0, "`year` of the rounds; 0: any")
	families.Flags().StringVar(&format, "format", "csv", "`format` of the file: csv or xlsx")
	families.Flags().StringVarP(&to.output, "output", "o", "-", "`file` to write; - for standard output")
	families.Flags().StringVar(&to.reason, "reason", "", "`text` for the audit trail: purpose and number of the request, no personal data")
	c.AddCommand(families)
	return c
}

func runExportFamilies(ctx context.Context, o *options, e *exchange.Export, x exportTo, stdout, errs io.Writer) (err error) {
	if audit.HoldsNumber(x.reason) {
		return misused("--reason is read by who reads the audit trail: it may hold no number of 16 digits, as a NIK or NKK is")
	}
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	return withOutput(x.output, stdout, func(to io.Writer) error {
		entry := &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_EXPORT, Method: "ks-server export families", Subjects: x.of, Ground: x.reason}
		return o.recorded(ctx, s, ring, entry, func() error {
			e.Store, e.Vault = s, ingest.NewVault(ring, rand.Reader)
			bar := countProgress(errs, "exporting villages")
			e.Progress = bar.at
			out := bufio.NewWriter(to)
			exported, err := e.To(ctx, out)
			entry.Count = uint64(exported.Written)
			if err == nil { // else what is left would fail again
				err = out.Flush()
			}
			if err := errors.Join(err, bar.Finish()); err != nil {
				return err
			}
			fmt.Fprintf(errs, "%d families written; %d without a member or round can't be written as RAW\n", exported.Written, exported.Left)
			if exported.Later > 0 {
				fmt.Fprintf(errs, "note: %d of them have a later survey, which is not complete: the file has the one they count with\n", exported.Later)
			}
			return nil
		})
	})
}

// exportTo is where an export goes, and why; of is what the trail says it is of.
type exportTo struct {
	output, reason string
	of             []string
}
