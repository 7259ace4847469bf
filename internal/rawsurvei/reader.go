package rawsurvei

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Issue is what was found wrong or doubtful, precisely.
type Issue struct {
	// File and Row (from 1, the header's is 1) say where; Column is the
	// column's name, "" for the row as a whole.
	File   string
	Row    int
	Column string
	// Family is the survei_id as given; "" where it could not be told.
	Family string
	// Refused: the family is refused. Otherwise it is a warning.
	Refused bool
	// Reason is English, for operators.
	Reason string
}

// String is one line for a log.
func (i Issue) String() string {
	kind := "warning"
	if i.Refused {
		kind = "refused"
	}
	where := fmt.Sprintf("%s:%d", i.File, i.Row)
	if i.Column != "" {
		where += ": " + i.Column
	}
	return fmt.Sprintf("%s: %s: %s", where, kind, i.Reason)
}

// Family is one family as read.
type Family struct {
	// ID is the survei_id as given, trimmed.
	ID string
	// Household holds the family with one round; ids are as given.
	Household *ksv1.Household
	// Removed: deleted at source, or moved away; not listed nor counted.
	Removed bool
	// Refused: an error was found; Household is nil.
	Refused bool
	// Members is how many rows it had.
	Members int
	// Stored is what the file says of the index; set where Reader.KeepStored is.
	Stored Stored
	// Issues are what was found wrong or doubtful in its rows, in order; Check
	// finds what is implausible across them.
	Issues []Issue

	// File and Row say where it begins.
	File string
	Row  int

	memberRows map[string]int
}

// Reader reads families from one file after another. Not safe for concurrent
// use.
type Reader struct {
	// KeepStored has Family.Stored filled in.
	KeepStored bool

	file   string
	source rows
	head   *header
	ahead  *tableRow
	seen   map[[16]byte]string // families met, by hash; the file they were in
	build  builder
	issues []Issue // of the family being read
}

// tableRow is a row that was read but not used yet.
type tableRow struct {
	cells []string
	row   int
	bad   *rowError
}

// NewReader makes a Reader; Open gives it its first file.
func NewReader() *Reader { return &Reader{seen: map[[16]byte]string{}} }

// Open goes on with another file of the same stream; its first bytes tell CSV
// from XLSX. Errors: ErrNotTable, ErrColumns, and what in gives.
func (r *Reader) Open(name string, in io.Reader) error {
	buffered := bufio.NewReaderSize(in, MaxRecordBytes)
	r.file, r.ahead, r.head = name, nil, nil
	start, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if string(start) == "PK\x03\x04" {
		r.source, err = openXLSX(buffered)
	} else {
		r.source, err = openCSV(buffered)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	cells, _, err := r.source.next()
	var bad *rowError
	switch {
	case errors.Is(err, io.EOF):
		return errors.Join(fmt.Errorf("%s: %w: the file is empty", name, ErrNotTable), r.Close())
	case errors.As(err, &bad):
		return errors.Join(fmt.Errorf("%s: %w: %s", name, ErrNotTable, bad.reason), r.Close())
	case err != nil:
		return errors.Join(fmt.Errorf("%s: %w", name, err), r.Close())
	}
	if r.head, err = parseHeader(cells); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, err), r.Close())
	}
	r.build = builder{reader: r, head: r.head}
	return nil
}

// Missing lists the columns that the open file lacks; what they ask counts as
// not answered.
func (r *Reader) Missing() []string { return r.head.missing() }

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
	group := []*tableRow{first}
	id := r.idOf(first)
	for {
		next, err := r.take()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.idOf(next) != id {
			r.ahead = next
			break
		}
		group = append(group, next)
	}
	return r.family(id, group), nil
}

// take reads a row; rows of a bad form are rows that refuse their family.
func (r *Reader) take() (*tableRow, error) {
	if r.ahead != nil {
		row := r.ahead
		r.ahead = nil
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
	row := &tableRow{cells: append([]string(nil), cells...), row: number}
	if len(cells) > len(r.head.names) && strings.TrimSpace(strings.Join(cells[len(r.head.names):], "")) != "" {
		row.bad = &rowError{row: number, reason: fmt.Sprintf("%d cells, the header has %d", len(cells), len(r.head.names))}
	}
	if _, isCSV := r.source.(*csvRows); isCSV && len(cells) != len(r.head.names) && row.bad == nil {
		row.bad = &rowError{row: number, reason: fmt.Sprintf("%d cells, the header has %d", len(cells), len(r.head.names))}
	}
	return row, nil
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

func (r *Reader) idOf(row *tableRow) string { return r.cell(row, colFamily) }

func (r *Reader) report(i Issue) {
	i.File = r.file
	r.issues = append(r.issues, i)
}

// hashOf is a family's id as remembered.
func hashOf(id string) [16]byte {
	h := sha256.Sum256([]byte(id))
	return [16]byte(h[:16])
}

// family judges a group of rows and makes a family of it.
func (r *Reader) family(id string, group []*tableRow) *Family {
	f := &Family{ID: id, Members: len(group), File: r.file, Row: group[0].row}
	r.issues = nil
	r.build.start(id)
	for _, row := range group {
		if row.bad != nil {
			column := ""
			if n := row.bad.column; n > 0 && n <= len(r.head.names) {
				column = r.head.names[n-1]
			}
			r.build.refuse(row.row, column, row.bad.reason)
		}
	}
	if id == "" {
		r.build.refuse(group[0].row, colFamily, "required, but empty")
	} else {
		key := hashOf(id)
		if file, met := r.seen[key]; met {
			where := "further up in this file"
			if file != r.file {
				where = "in " + file
			}
			r.build.refuse(group[0].row, colFamily, "this family was met before "+where+"; rows of a family must be adjacent")
		}
		r.seen[key] = r.file
	}
	if !r.build.refused {
		r.build.rows(group)
	}
	f.Issues, f.Refused, f.memberRows = r.issues, r.build.refused, r.build.memberRows
	if !f.Refused {
		f.Household, f.Removed = r.build.household, r.build.removed
		if r.KeepStored {
			f.Stored = r.build.stored(group)
		}
	}
	return f
}

// Check finds what is implausible across the fields of a family that counts:
// warnings all. It may run beside the Reader.
func (f *Family) Check() []Issue {
	if f.Household == nil || f.Removed {
		return nil
	}
	survey, err := prokesga.ParseDate(f.Household.GetRounds()[0].GetRound().GetSurveyDate())
	if err != nil {
		return nil
	}
	var out []Issue
	for _, x := range prokesga.CheckHousehold(f.Household, prokesga.Today{Date: survey}) {
		if x.Code == prokesga.RequiredMissing {
			continue
		}
		issue := Issue{File: f.File, Row: f.Row, Family: f.ID, Reason: x.Code.String()}
		if line, ok := f.memberRows[x.MemberID]; ok {
			issue.Row = line
		}
		if q, ok := prokesga.Find(x.Kind, int32(x.Field)); ok {
			issue.Column = q.Column
		}
		out = append(out, issue)
	}
	return out
}
