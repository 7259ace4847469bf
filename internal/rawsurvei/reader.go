package rawsurvei

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Reader reads families from one file after another. Not safe for concurrent
// use.
type Reader struct {
	// KeepStored has Family.Stored filled in.
	KeepStored bool

	file    string
	source  rows
	head    *header
	ahead   []*tableRow      // read, but not used yet
	spare   []*tableRow      // to be used again
	seen    map[merge.ID]int // families met, by the ids under which they are stored; the opened file they were in
	opened  []string         // the files, in order; the last one is open
	persons *persons         // of the open file
	build   builder
	issues  []Issue // of the family being read
}

// Limits of what is kept of a file at once, so that memory stays flat whatever
// it holds.
const (
	// MaxFamilyRows bounds a family: far above any household, dormitories
	// included.
	MaxFamilyRows = 2000
	// strayRowsMax is how many rows without a readable id in a row are held until
	// a row tells whose they are.
	strayRowsMax = 64
)

// tableRow is a row with its number in the file.
type tableRow struct {
	cells []string
	row   int
	bad   *rowError
	stray stray
	// rounded are the cells, from 1, that a spreadsheet may have rounded.
	rounded []int
}

// NewReader makes a Reader; Open gives it its first file.
func NewReader() *Reader { return &Reader{seen: map[merge.ID]int{}} }

// Open goes on with another file of the same stream; its first bytes tell CSV
// from XLSX. Errors: ErrNotTable, ErrColumns, and what in gives.
func (r *Reader) Open(name string, in io.Reader) error {
	whole := seekable(in)
	buffered := bufio.NewReaderSize(in, MaxRecordBytes)
	r.file, r.ahead, r.head, r.source = name, nil, nil, nil
	r.opened, r.persons = append(r.opened, name), newPersons(maxPersons)
	start, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if string(start) == "PK\x03\x04" {
		err = r.openWorkbook(whole, buffered)
	} else {
		err = r.openText(buffered)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, err), r.Close())
	}
	r.build = builder{reader: r, head: r.head}
	return nil
}

func (r *Reader) openText(in *bufio.Reader) error {
	source, err := openCSV(in)
	if err != nil {
		return err
	}
	r.source = source
	if r.head, err = readHeader(source); err != nil {
		return err
	}
	_, source.exact = r.head.at[colExact]
	return nil
}

// openWorkbook finds the sheet that has the table, a hidden one where no other
// has: others hold a cover or an explanation. A whole that is nil is a pipe, of which in reads the bytes.
func (r *Reader) openWorkbook(whole *io.SectionReader, in io.Reader) error {
	if whole == nil {
		copied, err := held(in)
		if err != nil {
			return err
		}
		whole = io.NewSectionReader(copied, 0, copied.Size())
	}
	source, err := openXLSX(whole, whole.Size())
	if err != nil {
		return err
	}
	r.source = source
	var first error
	for first == nil || len(source.sheets) > 0 {
		if err := source.openSheet(); err != nil {
			return err
		}
		if r.head, err = readHeader(source); err == nil {
			return source.onlyTable()
		}
		if !errors.Is(err, ErrNotTable) && !errors.Is(err, ErrColumns) {
			return err // damage, which costs the whole file
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func readHeader(source rows) (*header, error) {
	cells, _, err := source.next()
	var bad *rowError
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: the file is empty", ErrNotTable)
	case errors.As(err, &bad):
		return nil, fmt.Errorf("%w: %s", ErrNotTable, bad.reason)
	case err != nil:
		return nil, err
	}
	return parseHeader(cells)
}

// Missing lists the columns that the open file lacks; what they ask counts as
// not answered.
func (r *Reader) Missing() []string { return r.head.missing() }

// Workbook reports whether the open file is one: its texts are held.
func (r *Reader) Workbook() bool {
	_, ok := r.source.(*xlsxRows)
	return ok
}

// OtherSheets lists the sheets of an open workbook that are not read: one holds
// the table.
func (r *Reader) OtherSheets() []string {
	book, ok := r.source.(*xlsxRows)
	if !ok {
		return nil
	}
	return slices.Concat(book.passed, book.sheets)
}

// Close closes the open file.
func (r *Reader) Close() error {
	if r.source == nil {
		return nil
	}
	err := r.source.close()
	r.source = nil
	return err
}

// Next gives the next family of the open file; io.EOF at its end. Other errors
// mean that the file can't be read any further.
func (r *Reader) Next() (*Family, error) {
	first, err := r.take()
	if err != nil {
		return nil, err
	}
	g := &rowGroup{}
	if r.familyOf(first) == "" && !first.stray.alone {
		// Nothing stands before it: who follows tells.
		r.ahead = append([]*tableRow{first}, r.ahead...)
		if _, err := r.gather(g); err != nil {
			return nil, err
		}
		if first, err = r.take(); err != nil {
			return nil, err
		}
	}
	g.id, g.rows = r.familyOf(first), []*tableRow{first}
	for more := g.id != ""; more; {
		if more, err = r.gather(g); err != nil {
			return nil, err
		}
	}
	f := r.family(g)
	r.spare = append(r.spare, g.rows...)
	return f, nil
}

// gather adds the next row of a family to its group, with the rows before it
// whose id can't be told: they stand within the family, which they refuse. It
// reports whether there may be more; where there are none, the rows without an
// id at the family's edge are given to whom they belong.
func (r *Reader) gather(g *rowGroup) (more bool, err error) {
	var strays []*tableRow
	for len(strays) <= strayRowsMax {
		row, err := r.take()
		if errors.Is(err, io.EOF) {
			r.settle(g, strays, nil)
			return false, nil
		}
		if err != nil {
			return false, err
		}
		at := r.familyOf(row)
		switch {
		case at == "" && !row.stray.alone:
			strays = append(strays, row)
			continue
		case at == "" || at != g.id:
			r.settle(g, strays, row)
			return false, nil
		}
		for _, s := range strays {
			s.stray.reason = "required, but empty; the rows around it are of one family"
		}
		g.rows = append(append(g.rows, strays...), row)
		if len(g.rows) > MaxFamilyRows+1 {
			// It is refused; its other rows need not be kept.
			r.spare = append(r.spare, g.rows[MaxFamilyRows+1:]...)
			g.rows = g.rows[:MaxFamilyRows+1]
		}
		return true, nil
	}
	g.doubt(strays[0], fmt.Sprintf("more than %d rows without a readable id follow; whether the family goes on behind them can't be told", strayRowsMax))
	r.settle(g, strays, nil)
	return false, nil
}

// take reads a row; rows of a bad form are rows that refuse their family.
func (r *Reader) take() (*tableRow, error) {
	if len(r.ahead) > 0 {
		row := r.ahead[0]
		r.ahead = r.ahead[1:]
		return row, nil
	}
	cells, number, err := r.source.next()
	var bad *rowError
	if errors.As(err, &bad) {
		return &tableRow{cells: bad.cells, row: bad.row, bad: bad}, nil
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: row %d: %w", r.file, number, err)
	}
	row := r.spareRow()
	row.cells, row.row = append(row.cells, cells...), number
	if book, ok := r.source.(*xlsxRows); ok {
		row.rounded = slices.Clone(book.rounded)
	}
	_, isCSV := r.source.(*csvRows)
	width := len(r.head.names)
	if len(cells) > width && !blank(cells[width:]) || isCSV && len(cells) != width {
		row.bad = &rowError{row: number, reason: fmt.Sprintf("%d cells, the header has %d", len(cells), width)}
	}
	return row, nil
}

// spareRow is an empty row, of memory that was used before where there is some.
func (r *Reader) spareRow() *tableRow {
	if len(r.spare) == 0 {
		return &tableRow{}
	}
	row := r.spare[len(r.spare)-1]
	r.spare = r.spare[:len(r.spare)-1]
	*row = tableRow{cells: row.cells[:0]}
	return row
}

// cell is a row's trimmed text in a column; "" where the table or the row lacks
// it.
func (r *Reader) cell(row *tableRow, column string) string {
	i, ok := r.head.at[column]
	if !ok || i >= len(row.cells) {
		return ""
	}
	return strings.TrimSpace(row.cells[i])
}

// rounded tells whether a cell holds a number whose last digit a spreadsheet may have lost.
func (r *Reader) rounded(row *tableRow, column string) bool {
	i, ok := r.head.at[column]
	return ok && slices.Contains(row.rounded, i+1)
}

// textCell is a cell of text: trimmed, but in files of our own (colExact) as it
// stands.
func (r *Reader) textCell(row *tableRow, column string) string {
	if i, ok := r.head.at[column]; ok && i < len(row.cells) && r.cell(row, colExact) == exactYes {
		return row.cells[i]
	}
	return r.cell(row, column)
}

// gone reports whether a row is a removed member's. What stands there without
// being a number refuses the family elsewhere.
func (r *Reader) gone(row *tableRow) bool {
	n, ok := wholeNumber(r.cell(row, colGone))
	return ok && n != 0
}

func (r *Reader) report(i Issue) {
	i.File = r.file
	r.issues = append(r.issues, i)
}
