package rawsurvei

import (
	"fmt"
	"io"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Writer writes families as RAW: one row a member, the columns of DOMAIN.md
// section 5 in its order, then those of our own, then those carried through.
// Counts, indicators and indexes are computed anew. RAW files are for machines:
// cells are exact.
type Writer struct {
	out   table
	extra []string
	cells []string
	rows  int64
}

// Extra gathers the names of carried columns beyond the documented ones, for
// NewWriter; hand it every family first.
func Extra(names map[string]bool, h *ksv1.Household) {
	add := func(c *ksv1.SourceColumns) {
		for _, x := range c.GetColumns() {
			if !slices.Contains(columnNames, x.GetName()) && !slices.Contains(ksColumns, x.GetName()) {
				names[x.GetName()] = true
			}
		}
	}
	for _, r := range h.GetRounds() {
		add(r.GetRound().GetSourceColumns())
	}
	for _, m := range h.GetMembers() {
		add(m.GetMember().GetSourceColumns())
	}
}

// NewWriter writes the header line; extra are the carried columns' names.
func NewWriter(w io.Writer, format Format, extra map[string]bool) (*Writer, error) {
	to, err := newTable(w, format)
	if err != nil {
		return nil, err
	}
	out := &Writer{out: to}
	for name := range extra {
		out.extra = append(out.extra, name)
	}
	slices.Sort(out.extra)
	return out, out.out.row(slices.Concat(columnNames, ksColumns, out.extra))
}

// Rows is how many rows were written, without the header line.
func (w *Writer) Rows() int64 { return w.rows }

// RowsOf is how many rows Write makes of a family with one of its rounds; 0
// without one.
func RowsOf(h *ksv1.Household, round *ksv1.HouseholdRound) (rows int64) {
	if round == nil {
		return 0
	}
	round, _ = asSurveyed(round)
	parts := partsOf(round)
	for _, m := range h.GetMembers() {
		if hasRow(round, m, parts[m.GetMemberId()]) {
			rows++
		}
	}
	return rows
}

// partsOf are a round's records of members, by the member's id.
func partsOf(round *ksv1.HouseholdRound) map[string]*ksv1.Individual {
	parts := make(map[string]*ksv1.Individual, len(round.GetIndividuals()))
	for _, x := range round.GetIndividuals() {
		parts[x.GetMemberId()] = x.GetIndividual()
	}
	return parts
}

// hasRow tells whether a member stands in the rows of a round: who takes part in it, and who
// was removed from it, which the row says. A row of anybody else would be read as that of one
// who takes part.
func hasRow(round *ksv1.HouseholdRound, m *ksv1.HouseholdMember, part *ksv1.Individual) bool {
	return prokesga.TakesPart(part) || goneFrom(round, m, part)
}

// goneFrom: the member is not counted in the round, for they left or the round's own file had
// them as removed.
func goneFrom(round *ksv1.HouseholdRound, m *ksv1.HouseholdMember, part *ksv1.Individual) bool {
	removal := m.GetMember().GetRemoval()
	survey, err := prokesga.ParseDate(round.GetRound().GetSurveyDate())
	return err != nil && removal != nil || prokesga.RemovedFrom(removal, survey) || !prokesga.TakesPart(part) && goneCell(part) != ""
}

// goneCell is what the round's own file had as a member's status; "" where they took part.
func goneCell(part *ksv1.Individual) string { return carriedCell(part.GetSourceColumns(), colGone) }

// asSurveyed is a round with its survey date. gone: it had given that up, for its own file has
// the family as removed.
func asSurveyed(round *ksv1.HouseholdRound) (out *ksv1.HouseholdRound, gone bool) {
	if round.GetRound().GetSurveyDate() != "" || !GoneByFile(round.GetRound()) || SurveyDate(round.GetRound()) == "" {
		return round, false
	}
	out = proto.CloneOf(round)
	Counted(out.GetRound())
	return out, true
}

// Close writes out what is buffered; a file without it is not whole. It does not
// close what the Writer writes to.
func (w *Writer) Close() error { return w.out.close() }

// outRow is what a row's cells are taken from.
type outRow struct {
	h      *ksv1.Household
	round  *ksv1.HouseholdRound
	member *ksv1.HouseholdMember
	part   *ksv1.Individual
	counts prokesga.Counts
	besar  iks.Values
	inti   iks.Values
	// familyGone: the round's own file has the family as removed, and a later one has it.
	familyGone bool
	// own is what each member adds, of basis besar.
	own map[string]iks.Values
}

// Write writes a family with one of its rounds. A family nobody of whom takes part, or was
// removed from it, has no row; ok is false then.
func (w *Writer) Write(h *ksv1.Household, round *ksv1.HouseholdRound) (ok bool, err error) {
	round, gone := asSurveyed(round)
	parts := partsOf(round)
	household, ids := iks.FromHousehold(h, round)
	row := outRow{
		h: h, round: round, familyGone: gone, counts: prokesga.CountsOf(h, round), besar: household.Compute(iks.Besar), inti: household.Compute(iks.Inti),
		own: make(map[string]iks.Values, len(ids)),
	}
	for i, own := range household.Own(iks.Besar) {
		row.own[ids[i]] = own
	}
	for _, m := range h.GetMembers() {
		if !hasRow(round, m, parts[m.GetMemberId()]) {
			continue
		}
		row.member, row.part = m, parts[m.GetMemberId()]
		w.cells = w.cells[:0]
		for _, name := range columnNames {
			w.cells = append(w.cells, row.cell(name))
		}
		w.cells = append(w.cells, row.ksCells()...)
		for _, name := range w.extra {
			text := carriedCell(m.GetMember().GetSourceColumns(), name)
			if text == "" {
				text = carriedCell(round.GetRound().GetSourceColumns(), name)
			}
			w.cells = append(w.cells, text)
		}
		if err := w.out.row(w.cells); err != nil {
			return false, fmt.Errorf("write row: %w", err)
		}
		w.rows++
		ok = true
	}
	return ok, nil
}

// ksCells are the cells of our own columns.
func (r *outRow) ksCells() []string {
	removal, family := r.member.GetMember().GetRemoval(), r.h.GetFamily().GetRemoval()
	if r.familyGone {
		family = nil // that of a later day is not why
	}
	return []string{
		r.originalMember(r.member.GetMember().GetMotherId()),
		removalWords[removal.GetReason()], removal.GetDate(), removalWords[family.GetReason()], family.GetDate(), exactYes,
	}
}

// gone: the member is not counted in the row's round.
func (r *outRow) gone() bool { return goneFrom(r.round, r.member, r.part) }

// originalMember is a member's id as the file had it.
func (r *outRow) originalMember(id string) string {
	for _, m := range r.h.GetMembers() {
		if m.GetMemberId() == id {
			if text := carriedCell(m.GetMember().GetSourceColumns(), colMember); text != "" {
				return text
			}
		}
	}
	return id
}
