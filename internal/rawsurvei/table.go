package rawsurvei

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/keluarga-sehat/sync/internal/sheet"
)

// Format is the form of a file that a Writer writes.
type Format string

// The formats; the reader tells them by a file's first bytes.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// MaxSheetRows is how many rows a workbook's sheet holds, the header's included.
const MaxSheetRows = sheet.MaxRows

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
		book := sheet.NewWorkbook(w)
		return &xlsxTable{book: book}, book.Sheet(sheet.Layout{Name: "raw_survei", HeaderRows: 1})
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
	book  *sheet.Workbook
	cells []sheet.Cell
}

func (t *xlsxTable) row(cells []string) error {
	t.cells = t.cells[:0]
	for _, c := range cells {
		t.cells = append(t.cells, sheet.Text(c))
	}
	return t.book.Row(t.cells...)
}

func (t *xlsxTable) close() error { return t.book.Close() }
