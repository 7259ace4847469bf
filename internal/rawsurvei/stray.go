package rawsurvei

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// rowGroup is a family's rows as they are gathered.
type rowGroup struct {
	id   string
	rows []*tableRow
	// doubtful says why the family is refused for a row that may be a member's of
	// it, and that stands elsewhere; "" where there is none.
	doubtful string
	doubtRow int
}

// doubt refuses the group for a row that it may lack.
func (g *rowGroup) doubt(row *tableRow, reason string) {
	if g.id != "" && g.doubtful == "" {
		g.doubtful, g.doubtRow = reason, row.row
	}
}

// stray is what was found of a row whose family's id can't be read. Left out, its
// family would be counted without that member (DOMAIN.md section 5: a required
// column that is empty refuses the family).
type stray struct {
	// of is the family that it was given to, reason why.
	of, reason string
	// alone: it belongs to none of those around it.
	alone bool
}

// familyOf is the family a row belongs to: by its id, or as a stray row was
// given.
func (r *Reader) familyOf(row *tableRow) string { return cmp.Or(r.idOf(row), row.stray.of) }

// idOf is the family's id in a row, "" where it can't be read.
func (r *Reader) idOf(row *tableRow) string {
	id := r.cell(row, colFamily)
	if row.bad != nil && sound(id) != id {
		return ""
	}
	return id
}

// sound is a cell without what no table holds.
func sound(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))
}

// settle gives the rows without an id that stand between a family and the row
// behind it (nil at the end) to whom they belong, and puts back what is left to
// read. The id of the family's survey tells, or what is left of the family's
// own. Where neither can be read the row may be of either family, and refuses
// both: an index without one of the members would be wrong, and nobody would
// know.
func (r *Reader) settle(g *rowGroup, strays []*tableRow, behind *tableRow) {
	next := ""
	if behind != nil {
		next = r.familyOf(behind)
	}
	var alone, of []*tableRow
	for _, row := range strays {
		family, survey := r.traceOf(row, colFamily), r.traceOf(row, colRT)
		switch {
		case r.traced(family, survey, g.rows...):
			row.stray.of, row.stray.reason = g.id, "required, but empty; by its "+colRT+" the row is of the family before"
			g.rows = append(g.rows, row)
		case next != "" && r.traced(family, survey, behind):
			row.stray.of, row.stray.reason = next, "required, but empty; by its "+colRT+" the row is of the family behind"
			of = append(of, row)
		case family != "" || survey != "" || g.id == "" && next == "":
			row.stray.alone = true
			alone = append(alone, row)
		case next == "":
			row.stray.of, row.stray.reason = g.id, "required, but empty; the row may be a member's of the family before"
			g.rows = append(g.rows, row)
		default:
			row.stray.of, row.stray.reason = next, "required, but empty; the row may be a member's of the family behind"
			g.doubt(row, "the row has no ids that can be read; it may be a member's of the family before")
			of = append(of, row)
		}
	}
	if behind != nil {
		of = append(of, behind)
	}
	r.ahead = append(append(alone, of...), r.ahead...)
}

// traced reports whether a stray row's traces are those of a family's rows.
func (r *Reader) traced(family, survey string, rows ...*tableRow) bool {
	for _, row := range rows {
		if family != "" && family == r.idOf(row) || survey != "" && survey == r.cell(row, colRT) {
			return true
		}
	}
	return false
}

// traceOf is what can be made out of an id in a row, of one that can't be read
// also from its text as it stands.
func (r *Reader) traceOf(row *tableRow, column string) string {
	if text := sound(r.cell(row, column)); text != "" || row.bad == nil {
		return text
	}
	if i, ok := r.head.at[column]; ok && i < len(row.bad.rough) && i >= len(row.cells) {
		return sound(row.bad.rough[i])
	}
	return ""
}

// roughCells splits a line that is no row of a table, for its ids.
func roughCells(line []byte, comma byte) []string {
	if len(line) > longLineBytes || !utf8.Valid(line) {
		return nil
	}
	return strings.Split(strings.ReplaceAll(string(trimEOL(line)), `"`, ""), string(rune(comma)))
}
