package sheet

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
)

// Format is the form of a table's file.
type Format string

// The formats. CSV is RFC 4180: comma, UTF-8 without a mark, decimal point. JSON
// is a list of objects, named by the first row, whose texts are exact.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	JSON Format = "json"
)

// ContentType is what the format is called in HTTP.
func (f Format) ContentType() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case JSON:
		return "application/json"
	default:
		return "text/csv; charset=utf-8; header=present"
	}
}

// Table takes rows of cells, the header line first. A file without Close is not
// whole, and seen not to be in XLSX and JSON.
type Table interface {
	Row(cells ...Cell) error
	Close() error
}

// New begins a table; name is that of a workbook's sheet. Close does not close w.
func New(w io.Writer, format Format, name string) (Table, error) {
	switch format {
	case CSV:
		return &csvTable{out: csv.NewWriter(w)}, nil
	case JSON:
		return &jsonTable{out: bufio.NewWriter(w)}, nil
	case XLSX:
		book := NewWorkbook(w)
		return book, book.Sheet(Layout{Name: name, HeaderRows: 1})
	}
	return nil, fmt.Errorf("%q is no format: csv, xlsx or json", format)
}

type csvTable struct {
	out   *csv.Writer
	cells []string
}

func (t *csvTable) Row(cells ...Cell) error {
	t.cells = t.cells[:0]
	for _, c := range cells {
		if c.kind == text {
			c.text = Harmless(c.text)
		}
		t.cells = append(t.cells, c.text)
	}
	return t.out.Write(t.cells)
}

func (t *csvTable) Close() error {
	t.out.Flush()
	return t.out.Error()
}

// jsonTable writes an object a row; empty cells are null.
type jsonTable struct {
	out   *bufio.Writer
	names [][]byte // encoded, with their colon
	rows  int
}

func (t *jsonTable) Row(cells ...Cell) error {
	if t.names == nil {
		t.names = [][]byte{}
		for _, c := range cells {
			name, err := json.Marshal(c.text)
			if err != nil {
				return fmt.Errorf("encode column: %w", err)
			}
			t.names = append(t.names, append(name, ':'))
		}
		_, err := t.out.WriteString("[")
		return err
	}
	if len(cells) != len(t.names) {
		return fmt.Errorf("row of %d cells in a table of %d columns", len(cells), len(t.names))
	}
	open := "\n{"
	if t.rows > 0 {
		open = ",\n{"
	}
	t.rows++
	line := []byte(open)
	for i, c := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, t.names[i]...)
		switch c.kind {
		case empty:
			line = append(line, "null"...)
		case number:
			line = append(line, c.text...)
		default:
			value, err := json.Marshal(c.text)
			if err != nil {
				return fmt.Errorf("encode cell: %w", err)
			}
			line = append(line, value...)
		}
	}
	_, err := t.out.Write(append(line, '}'))
	return err
}

func (t *jsonTable) Close() error {
	end := "\n]\n"
	if t.names == nil {
		end = "[]\n"
	}
	if _, err := t.out.WriteString(end); err != nil {
		return err
	}
	return t.out.Flush()
}
