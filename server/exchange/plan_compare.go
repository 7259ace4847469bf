package exchange

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// part is of a record what one cell decides.
func part(record proto.Message, cell []protowire.Number) proto.Message {
	from := record.ProtoReflect()
	out := from.New()
	for _, n := range cell {
		if fd := from.Descriptor().Fields().ByNumber(n); from.Has(fd) {
			out.Set(fd, from.Get(fd))
		}
	}
	return out.Interface()
}

// says: a word is not silent.
func says(word proto.Message) bool { return proto.Size(word) > 0 }

// sameWord tells whether two words say the same: whether a number was verified since is none
// of a file's, columns stand in any order, and an age in years may be written in months, too.
func sameWord(cell []protowire.Number, a, b proto.Message) bool {
	if proto.Equal(a, b) {
		return true
	}
	if !says(a) || !says(b) {
		return false
	}
	switch a := a.(type) {
	case *ksv1.Family:
		b := b.(*ksv1.Family)
		if slices.Equal(cell, fieldsNKK) {
			return a.GetNkk() == b.GetNkk() && a.GetNkkProvisional() == b.GetNkkProvisional()
		}
	case *ksv1.Member:
		b := b.(*ksv1.Member)
		switch {
		case slices.Equal(cell, fieldsNIK):
			return a.GetNik() == b.GetNik() && a.GetNikProvisional() == b.GetNikProvisional()
		case a.StatedAge != nil:
			return a.GetStatedAge().GetAsOf() == b.GetStatedAge().GetAsOf() && a.GetStatedAge().GetMonths() == b.GetStatedAge().GetMonths()
		}
	}
	return len(columnsOf(a)) > 0 && sameColumns(columnsOf(a), columnsOf(b))
}

// outlasts tells whether an earlier year's word holds beside a later one's: an age stated first,
// with which the later statement agrees, for one stated anew would move that of earlier rounds,
// whose index is of their own survey date; and a whole number of which a workbook's number cell
// lacks the last digit.
func outlasts(earlier, later proto.Message) bool {
	if e, ok := earlier.(*ksv1.Member); ok && e.StatedAge != nil {
		l := later.(*ksv1.Member)
		return l.StatedAge != nil && agree(e.GetStatedAge(), l.GetStatedAge())
	}
	return cutOf(earlier, later)
}

// cutOf tells whether a word is a whole number of another without its last digit.
func cutOf(whole, cut proto.Message) bool {
	switch w := whole.(type) {
	case *ksv1.Family:
		return isCut(cut.(*ksv1.Family).GetNkkProvisional(), w.GetNkk())
	case *ksv1.Member:
		return isCut(cut.(*ksv1.Member).GetNikProvisional(), w.GetNik())
	}
	return false
}

// isNoPlace tells whether a word is an RW and RT of none.
func isNoPlace(word proto.Message) bool {
	f, ok := word.(*ksv1.Family)
	return ok && f.GetPlace() == area.Place(0).String()
}

// isCut tells whether a provisional number is a whole one without its last digit, which is what
// a number cell of a workbook tells of it.
func isCut(provisional string, whole uint64) bool {
	return whole != 0 && provisional == fmt.Sprintf("%d?", whole/10)
}

// By how many months two statements of an age may differ and agree: years are told without
// the months beyond, months without the days.
const (
	yearsRounding  = 11
	monthsRounding = 1
)

// agree tells whether two stated ages, the first of them on an earlier day, may be of one
// birth.
func agree(first, second *ksv1.StatedAge) bool {
	from, err1 := prokesga.ParseDate(first.GetAsOf())
	to, err2 := prokesga.ParseDate(second.GetAsOf())
	if err1 != nil || err2 != nil || !to.After(from) {
		return false
	}
	rounding := monthsRounding
	if !first.GetInMonths() || !second.GetInMonths() {
		rounding = yearsRounding
	}
	apart := int(second.GetMonths()) - int(first.GetMonths()) - prokesga.CompletedMonths(from, to)
	return -rounding <= apart && apart <= rounding
}

// isCarried: the cell is all columns that are carried through.
func isCarried(kind merge.Kind, cell []protowire.Number) bool { return sourceColumns[kind] == cell[0] }

// columnsOf are the carried columns of a family or a member.
func columnsOf(record proto.Message) []*ksv1.SourceColumn {
	r, ok := record.(interface{ GetSourceColumns() *ksv1.SourceColumns })
	if !ok {
		return nil
	}
	return r.GetSourceColumns().GetColumns()
}

// withColumns is a record that carries columns.
func withColumns(record proto.Message, columns []*ksv1.SourceColumn) proto.Message {
	var carried *ksv1.SourceColumns
	if len(columns) > 0 {
		carried = &ksv1.SourceColumns{Columns: columns}
	}
	switch r := record.(type) {
	case *ksv1.Family:
		r.SourceColumns = carried
	case *ksv1.Member:
		r.SourceColumns = carried
	}
	return record
}
