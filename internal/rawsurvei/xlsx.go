package rawsurvei

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/keluarga-sehat/sync/internal/workbook"
)

// xlsxRows streams one sheet of a workbook after another.
type xlsxRows struct {
	book   *workbook.Book
	sheets []string // not opened yet
	passed []string // opened, but not the table
	name   string   // of the open one
	rows   *workbook.Rows
	// rounded are the columns, from 1, of numbers in the row given last that may have lost a
	// digit.
	rounded []int
}

// bounds are those of a national workbook: a full sheet has about 5 million shared
// strings of 20 bytes.
var bounds = workbook.Bounds{Strings: 8 << 20, StringBytes: 256 << 20}

// openXLSX opens a file that an operator named, who ends the program to break off.
func openXLSX(in io.ReaderAt, size int64) (*xlsxRows, error) {
	book, err := workbook.Open(in, size, bounds)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotTable, err)
	}
	return &xlsxRows{book: book, sheets: book.Sheets}, nil
}

// openSheet goes on to the next sheet, of which there is one.
func (x *xlsxRows) openSheet() error {
	if x.rows != nil {
		if err := x.close(); err != nil {
			return fmt.Errorf("close sheet: %w", err)
		}
		x.passed = append(x.passed, x.name)
	}
	at := len(x.passed)
	rows, err := x.book.Rows(at)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", ErrNotTable, x.book.Sheets[at], err)
	}
	x.rows, x.name, x.sheets = rows, x.book.Sheets[at], x.book.Sheets[at+1:]
	return nil
}

// onlyTable refuses a workbook of which a further sheet has the table, too, which nobody would
// miss where one was read: beside one that people see, another that they see.
func (x *xlsxRows) onlyTable() error {
	at, end := len(x.passed), len(x.book.Sheets)
	if at < x.book.Visible {
		end = x.book.Visible
	}
	for further := at + 1; further < end; further++ {
		rows, err := x.book.Rows(further)
		if err != nil {
			continue // it can't be told; OtherSheets names it
		}
		_, err = readHeader(&xlsxRows{book: x.book, name: x.book.Sheets[further], rows: rows})
		if errors.Join(err, rows.Close()) == nil {
			return fmt.Errorf("sheets %q and %q both have the table; save each as a file of its own", x.name, x.book.Sheets[further])
		}
	}
	return nil
}

// next gives, where the sheet can't be read further, the last row that could.
func (x *xlsxRows) next() ([]string, int, error) {
	row, err := x.rows.Next()
	for err == nil && row.Fault == "" && blank(row.Cells) {
		row, err = x.rows.Next()
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, x.rows.Last(), io.EOF
	case err != nil:
		return nil, x.rows.Last(), fmt.Errorf("sheet %q: %w", x.name, err)
	case row.Fault != "":
		cells := make([]string, len(row.Cells))
		copy(cells, row.Cells)
		return nil, row.Number, &rowError{row: row.Number, column: row.FaultColumn, reason: row.Fault, cells: cells}
	}
	x.rounded = row.Rounded
	return row.Cells, row.Number, nil
}

func (x *xlsxRows) close() error {
	if x.rows == nil {
		return nil
	}
	err := x.rows.Close()
	x.rows = nil
	return err
}

// isoDateTime cuts the time off a cell of the kind "date": "2016-05-17T00:00:00".
func isoDateTime(text string) string {
	if date, _, ok := strings.Cut(text, "T"); ok {
		return date
	}
	return text
}

// maxHeldBytes bounds a workbook that comes from a pipe: its directory stands at
// its end, so that it is held as it comes, packed.
const maxHeldBytes = 256 << 20

// seekable is the rest of a file, to be read at any place; nil where it is a
// pipe.
func seekable(in io.Reader) *io.SectionReader {
	file, ok := in.(interface {
		io.Seeker
		io.ReaderAt
	})
	if !ok {
		return nil
	}
	start, err1 := file.Seek(0, io.SeekCurrent)
	end, err2 := file.Seek(0, io.SeekEnd)
	if _, err := file.Seek(start, io.SeekStart); errors.Join(err, err1, err2) != nil {
		return nil
	}
	return io.NewSectionReader(file, start, end-start)
}

// held reads a workbook from a pipe.
func held(in io.Reader) (*bytes.Reader, error) {
	whole, err := io.ReadAll(io.LimitReader(in, maxHeldBytes+1))
	if err == nil && len(whole) > maxHeldBytes {
		err = fmt.Errorf("a workbook of more than %d bytes from a pipe; name it as a file", maxHeldBytes)
	}
	return bytes.NewReader(whole), err
}
