package exchange

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
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
// of a file's, and columns stand in any order.
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
		if slices.Equal(cell, fieldsNIK) {
			return a.GetNik() == b.GetNik() && a.GetNikProvisional() == b.GetNikProvisional()
		}
	}
	return len(columnsOf(a)) > 0 && sameColumns(columnsOf(a), columnsOf(b))
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

// isCarried: the cell is all columns that are carried through.
func isCarried(kind merge.Kind, cell []protowire.Number) bool { return sourceColumns[kind] == cell[0] }

// isNumber: the cell is where a member stands among those of the family.
func isNumber(kind merge.Kind, cell []protowire.Number) bool {
	return kind == merge.KindMember && cell[0] == fieldNumber
}

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
