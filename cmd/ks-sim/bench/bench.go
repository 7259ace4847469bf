package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/keluarga-sehat/sync/internal/usage"
)

// Options of a run.
type Options struct {
	// Families uploaded for each engine.
	Families int
	// ExportFamilies are stored and taken away as files.
	ExportFamilies int
	// RightsFamilies stand in the way of a person's rights; a multiple of 1,250.
	RightsFamilies int
	// Only names the figures; empty: all.
	Only []string
	// Dir gets bench.jsonl.
	Dir string
	// Areas is the folder of the CSV files of npm's idn-area-data.
	Areas string
	// Profile is a file for a processor profile of the server; "" for none.
	Profile string
	// ClientProfile is a file for one of this process: devices and baselines'
	// clients; "" for none.
	ClientProfile string
	// Out gets the table, Log the progress.
	Out, Log io.Writer
}

type run struct {
	Options
	report *report
}

func (r *run) log(format string, args ...any) {
	fmt.Fprintf(r.Log, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// measures are the figures, by name.
func (r *run) measures() []measure {
	return []measure{
		{"wire", r.wireBytes},
		{"iks_values", r.iksValues},
		{"device_save", inFolder(r.deviceSave)},
		{"large", inFolder(r.large)},
		{"sync_day", inFolder(r.syncDay)},
		{"pull_postgres", inFolder(r.pull)},
		{"recompute", inFolder(r.recompute)},
		{"rights", inFolder(r.rights)},
		{"rights_postgres", inFolder(r.rightsOnPostgres)},
		{"export", inFolder(r.exports)},
		{"cold_start", inFolder(r.coldStart)},
		{"memory", inFolder(r.memory)},
		{"dashboards", r.dashboards},
		{"ingest_sqlite", inFolder(func(ctx context.Context, dir string) error { return r.ingest(ctx, dir, "ingest_sqlite", false) })},
		{"ingest_postgres", inFolder(func(ctx context.Context, dir string) error { return r.ingest(ctx, dir, "ingest_postgres", true) })},
	}
}

type measure struct {
	name string
	do   func(context.Context) error
}

// inFolder gives a measure a folder of its own, which goes when it ends.
func inFolder(do func(ctx context.Context, dir string) error) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		dir, err := os.MkdirTemp("", "ks-bench-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		return do(ctx, dir)
	}
}

// Names lists the figures.
func Names() []string {
	var names []string
	for _, m := range (&run{}).measures() {
		names = append(names, m.name)
	}
	return names
}

// check refuses what cannot be measured.
func (o Options) check() error {
	for _, name := range o.Only {
		if !slices.Contains(Names(), name) {
			return usage.Errorf("no figure %q: choose from %s", name, strings.Join(Names(), ", "))
		}
	}
	switch {
	case o.Families < devices || o.Families%devices != 0:
		return usage.Errorf("--families %d: a multiple of %d, the devices", o.Families, devices)
	case o.ExportFamilies < 1:
		return usage.Errorf("--export-families %d: at least 1", o.ExportFamilies)
	case o.RightsFamilies < rightsVillages || o.RightsFamilies%rightsVillages != 0:
		return usage.Errorf("--rights-families %d: a multiple of %d", o.RightsFamilies, rightsVillages)
	}
	return nil
}

// Run measures. Errors: an unknown name in Only, and what keeps a figure from
// being measured; those measured before are in the report.
func Run(ctx context.Context, o Options) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	r := &run{Options: o}
	if r.report, err = newReport(o.Out, o.Dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.report.close()) }()
	for _, m := range r.measures() {
		if len(o.Only) > 0 && !slices.Contains(o.Only, m.name) {
			continue
		}
		if err := profiled(o.ClientProfile, func() error { return m.do(ctx) }); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}
