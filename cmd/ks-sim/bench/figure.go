package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Figure is one line of the report.
type Figure struct {
	Name string `json:"name"`
	// Value in Unit; Baseline is the bare one's, Ratio how many times its speed
	// we reach. Null where there is no baseline.
	Value    float64  `json:"value"`
	Unit     string   `json:"unit"`
	Baseline *float64 `json:"baseline"`
	Ratio    *float64 `json:"ratio"`
	// Processor seconds for 1,000 families, and peak memory in MiB, of the
	// server; of the database where it is apart. 0: not measured.
	ServerCPU   float64 `json:"server_cpu_s_per_1000,omitempty"`
	DatabaseCPU float64 `json:"database_cpu_s_per_1000,omitempty"`
	PeakMiB     float64 `json:"peak_mib,omitempty"`
	Note        string  `json:"note,omitempty"`
}

// beside sets baseline and ratio; for times, where less is better, faster is
// false.
func (f Figure) beside(baseline float64, higherIsBetter bool) Figure {
	ratio := f.Value / baseline
	if !higherIsBetter {
		ratio = baseline / f.Value
	}
	f.Baseline, f.Ratio = &baseline, &ratio
	return f
}

// report writes figures as they come: a row of a Markdown table and a line of
// JSON each.
type report struct {
	out  io.Writer
	file *os.File
}

func newReport(out io.Writer, dir string) (*report, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(dir, "bench.jsonl"))
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprint(out, "| figure | ours | baseline | ratio | server CPU s/1000 | database CPU s/1000 | peak MiB | note |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	return &report{out: out, file: file}, err
}

func (r *report) add(f Figure) error {
	line, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode figure: %w", err)
	}
	_, err1 := fmt.Fprintf(r.file, "%s\n", line)
	_, err2 := fmt.Fprintf(r.out, "| %s | %s %s | %s | %s | %s | %s | %s | %s |\n", f.Name, number(f.Value), f.Unit,
		optional(f.Baseline, number), optional(f.Ratio, func(x float64) string { return fmt.Sprintf("%.2f", x) }),
		nonzero(f.ServerCPU, "%.3f"), nonzero(f.DatabaseCPU, "%.3f"), nonzero(f.PeakMiB, "%.0f"), f.Note)
	return errors.Join(err1, err2)
}

func (r *report) close() error { return r.file.Close() }

func number(x float64) string {
	switch {
	case x >= 1000:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

func optional(x *float64, format func(float64) string) string {
	if x == nil {
		return ""
	}
	return format(*x)
}

func nonzero(x float64, format string) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf(format, x)
}
