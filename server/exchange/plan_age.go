package exchange

import (
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// By how many months two statements of an age may differ and agree: years are told without
// the months beyond, months without the days.
const (
	yearsRounding  = 11
	monthsRounding = 1
)

// keepAge leaves an age as it was first stated where the file's agrees with it: an age stated
// anew would move that of earlier rounds, whose index is of their own survey date. Our own files
// write years in months, too, which is no other statement.
func (p *plan) keepAge(e *merge.RecordEdit) {
	told := statedAge(e.Set)
	stored := p.storedMember(e.Key).GetStatedAge()
	if told == nil || stored == nil {
		return
	}
	same := stored.GetAsOf() == told.GetAsOf() && stored.GetMonths() == told.GetMonths()
	if same || stored.GetAsOf() < told.GetAsOf() && agree(stored, told) {
		e.Set.(*ksv1.Member).StatedAge = proto.CloneOf(stored)
	}
}

// statedAge is that of a member; nil where the record has none.
func statedAge(record proto.Message) *ksv1.StatedAge {
	m, ok := record.(*ksv1.Member)
	if !ok {
		return nil
	}
	return m.GetStatedAge()
}

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
