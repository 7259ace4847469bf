package exchange

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Numbers of fields that are looked at one by one.
const (
	fieldSurveyDate    = 1 // of Round
	fieldFamilyRemoval = 10
	fieldMovedTo       = 11
	fieldMemberRemoval = 9 // of Member
	fieldNumber        = 10
)

// sourceColumns are the fields of carried columns, by kind of record.
var sourceColumns = map[merge.Kind]protowire.Number{
	merge.KindFamily: 13, merge.KindMember: 12, merge.KindRound: 16,
}

func isRemoval(kind merge.Kind, field protowire.Number) bool {
	return kind == merge.KindFamily && (field == fieldFamilyRemoval || field == fieldMovedTo) || kind == merge.KindMember && field == fieldMemberRemoval
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
	if !p.newer || sourceColumns[kind] == field {
		return false
	}
	if reason := p.view.GetFamily().GetRemoval().GetReason(); kind == merge.KindFamily && field == fieldFamilyRemoval {
		return p.in.columns.Has(rawsurvei.StatusColumn(reason))
	}
	return p.in.columns.Tell(kind, int32(field))
}

// carryOnRound keeps carried columns of a stored round that the file which corrects it lacks.
func (p *plan) carryOnRound(e *merge.RecordEdit) {
	round, ok := e.Set.(*ksv1.Round)
	if !ok || p.opens {
		return
	}
	before := p.storedRound(e.Key.Record.String()).GetRound().GetSourceColumns().GetColumns()
	columns := p.carryOn(round.GetSourceColumns().GetColumns(), before)
	switch {
	case len(columns) > 0:
		round.SourceColumns = &ksv1.SourceColumns{Columns: columns}
	case len(before) > 0 && p.newer:
		e.Clear = append(e.Clear, sourceColumns[merge.KindRound])
	}
}

// carryOn adds to carried columns those before which the file lacks, and keeps their order where
// they say the same: files have columns in any order.
func (p *plan) carryOn(told, before []*ksv1.SourceColumn) []*ksv1.SourceColumn {
	columns := slices.Clone(told)
	for _, c := range before {
		stands := slices.ContainsFunc(columns, func(x *ksv1.SourceColumn) bool { return x.GetName() == c.GetName() })
		if !stands && !p.in.columns.Has(c.GetName()) {
			columns = append(columns, c)
		}
	}
	if sameColumns(columns, before) {
		return before
	}
	return columns
}

// sameColumns tells whether carried columns are the same but for their order.
func sameColumns(a, b []*ksv1.SourceColumn) bool {
	byName := func(list []*ksv1.SourceColumn) []*ksv1.SourceColumn {
		return slices.SortedFunc(slices.Values(list), func(x, y *ksv1.SourceColumn) int { return cmp.Compare(x.GetName(), y.GetName()) })
	}
	return slices.EqualFunc(byName(a), byName(b), func(x, y *ksv1.SourceColumn) bool { return proto.Equal(x, y) })
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
