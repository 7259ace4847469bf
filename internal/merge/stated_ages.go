package merge

import (
	"bytes"
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A stated age is of the survey at which it was stated, and moves no round of another date
// (DESIGN.md: an old round's index never moves when life goes on). Member.stated_age is
// one register, which the next survey writes anew; so what stood there moves over to
// Member.stated_ages, one for each date, each with the stamp under which it was stated.
//
// What the values of both registers hold is united, each date by itself: of one date the
// highest stamp holds. So ages stated unseen of each other stand against each other only
// where they are of one date. Nothing tells of an age that was taken out: who writes
// stated_ages unseen of that brings it back, for of the two no age lost is the better.
const (
	StatedAgeField  protowire.Number = 7
	StatedAgesField protowire.Number = 15
)

// IsStatedAge tells whether a register is one of these.
func IsStatedAge(kind Kind, field protowire.Number) bool {
	return kind == KindMember && (field == StatedAgeField || field == StatedAgesField)
}

// MaxStatedAges is how many stated ages are kept beside the one in stated_age, as the
// contract bounds them; beyond it the oldest give way.
const MaxStatedAges = 64

// StatedAges are the ages stated of a member, one for each date, ascending, each with the stamp
// under which it was stated. Where stated_age was taken back, what stands against that counts not.
func StatedAges(s *State, member Key) []*ksv1.StatedAge {
	record := s.Record(member)
	if record == nil {
		return nil
	}
	ages := agesIn(record.Register(StatedAgesField))
	if g := record.Register(StatedAgeField); g != nil && g.Shown().Element != nil {
		ages = append(agesIn(g), ages...)
	}
	slices.SortStableFunc(ages, func(a, b *ksv1.StatedAge) int { return StampOf(b.GetStamp()).Compare(StampOf(a.GetStamp())) })
	return EachStatedOnce(ages)
}

// EachStatedOnce orders stated ages by date; of one date the first holds.
func EachStatedOnce(ages []*ksv1.StatedAge) []*ksv1.StatedAge {
	slices.SortStableFunc(ages, func(a, b *ksv1.StatedAge) int { return cmp.Compare(a.GetAsOf(), b.GetAsOf()) })
	return slices.CompactFunc(ages, func(a, b *ksv1.StatedAge) bool { return a.GetAsOf() == b.GetAsOf() })
}

// agesIn reads all that a register's values hold, each with its stamp: none was stated later
// than the write that brings it, whatever that says (stamps may be given anew, or made up).
func agesIn(g *Register) (out []*ksv1.StatedAge) {
	if g == nil {
		return nil
	}
	for _, v := range g.Values {
		for _, age := range agesOf(g.Field, v.Element) {
			if stated := StampOf(age.GetStamp()); age.GetStamp() == nil || stated.Compare(v.Stamp) > 0 {
				age.Stamp = v.Stamp.Proto()
			}
			out = append(out, age)
		}
	}
	return out
}

// agesOf reads what one value holds; nil: none, or nothing that can be read.
func agesOf(field protowire.Number, element []byte) []*ksv1.StatedAge {
	if field == StatedAgesField {
		if ages := new(ksv1.StatedAges); openMessage(Element{Bytes: element}, ages) {
			return ages.GetAges()
		}
	} else if age := new(ksv1.StatedAge); openMessage(Element{Bytes: element}, age) {
		return []*ksv1.StatedAge{age}
	}
	return nil
}

// ShownStatedAge is an age as Member.stated_age has it: by itself, for its register has the stamp.
func ShownStatedAge(age *ksv1.StatedAge) *ksv1.StatedAge {
	if age.GetStamp() == nil {
		return age
	}
	shown := proto.CloneOf(age)
	shown.Stamp = nil
	return shown
}

// OtherAges are ages as Member.stated_ages has them beside the one in stated_age; nil: none.
func OtherAges(ages []*ksv1.StatedAge, shown *ksv1.StatedAge) *ksv1.StatedAges {
	out := &ksv1.StatedAges{}
	for _, age := range ages {
		if age.GetAsOf() != shown.GetAsOf() {
			out.Ages = append(out.Ages, age)
		}
	}
	if len(out.Ages) == 0 {
		return nil
	}
	out.Ages = out.Ages[max(0, len(out.Ages)-MaxStatedAges):]
	return out
}

// agesDisagree tells whether values of stated_age stand against each other: two of one date, or
// one beside one that was taken back, which has no date.
func agesDisagree(values []Value) bool {
	dates := make([]string, len(values))
	for i, v := range values {
		if ages := agesOf(StatedAgeField, v.Element); len(ages) > 0 {
			dates[i] = ages[0].GetAsOf()
		}
		for j, other := range values[:i] {
			if !bytes.Equal(v.Element, other.Element) && (dates[i] == dates[j] || dates[i] == "" || dates[j] == "") {
				return true
			}
		}
	}
	return false
}

// settleStatedAges has a household, whose members stand as their records do, show the union.
func settleStatedAges(s *State, h *ksv1.Household) {
	at := -1
	for i := range s.Records {
		record := &s.Records[i]
		if record.Key.Kind != KindMember {
			continue
		}
		at++
		one, others := record.Register(StatedAgeField), record.Register(StatedAgesField)
		if others == nil && (one == nil || len(one.Values) == 1) {
			continue
		}
		m, ages := h.Members[at].GetMember(), StatedAges(s, record.Key)
		for _, age := range ages {
			if m.StatedAge != nil && age.GetAsOf() == m.GetStatedAge().GetAsOf() {
				m.StatedAge = ShownStatedAge(age)
			}
		}
		m.StatedAges = OtherAges(ages, m.GetStatedAge())
	}
}

// statesSeveralAges tells whether a member of a household states more than one.
func statesSeveralAges(h *ksv1.Household) bool {
	return slices.ContainsFunc(h.GetMembers(), func(m *ksv1.HouseholdMember) bool { return m.GetMember().GetStatedAges() != nil })
}
