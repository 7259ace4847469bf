package rawsurvei

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a file's form, far above what the national application writes.
const (
	// MaxRecordBytes bounds one row; a quote that is never closed is noticed
	// here.
	MaxRecordBytes = 256 << 10
	// MaxColumns bounds a row's cells.
	MaxColumns = 1024
	// longLineBytes is how much of a longer line is looked at for the family's
	// id: the RAW columns before it are short.
	longLineBytes = 16 << 10
)

// ErrNotTable is returned for a file that is neither CSV nor XLSX.
var ErrNotTable = errors.New("not a CSV or XLSX table")

// rowError is what is wrong with one row's form.
type rowError struct {
	row    int
	column int // 1-based cell, 0 unknown
	reason string
	// cells are what could be told apart, for finding the family; rough is the
	// line split without regard to quotes.
	cells, rough []string
}

func (e *rowError) Error() string { return fmt.Sprintf("row %d: %s", e.row, e.reason) }

// rows gives a table's rows. Next returns the cells, valid until the next call,
// and the row's number in the file (from 1); io.EOF at the end; a *rowError for
// a row that is skipped.
type rows interface {
	next() (cells []string, row int, err error)
	close() error
}

// csvRows reads RFC 4180, with LF or CRLF. A row that is no such thing costs
// itself: reading goes on at the next line.
type csvRows struct {
	in      *bufio.Reader
	comma   byte
	line    int
	again   [][]byte // lines to be read again after a quote that never closed
	late    error    // of the line behind them, too long for any row
	cells   []string
	scratch []byte
	exact   bool // a file of our own, in which a NUL is no damage
}

func (c *csvRows) close() error { return nil }

// readLine gives the next line with its end.
func (c *csvRows) readLine() ([]byte, error) {
	if len(c.again) > 0 {
		line := c.again[0]
		c.again = c.again[1:]
		c.line++
		return line, nil
	}
	if late := c.late; late != nil {
		c.late = nil
		c.line++
		return nil, late
	}
	line, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, c.skipLong(line)
	}
	if len(line) == 0 {
		return nil, err
	}
	c.line++
	return line, nil
}

// skipLong passes over a line longer than MaxRecordBytes, of which start is the
// beginning: enough to tell the family that it costs.
func (c *csvRows) skipLong(start []byte) error {
	if reason := c.parse(start[:min(len(start), longLineBytes)]); reason == "" {
		c.cells = c.cells[:len(c.cells)-1] // the last one is cut off
	}
	cells := slices.Clone(c.cells)
	var err error = bufio.ErrBufferFull
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = c.in.ReadSlice('\n')
	}
	c.line++
	return &rowError{row: c.line, reason: fmt.Sprintf("longer than %d bytes", MaxRecordBytes), cells: cells}
}

// next skips rows whose cells are all blank: spreadsheets leave such behind.
func (c *csvRows) next() ([]string, int, error) {
	for {
		line, err := c.readLine()
		if err != nil {
			return nil, c.line, err
		}
		start := c.line
		if len(trimEOL(line)) == 0 {
			continue
		}
		if bytes.IndexByte(line, '"') < 0 {
			c.splitPlain(trimEOL(line))
		} else if err := c.splitQuoted(line, start); err != nil {
			return nil, start, err
		}
		if blank(c.cells) {
			continue
		}
		return c.cells, start, c.checkCells(start)
	}
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func trimEOL(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

func (c *csvRows) splitPlain(line []byte) {
	c.cells = c.cells[:0]
	whole := string(line)
	for start, i := 0, 0; ; i++ {
		if i == len(whole) || whole[i] == c.comma {
			c.cells = append(c.cells, whole[start:i])
			if i == len(whole) {
				return
			}
			start = i + 1
		}
	}
}

// splitQuoted parses a row that has quotes, which may hold line ends. Where it
// can't be read, the first line alone is lost: the lines behind it are read
// again, each as a row of its own.
func (c *csvRows) splitQuoted(line []byte, start int) error {
	record := append(c.scratch[:0], line...)
	defer func() { c.scratch = record[:0] }()
	reason := c.parse(record)
	if reason != errOpenQuote {
		return c.failure(start, reason, record)
	}
	first := len(record)
	quotes := bytes.Count(record, quote)
	var behind [][]byte
	for reason == errOpenQuote {
		more, err := c.readLine()
		if err != nil {
			var long *rowError
			if errors.As(err, &long) {
				c.late = err
			}
			break // what else it is comes again
		}
		behind = append(behind, bytes.Clone(more))
		if len(record)+len(more) > MaxRecordBytes {
			break
		}
		record = append(record, more...)
		// Only an even number of quotes can close the cell.
		if quotes += bytes.Count(more, quote); quotes%2 == 0 {
			reason = c.parse(record)
		}
	}
	if reason == "" {
		return nil
	}
	failed := c.failure(start, reason, record[:first])
	c.again = append(behind, c.again...)
	c.line = start
	return failed
}

var quote = []byte{'"'}

// parse splits a record into c.cells; reason says why it can't be, with the
// cells before the one at fault in c.cells.
func (c *csvRows) parse(record []byte) (reason string) {
	c.cells = c.cells[:0]
	for at := 0; ; {
		cell, next, done, reason := parseCell(record, at, c.comma)
		if reason != "" {
			return reason
		}
		c.cells = append(c.cells, cell)
		if done {
			return ""
		}
		at = next
	}
}

// failure is the error for a reason of parse in a line, nil where there is none.
func (c *csvRows) failure(row int, reason string, line []byte) error {
	switch reason {
	case "":
		return nil
	case errOpenQuote:
		reason = "a quote is opened and never closed"
	}
	return &rowError{row: row, column: len(c.cells) + 1, reason: reason, cells: slices.Clone(c.cells), rough: roughCells(line, c.comma)}
}

const errOpenQuote = "open quote"

// parseCell reads the cell at a position of a record that ends with a line end
// or the file's end.
func parseCell(record []byte, at int, comma byte) (cell string, next int, done bool, reason string) {
	if at < len(record) && record[at] == '"' {
		return parseQuoted(record, at+1, comma)
	}
	for i := at; ; i++ {
		switch {
		case i == len(record) || record[i] == '\n':
			return string(bytes.TrimSuffix(record[at:i], []byte("\r"))), i, true, ""
		case record[i] == comma:
			return string(record[at:i]), i + 1, false, ""
		case record[i] == '"':
			return "", 0, false, "a quote stands within a cell that does not begin with one"
		}
	}
}

func parseQuoted(record []byte, at int, comma byte) (cell string, next int, done bool, reason string) {
	var out []byte
	for i := at; i < len(record); i++ {
		if record[i] != '"' {
			out = append(out, record[i])
			continue
		}
		rest := record[i+1:]
		switch {
		case len(rest) > 0 && rest[0] == '"':
			out = append(out, '"')
			i++
		case len(trimEOL(rest)) == 0:
			return string(out), len(record), true, ""
		case rest[0] == comma:
			return string(out), i + 2, false, ""
		default:
			return "", 0, false, "something follows a closing quote"
		}
	}
	return "", 0, false, errOpenQuote
}

// checkCells refuses what no table holds.
func (c *csvRows) checkCells(row int) error {
	refuse := func(column int, reason string) error {
		return &rowError{row: row, column: column, reason: reason, cells: slices.Clone(c.cells)}
	}
	if len(c.cells) > MaxColumns {
		return refuse(0, fmt.Sprintf("%d cells, at most %d are allowed", len(c.cells), MaxColumns))
	}
	for i, cell := range c.cells {
		if !utf8.ValidString(cell) {
			return refuse(i+1, "not UTF-8")
		}
		if strings.IndexByte(cell, 0) >= 0 && !c.exact {
			return refuse(i+1, "holds a NUL byte")
		}
	}
	return nil
}
