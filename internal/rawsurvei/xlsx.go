package rawsurvei

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsxRows streams the first sheet of a workbook.
type xlsxRows struct {
	file *excelize.File
	rows *excelize.Rows
	row  int
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
	sheets := file.GetSheetList()
	if len(sheets) == 0 {
		return nil, errors.Join(fmt.Errorf("%w: no sheet", ErrNotTable), file.Close())
	}
	r, err := file.Rows(sheets[0])
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %v", ErrNotTable, err), file.Close())
	}
	return &xlsxRows{file: file, rows: r}, nil
}

func (x *xlsxRows) next() ([]string, int, error) {
	for x.rows.Next() {
		x.row++
		cells, err := x.rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, x.row, &rowError{row: x.row, reason: err.Error()}
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		return cells, x.row, nil
	}
	if err := x.rows.Error(); err != nil {
		return nil, x.row, err
	}
	return nil, x.row, io.EOF
}

func (x *xlsxRows) close() error { return errors.Join(x.rows.Close(), x.file.Close()) }

// serialDate reads a date that a workbook keeps as a number of days.
func serialDate(days float64) (string, bool) {
	t, err := excelize.ExcelDateToTime(days, false)
	if err != nil || t.Year() < 1850 || t.Year() > 2200 {
		return "", false
	}
	return t.Format("2006-01-02"), true
}
