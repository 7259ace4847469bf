package exchange

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Numbers of fields that are looked at one by one.
const (
	fieldSurveyDate    = 1 // of Round
	fieldFamilyRemoval = 10
	fieldMovedTo       = 11
	fieldStatedAge     = 7 // of Member
	fieldMemberRemoval = 9
)

// sourceColumns are the fields of carried columns, by kind of record.
var sourceColumns = map[merge.Kind]protowire.Number{
	merge.KindFamily: 13, merge.KindMember: 12, merge.KindRound: 16, merge.KindIndividual: 29,
}

// groups are fields of a record that one cell decides together.
var groups = map[merge.Kind][][]protowire.Number{
	merge.KindFamily: {{5, 6, 7}}, // No. KK: whole, provisional, status
	merge.KindMember: {{2, 3, 4}}, // NIK: the same
}

// siblings are the fields that one cell decides together with a field, itself included.
func siblings(kind merge.Kind, field protowire.Number) []protowire.Number {
	for _, group := range groups[kind] {
		if slices.Contains(group, field) {
			return group
		}
	}
	return []protowire.Number{field}
}

func isRemoval(kind merge.Kind, field protowire.Number) bool {
	return kind == merge.KindFamily && (field == fieldFamilyRemoval || field == fieldMovedTo) || kind == merge.KindMember && field == fieldMemberRemoval
}

// tells: the file has the column of a field that it fills in. Some are filled in without
// one, such as RW and RT with none.
func (p *plan) tells(kind merge.Kind, field protowire.Number) bool {
	return kind != merge.KindFamily || field != fieldPlace || p.in.columns.Tell(kind, int32(field))
}

// fieldPlace is of Family.
const fieldPlace = 1

// empties tells whether the file's silence about a field that an import filled in says that
// there is nothing.
func (p *plan) empties(e *merge.RecordEdit, field protowire.Number) bool {
	kind := e.Key.Kind
	if isRemoval(kind, field) && p.opens {
		return true // who stands in a later survey has not left before
	}
	set := e.Set.ProtoReflect()
	for _, n := range siblings(kind, field) {
		if n != field && set.Has(set.Descriptor().Fields().ByNumber(n)) {
			return true
		}
	}
	if !p.newer || sourceColumns[kind] == field {
		return false
	}
	if reason := p.view.GetFamily().GetRemoval().GetReason(); kind == merge.KindFamily && field == fieldFamilyRemoval {
		return p.in.columns.Has(rawsurvei.StatusColumn(reason))
	}
	return p.in.columns.Tell(kind, int32(field))
}

// carryOn keeps carried columns which the file that corrects a round lacks, and their order
// where they say the same: files have columns in any order.
func (p *plan) carryOn(e *merge.RecordEdit) {
	field, ok := sourceColumns[e.Key.Kind]
	if !ok || p.opens {
		return
	}
	before := p.carried(e.Key).GetColumns()
	set := e.Set.ProtoReflect()
	fd := set.Descriptor().Fields().ByNumber(field)
	var columns []*ksv1.SourceColumn
	if set.Has(fd) {
		columns = slices.Clone(set.Get(fd).Message().Interface().(*ksv1.SourceColumns).GetColumns())
	}
	for _, c := range before {
		stands := slices.ContainsFunc(columns, func(x *ksv1.SourceColumn) bool { return x.GetName() == c.GetName() })
		if !stands && !p.in.columns.Has(c.GetName()) {
			columns = append(columns, c)
		}
	}
	if sameColumns(columns, before) {
		columns = before
	}
	switch {
	case len(columns) > 0:
		set.Set(fd, protoreflect.ValueOfMessage((&ksv1.SourceColumns{Columns: columns}).ProtoReflect()))
	case len(before) > 0 && p.newer:
		e.Clear = append(e.Clear, field)
	}
}

// sameColumns tells whether carried columns are the same but for their order.
func sameColumns(a, b []*ksv1.SourceColumn) bool {
	byName := func(list []*ksv1.SourceColumn) []*ksv1.SourceColumn {
		return slices.SortedFunc(slices.Values(list), func(x, y *ksv1.SourceColumn) int { return cmp.Compare(x.GetName(), y.GetName()) })
	}
	return slices.EqualFunc(byName(a), byName(b), func(x, y *ksv1.SourceColumn) bool { return proto.Equal(x, y) })
}

// carried are the columns carried by a record that is stored.
func (p *plan) carried(key merge.Key) *ksv1.SourceColumns {
	switch key.Kind {
	case merge.KindFamily:
		return p.view.GetFamily().GetSourceColumns()
	case merge.KindMember:
		return p.storedMember(key).GetSourceColumns()
	}
	for _, r := range p.view.GetRounds() {
		if r.GetRoundId() != key.Record.String() {
			continue
		}
		if key.Kind == merge.KindRound {
			return r.GetRound().GetSourceColumns()
		}
		return partOf(r, key.Member.String()).GetSourceColumns()
	}
	return nil
}

// storedMember is a member as stored; nil where there is none.
func (p *plan) storedMember(key merge.Key) *ksv1.Member {
	for _, m := range p.view.GetMembers() {
		if m.GetMemberId() == key.Member.String() {
			return m.GetMember()
		}
	}
	return nil
}

// partOf is a member's part in a round; nil where there is none.
func partOf(r *ksv1.HouseholdRound, member string) *ksv1.Individual {
	for _, x := range r.GetIndividuals() {
		if x.GetMemberId() == member {
			return x.GetIndividual()
		}
	}
	return nil
}
