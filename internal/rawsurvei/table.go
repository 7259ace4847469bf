package rawsurvei

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Format is the form of a file that a Writer writes.
type Format string

// The formats; the reader tells them by a file's first bytes.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// MaxSheetRows is how many rows a workbook's sheet holds, the header's included.
const MaxSheetRows = excelize.TotalRows

// table takes rows of cells.
type table interface {
	row(cells []string) error
	close() error
}

func newTable(w io.Writer, format Format) (table, error) {
	switch format {
	case CSV:
		return csvTable{csv.NewWriter(w)}, nil
	case XLSX:
		file := excelize.NewFile()
		stream, err := file.NewStreamWriter(file.GetSheetName(0))
		if err != nil {
			return nil, fmt.Errorf("begin workbook: %w", err)
		}
		return &xlsxTable{to: w, file: file, stream: stream}, nil
	}
	return nil, fmt.Errorf("%q is no format: csv or xlsx", format)
}

type csvTable struct{ out *csv.Writer }

func (t csvTable) row(cells []string) error { return t.out.Write(cells) }

func (t csvTable) close() error {
	t.out.Flush()
	return t.out.Error()
}

// xlsxTable is a workbook of one sheet, whose cells are all text: a NIK is no
// number that a spreadsheet may round.
type xlsxTable struct {
	to     io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	rows   int
	values []any
}

func (t *xlsxTable) row(cells []string) error {
	if t.rows++; t.rows > MaxSheetRows {
		return fmt.Errorf("a workbook holds %d rows: export a smaller area, or as CSV", MaxSheetRows)
	}
	t.values = t.values[:0]
	for _, c := range cells {
		if c == "" {
			t.values = append(t.values, nil)
		} else {
			t.values = append(t.values, c)
		}
	}
	return t.stream.SetRow(fmt.Sprintf("A%d", t.rows), t.values)
}

func (t *xlsxTable) close() error {
	if err := t.stream.Flush(); err != nil {
		return fmt.Errorf("end workbook: %w", err)
	}
	if err := t.file.Write(t.to); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return t.file.Close()
}
