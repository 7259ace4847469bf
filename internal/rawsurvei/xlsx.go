package rawsurvei

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxRows streams one sheet of a workbook after another.
type xlsxRows struct {
	file   *excelize.File
	sheets []string // not opened yet
	passed []string // opened, but not the table
	name   string   // of the open one
	rows   *excelize.Rows
	row    int
	// from1904: days are counted from 1904, as old Macintosh workbooks do.
	from1904 bool
}

// Limits of a workbook: what it unpacks to, and per part in memory; larger
// parts are kept in temporary files by the library.
const (
	maxWorkbookBytes = 8 << 30
	maxPartBytes     = 16 << 20
)

func openXLSX(in io.Reader) (*xlsxRows, error) {
	file, err := excelize.OpenReader(in, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxWorkbookBytes, UnzipXMLSizeLimit: maxPartBytes,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotTable, err)
	}
	x := &xlsxRows{file: file, sheets: file.GetSheetList()}
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		x.from1904 = *props.Date1904
	}
	return x, nil
}

// openSheet goes on to the next sheet; io.EOF behind the last one.
func (x *xlsxRows) openSheet() error {
	if x.rows != nil {
		if err := x.rows.Close(); err != nil {
			return fmt.Errorf("close sheet: %w", err)
		}
		x.rows = nil
		x.passed = append(x.passed, x.name)
	}
	if len(x.sheets) == 0 {
		return io.EOF
	}
	name := x.sheets[0]
	x.sheets = x.sheets[1:]
	r, err := x.file.Rows(name)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %v", ErrNotTable, name, err)
	}
	x.rows, x.row, x.name = r, 0, name
	return nil
}

func (x *xlsxRows) next() ([]string, int, error) {
	for x.rows.Next() {
		x.row++
		cells, err := x.rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, x.row, &rowError{row: x.row, reason: err.Error()}
		}
		if blank(cells) {
			continue
		}
		return cells, x.row, nil
	}
	if err := x.rows.Error(); err != nil {
		return nil, x.row, err
	}
	return nil, x.row, io.EOF
}

func (x *xlsxRows) close() error {
	if x.rows == nil {
		return x.file.Close()
	}
	return errors.Join(x.rows.Close(), x.file.Close())
}

// serialDate reads a date that a workbook keeps as a number of days.
func (x *xlsxRows) serialDate(days float64) (string, bool) {
	t, err := excelize.ExcelDateToTime(days, x.from1904)
	if err != nil || t.Year() < 1850 || t.Year() > 2200 {
		return "", false
	}
	return t.Format("2006-01-02"), true
}

// isoDateTime cuts the time off a cell of the kind "date": "2016-05-17T00:00:00".
func isoDateTime(text string) string {
	if date, _, ok := strings.Cut(text, "T"); ok {
		return date
	}
	return text
}

// wholeNumberMax bounds the numbers that plainNumber writes out: sixteen digits
// are the longest that RAW has.
const wholeNumberMax = 1e16

// plainNumber writes out a whole number that a program left in a workbook as
// "3.204052001E9" or "1.0".
func plainNumber(text string) string {
	if !strings.Contains(text, ".") || strings.Trim(text, "0123456789.Ee+") != "" {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != math.Trunc(n) || n >= wholeNumberMax {
		return text
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}
