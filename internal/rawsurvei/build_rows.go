package rawsurvei

import (
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// rows builds the household: the family from its first row, a member from each.
// A removed member's row is the first only where there is no other: then the
// family's columns stand in rows of which the ids alone are checked.
func (b *builder) rows(group []*tableRow) {
	first := b.first(group)
	b.row, b.lenient, b.unreadable = first, b.reader.gone(first), nil
	b.family()
	round := b.household.Rounds[0].Round
	round.SourceColumns = b.carryUnreadable(round.SourceColumns)
	b.lenient = false
	for _, row := range group {
		b.row = row
		b.must(colRT)
		if row != first && !b.reader.gone(row) {
			b.compare(first)
		}
		b.member()
	}
	b.link()
}

// link has members named by their ids as these stand in their own rows: a UUID may be written
// in either case.
func (b *builder) link() {
	named := func(text *string) {
		if text == nil {
			return
		}
		if _, err := merge.ParseID(*text); err != nil {
			return
		}
		at := slices.IndexFunc(b.household.Members, func(m *ksv1.HouseholdMember) bool { return strings.EqualFold(m.MemberId, *text) })
		if at >= 0 {
			*text = b.household.Members[at].MemberId
		}
	}
	for _, m := range b.household.Members {
		named(m.Member.MotherId)
	}
	for _, x := range b.household.Rounds[0].Individuals {
		named(x.Individual.SpouseId)
	}
}

// first is the row whose family columns hold: the first that is no removed
// member's, or where all are removed the first.
func (b *builder) first(group []*tableRow) *tableRow {
	for _, row := range group {
		if !b.reader.gone(row) {
			return row
		}
	}
	return group[0]
}

// carryUnreadable adds the cells that could not be read to the carried ones, so
// that an export gives them back.
func (b *builder) carryUnreadable(to *ksv1.SourceColumns) *ksv1.SourceColumns {
	for _, column := range b.unreadable {
		if text := b.cell(column); text != "" {
			to = carry(to, column, b.cut(column, text, carriedMax))
		}
	}
	return to
}

// compare holds the family's columns of a further row against the first's.
func (b *builder) compare(first *tableRow) {
	b.sameDate(first)
	for _, i := range b.head.familyColumns {
		name := b.head.names[i]
		if name != colDate && b.reader.cell(first, name) != b.cell(name) {
			b.warn(b.row.row, name, fmt.Sprintf("differs from row %d, whose value holds", first.row))
		}
	}
}

// sameDate refuses a further row of another survey date than the first's; the
// form in which a date is written is no difference.
func (b *builder) sameDate(first *tableRow) {
	if b.reader.cell(first, colDate) == b.cell(colDate) {
		return // also where it can't be read, which was told
	}
	text := b.must(colDate)
	if text == "" {
		return
	}
	if date, ok := b.date(colDate, text); ok && date != b.survey && !b.survey.IsZero() {
		b.refuse(b.row.row, colDate, fmt.Sprintf("%s, but %s in row %d: one survey has one date", date, b.survey, first.row))
	}
}
