package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// Row is one row of a sheet.
type Row struct {
	// Number is the row's number in the sheet, from 1.
	Number int
	// Cells are its texts, "" where there is none, up to the last that has some.
	Cells []string
	// Fault is what is wrong with the row, "" for nothing: then Cells are only
	// those that could be read. FaultColumn is the cell's, from 1; 0 for the row.
	Fault       string
	FaultColumn int
	// Rounded are the columns, from 1, of numbers that may have lost their last digit.
	Rounded []int

	bytes int
}

func (r *Row) fault(column int, reason string) {
	if r.Fault == "" {
		r.Fault, r.FaultColumn = reason, column
	}
}

// Rows gives the rows of a sheet, in order. Not safe for concurrent use.
type Rows struct {
	part    *part
	strings *sharedStrings
	inData  bool
	hadData bool
	count   int // rows met
	last    int // highest number
	row     Row
	cell    cell
}

// Rows opens a sheet, by its place in Sheets. It needs Close.
func (b *Book) Rows(sheet int) (*Rows, error) {
	p, err := b.open(b.sheets[sheet], 0)
	if err != nil {
		return nil, err
	}
	return &Rows{part: p, strings: &b.strings}, nil
}

// Close closes the sheet, read to its end or not.
func (r *Rows) Close() error { return r.part.close() }

// Last is the highest number of a row read so far.
func (r *Rows) Last() int { return r.last }

// Next gives the next row, valid until the next call; rows without any text are
// left out. io.EOF when the sheet has ended as it should; any other error means
// that it can't be read further.
func (r *Rows) Next() (*Row, error) {
	for {
		t, err := r.part.next()
		if errors.Is(err, io.EOF) && !r.hadData {
			return nil, r.part.damage("it has no rows' element")
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch depth := r.part.depth(); {
			case depth == 2 && t.Name.Local == "sheetData":
				if r.hadData {
					return nil, r.part.damage("it has its rows twice")
				}
				r.inData, r.hadData = true, true
			case depth == 3 && r.inData:
				if t.Name.Local != "row" {
					return nil, r.part.damage("something that is no row stands among the rows")
				}
				if err := r.readRow(t); err != nil {
					return nil, err
				}
				if len(r.row.Cells) > 0 || r.row.Fault != "" {
					return &r.row, nil
				}
			}
		case xml.EndElement:
			r.inData = r.inData && r.part.depth() >= 2
		}
	}
}

func (r *Rows) readRow(start xml.StartElement) error {
	number, order := r.last+1, ""
	if text := attribute(start, "r", false); text != "" {
		n, ok := rowNumber(text)
		switch {
		case !ok:
			return r.part.damage("a row's number is none")
		case n <= r.last:
			order = fmt.Sprintf("row %d stands behind row %d", n, r.last)
		}
		number = n
	}
	if r.count++; number > MaxRows || r.count > MaxRows {
		return r.part.damage(fmt.Sprintf("more than %d rows, or a row with a higher number", MaxRows))
	}
	r.row = Row{Number: number, Cells: r.row.Cells[:0], Rounded: r.row.Rounded[:0]}
	column := 0
	for {
		t, err := r.part.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if r.part.depth() == 4 && t.Name.Local == "c" {
				if column, err = r.readCell(t, column); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if r.part.depth() == 2 {
				r.last = max(r.last, number)
				if order != "" && len(r.row.Cells) > 0 {
					r.row.Fault, r.row.FaultColumn = order, 0
				}
				return nil
			}
		}
	}
}

// readCell adds a cell to the row and gives its column; before is that of the
// cell before it.
func (r *Rows) readCell(start xml.StartElement, before int) (column int, err error) {
	column = before + 1
	row, known := r.row.Number, true
	if text := attribute(start, "r", false); text != "" {
		column, row, known = reference(text)
	}
	kind := attribute(start, "t", false)
	if err := r.readContent(kind); err != nil {
		return 0, err
	}
	text, fault := r.cell.read(r.strings)
	if text == "" && fault == "" {
		return max(column, before), nil // a style without a value
	}
	switch {
	case !known:
		r.row.fault(0, "a cell whose place can't be told")
		return before, nil
	case row != r.row.Number:
		r.row.fault(0, fmt.Sprintf("a cell of row %d stands in row %d", row, r.row.Number))
	}
	switch {
	case column <= before:
		r.row.fault(column, "the cell stands there twice, or out of order")
		return before, nil
	case column > MaxColumns:
		r.row.fault(0, fmt.Sprintf("cells in more than %d columns", MaxColumns))
		return column, nil
	}
	if fault != "" {
		r.row.fault(column, fault)
		return column, nil
	}
	if r.row.bytes += len(text); r.row.bytes > MaxRowBytes {
		r.row.fault(0, tooLong)
		return column, nil
	}
	for len(r.row.Cells) < column-1 {
		r.row.Cells = append(r.row.Cells, "")
	}
	r.row.Cells = append(r.row.Cells, text)
	if r.cell.number() && rounded(text) {
		r.row.Rounded = append(r.row.Rounded, column)
	}
	return column, nil
}

// readContent reads a cell to its end.
func (r *Rows) readContent(kind string) error {
	c := &r.cell
	*c = cell{kind: kind, value: c.value[:0], text: c.text[:0]}
	within := r.part.depth()
	for {
		t, err := r.part.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if r.part.depth() == within+1 {
				c.hasValue = c.hasValue || t.Name.Local == "v"
				c.formula = c.formula || t.Name.Local == "f"
			}
		case xml.CharData:
			if len(c.value)+len(c.text)+len(t) > MaxRowBytes {
				c.long = true
				continue
			}
			switch {
			case r.part.depth() == within+1 && r.part.in(0) == "v":
				c.value = append(c.value, t...)
			case r.part.inText():
				c.text = append(c.text, t...)
			}
		case xml.EndElement:
			if r.part.depth() < within {
				return nil
			}
		}
	}
}
