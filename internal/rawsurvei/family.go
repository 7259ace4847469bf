package rawsurvei

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/keluarga-sehat/sync/internal/merge"
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
		where += ": " + printable(i.Column)
	}
	return fmt.Sprintf("%s: %s: %s", where, kind, i.Reason)
}

// printable is a file's own name for something as a terminal may show it.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
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

	memberRows map[merge.ID]int
}

// At is an issue of the family where it begins, or in a member's row; the member's id is that
// under which it is stored (UUIDOf).
func (f *Family) At(member merge.ID) Issue {
	at := Issue{File: f.File, Row: f.Row, Family: f.ID}
	if row, ok := f.memberRows[member]; ok {
		at.Row = row
	}
	return at
}

// Check finds what is implausible across the fields of a family that counts:
// warnings all. Its survey is in the future where it is later than today; the zero value leaves
// that out. It may run beside the Reader.
func (f *Family) Check(today prokesga.Today) []Issue {
	if f.Household == nil || f.Removed {
		return nil
	}
	if f.Household.GetRounds()[0].GetRound().GetSurveyDate() == "" {
		return nil
	}
	var out []Issue
	for _, x := range prokesga.CheckHousehold(f.Household, today) {
		if x.Code == prokesga.RequiredMissing {
			continue
		}
		issue := f.At(memberOf(x.MemberID))
		issue.Reason = x.Code.String()
		if q, ok := prokesga.Find(x.Kind, int32(x.Field)); ok {
			issue.Column = q.Column
		}
		out = append(out, issue)
	}
	return out
}

// family judges a group of rows and makes a family of it.
func (r *Reader) family(g *rowGroup) *Family {
	id, group := g.id, g.rows
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
	if len(group) > MaxFamilyRows {
		r.build.refuse(group[MaxFamilyRows].row, "", fmt.Sprintf("the family has more than %d rows", MaxFamilyRows))
	}
	for _, row := range group {
		if row.bad == nil && r.idOf(row) == "" {
			r.build.refuse(row.row, colFamily, cmp.Or(row.stray.reason, "required, but empty"))
		}
	}
	if g.doubtful != "" {
		r.build.refuse(g.doubtRow, colFamily, g.doubtful)
	}
	if id != "" {
		r.meet(id, group[0].row)
	}
	if !r.build.refused {
		r.build.rows(group)
	}
	if !r.build.refused {
		r.meetPersons(id, group[0].row)
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

// meet remembers a family, and refuses it where it was met before. UUIDs that differ in their
// case are one.
func (r *Reader) meet(id string, row int) {
	key, now := UUIDOf("family", id), len(r.opened)-1
	if before, met := r.seen[key]; met {
		where := "further up in this file"
		switch {
		case before != now && r.opened[before] == r.file:
			where = "in this file, which is named more than once"
		case before != now:
			where = "in " + r.opened[before]
		}
		r.build.refuse(row, colFamily, "this family was met before "+where+"; rows of a family must be adjacent")
	}
	r.seen[key] = now
}

// meetPersons remembers who counts in a family that is built, and tells once in a file that
// there is no room for more.
func (r *Reader) meetPersons(id string, row int) {
	if len(r.build.present) == 0 {
		return
	}
	full := r.persons.full
	r.persons.meet(id, r.build.present, r.build.memberRows)
	if r.persons.full && !full {
		r.build.warn(row, colMember, fmt.Sprintf("more than %d persons: who stands in two families from here on is not found", r.persons.max))
	}
}
