package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
)

func iksCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "iks [--from raw-survei|json] FILE...",
		Short: "Compute the index of the families in files",
		Long: `iks reads families from files (- for standard input) and writes one JSON line
for each that counts, in file order: the twelve values, y, d, IKS, category and
reasons, for all members (besar) and for the nuclear family (inti). A summary
and what was refused or doubtful go to standard error.

No account, no network and no table of areas is needed. Several files are one
stream: a family met in an earlier file is an error. A file that can't be read
does not keep the others from being read.

  raw-survei   the national application's export, CSV or XLSX (default)
  json         one family (protojson Household) a line

Exit code: 0 done; 1 a file could not be read; 2 wrong usage; 3 something was
refused.`,
		Example: "  ks-device iks raw_survei.csv > iks.jsonl\n  ks-device iks --from json - < families.jsonl",
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				return misused("iks: name a file, or - for standard input")
			}
			if format != "raw-survei" && format != "json" {
				return misused("iks: --from %q: choose raw-survei or json", format)
			}
			return runIKS(cmd.Context(), format, files, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&format, "from", "raw-survei", "`format` of the files: raw-survei or json")
	return c
}

// iksRun is one run of the command.
type iksRun struct {
	out     *json.Encoder
	errs    io.Writer
	loader  iks.Loader
	tally   iks.Tally
	summary struct{ families, members, removed, refused, warnings int }
	seen    map[string]bool // families met; json only
	unread  []error         // files that could not be read, or not to their end
}

// errOutput marks that the results could not be written: then nothing else is
// worth doing.
var errOutput = errors.New("write results")

// iksGCPercent is how much the heap may grow between collections.
const iksGCPercent = 400

func runIKS(ctx context.Context, format string, files []string, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	// Reading makes much garbage and keeps little: fewer collections cost a few
	// dozen megabytes and save a quarter of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(iksGCPercent))
	buffered := bufio.NewWriterSize(stdout, 64<<10)
	errBuffered := bufio.NewWriterSize(stderr, 16<<10)
	r := &iksRun{out: json.NewEncoder(buffered), errs: errBuffered, seen: map[string]bool{}}
	r.out.SetEscapeHTML(false)
	defer func() {
		flush := errors.Join(buffered.Flush(), errBuffered.Flush())
		if errors.Is(flush, syscall.EPIPE) || errors.Is(err, syscall.EPIPE) {
			// Whoever read us has seen enough.
			err = nil
			return
		}
		if err == nil {
			err = flush
		}
	}()
	reader := rawsurvei.NewReader()
	for _, name := range files {
		err := r.file(ctx, format, name, stdin, reader)
		if errors.Is(err, errOutput) || ctx.Err() != nil {
			return &exitError{exitFailed, cmp.Or(err, ctx.Err())}
		}
		if err != nil {
			r.unread = append(r.unread, err)
		}
	}
	if len(r.unread) < len(files) || r.summary.families+r.summary.removed+r.summary.refused > 0 {
		r.printSummary()
	}
	if len(r.unread) > 0 {
		return &exitError{exitFailed, errors.Join(r.unread...)}
	}
	if r.summary.refused > 0 {
		return &exitError{code: exitIncomplete}
	}
	return nil
}

// workbookGCPercent takes its place for workbooks: their texts are held, and to
// grow by several times them saves no time.
const workbookGCPercent = 100

func (r *iksRun) file(ctx context.Context, format, name string, stdin io.Reader, reader *rawsurvei.Reader) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return fmt.Errorf("%s: is a directory", name)
		}
		in = f
	}
	if format == "json" {
		return r.readJSON(ctx, name, in)
	}
	if err := reader.Open(name, in); err != nil {
		return err
	}
	if reader.Workbook() {
		defer debug.SetGCPercent(debug.SetGCPercent(workbookGCPercent))
	}
	if missing := reader.Missing(); len(missing) > 0 {
		fmt.Fprintf(r.errs, "%s: %d columns are missing and count as not answered: %v\n", name, len(missing), missing)
	}
	if sheets := reader.OtherSheets(); len(sheets) > 0 {
		fmt.Fprintf(r.errs, "%s: sheets that are not read: %q\n", name, sheets)
	}
	return errors.Join(r.families(ctx, reader), reader.Close())
}

// readAhead is how many families may wait between reading and computing.
const readAhead = 64

// families computes what is read, beside the reading: each takes about half of
// the time.
func (r *iksRun) families(ctx context.Context, reader *rawsurvei.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read := make(chan *rawsurvei.Family, readAhead)
	failed := make(chan error, 1)
	go func() {
		defer close(read)
		for {
			f, err := reader.Next()
			if err != nil {
				failed <- err
				return
			}
			select {
			case read <- f:
			case <-ctx.Done():
				failed <- ctx.Err()
				return
			}
		}
	}()
	var err error
	for f := range read {
		if err == nil {
			if err = r.family(f); err != nil {
				cancel()
			}
		}
	}
	if end := <-failed; err == nil && !errors.Is(end, io.EOF) {
		err = end
	}
	return err
}

func (r *iksRun) family(f *rawsurvei.Family) error {
	r.tell(f.Issues)
	switch {
	case f.Refused:
		r.summary.refused++
		return nil
	case f.Removed:
		r.summary.removed++
		return nil
	}
	r.tell(f.Check(prokesga.Today{})) // figures and what is told of them are the same on every day
	round := f.Household.GetRounds()[0]
	household, ids := r.loader.Load(f.Household, round)
	r.summary.members += len(ids)
	besar, inti := household.Compute(iks.Besar), household.Compute(iks.Inti)
	return r.write(f.ID, iks.Pack(besar, inti), partOf(household, ids, besar, iks.Besar), partOf(household, ids, inti, iks.Inti))
}

func (r *iksRun) tell(issues []rawsurvei.Issue) {
	for _, i := range issues {
		if !i.Refused {
			r.summary.warnings++
		}
		fmt.Fprintln(r.errs, i)
	}
}

// line is one line of output.
type line struct {
	Family string `json:"family"`
	Besar  part   `json:"besar"`
	Inti   part   `json:"inti"`
}

type part struct {
	Values   string   `json:"values"`
	Y        *int     `json:"y,omitempty"`
	D        *int     `json:"d,omitempty"`
	IKS      string   `json:"iks,omitempty"`
	Category string   `json:"category"`
	Reasons  []reason `json:"reasons"`
}

type reason struct {
	Indicator int     `json:"indicator"`
	Member    string  `json:"member,omitempty"`
	Question  string  `json:"question"`
	Answer    *string `json:"answer"`
}

func (r *iksRun) write(id string, values iks.Packed, besar, inti part) error {
	r.summary.families++
	r.tally.Add(values)
	if err := r.out.Encode(line{Family: id, Besar: besar, Inti: inti}); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

func partOf(h *iks.Household, ids []string, v iks.Values, basis iks.Basis) part {
	p := part{Values: v.String(), Category: v.Category().String(), Reasons: []reason{}}
	if v.Complete() {
		index := v.Index()
		y, d := int(index.Y), int(index.D)
		p.Y, p.D, p.IKS = &y, &d, index.IKS3()
	}
	for _, x := range h.Reasons(basis) {
		out := reason{Indicator: int(x.Indicator), Question: string(x.Question)}
		if x.Member != iks.HouseholdQuestion {
			out.Member = ids[x.Member]
		}
		if text, ok := x.AnswerText(); ok {
			out.Answer = &text
		}
		p.Reasons = append(p.Reasons, out)
	}
	return p
}

func (r *iksRun) printSummary() {
	s := &r.summary
	fmt.Fprintf(r.errs, "families: %d counted (%d members), %d removed or moved, %d refused, %d warnings\n",
		s.families, s.members, s.removed, s.refused, s.warnings)
	if n := len(r.unread); n > 0 {
		fmt.Fprintf(r.errs, "%d files could not be read to their end: the figures are without what is lost there\n", n)
	}
	for _, basis := range []iks.Basis{iks.Besar, iks.Inti} {
		t := r.tally.Of(basis)
		fmt.Fprintf(r.errs, "%s: ", basis)
		for _, c := range []iks.Category{iks.Sehat, iks.PraSehat, iks.TidakSehat, iks.Incomplete, iks.Undefined} {
			fmt.Fprintf(r.errs, "%s %d, ", c, t.InCategory(c))
		}
		fmt.Fprintf(r.errs, "IKS %s\n", t.IKS().Decimals(3))
	}
	t := r.tally.Of(iks.Inti)
	for n := 1; n <= iks.Indicators; n++ {
		c := t.Coverage(n)
		fmt.Fprintf(r.errs, "%2d %-50s %d/%d %s %%\n", n, iks.Name(n), c.Part, c.Whole, c.Percent(2))
	}
}
