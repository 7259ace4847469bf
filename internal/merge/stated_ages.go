package merge

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A stated age is of the survey at which it was stated, and moves no round of another date
// (DESIGN.md: an old round's index never moves when life goes on). Member.stated_age is
// one register, which the next survey writes anew; so what stood there moves over to
// Member.stated_ages, one for each date.
const (
	statedAgeField  protowire.Number = 7
	statedAgesField protowire.Number = 15
)

// MaxStatedAges is how many stated ages are kept beside the one in stated_age, as the
// contract bounds them; beyond it the oldest give way.
const MaxStatedAges = 64

// StatedAges are all ages stated of a member, one for each date, ascending: also those of
// values that stand against each other. Of one date stated_age holds, then the latest.
func StatedAges(s *State, member Key) []*ksv1.StatedAge {
	var out []*ksv1.StatedAge
	record := s.Record(member)
	if record == nil {
		return nil
	}
	eachValue(record.Register(statedAgeField), func(element []byte) {
		if age := new(ksv1.StatedAge); openMessage(Element{Bytes: element}, age) {
			out = append(out, age)
		}
	})
	eachValue(record.Register(statedAgesField), func(element []byte) {
		if ages := new(ksv1.StatedAges); openMessage(Element{Bytes: element}, ages) {
			out = append(out, ages.GetAges()...)
		}
	})
	return EachStatedOnce(out)
}

// EachStatedOnce orders stated ages by date; of one date the first holds.
func EachStatedOnce(ages []*ksv1.StatedAge) []*ksv1.StatedAge {
	slices.SortStableFunc(ages, func(a, b *ksv1.StatedAge) int { return cmp.Compare(a.GetAsOf(), b.GetAsOf()) })
	return slices.CompactFunc(ages, func(a, b *ksv1.StatedAge) bool { return a.GetAsOf() == b.GetAsOf() })
}

// eachValue hands over what a register holds, the highest stamp first.
func eachValue(g *Register, visit func(element []byte)) {
	if g == nil {
		return
	}
	for _, v := range g.Values {
		if v.Element != nil {
			visit(v.Element)
		}
	}
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

// KeepStatedAges adds to edits that state an age anew, or settle which those of other surveys
// are, the ages stated at other surveys. An edit that says itself which these are stays as it is.
func KeepStatedAges(edits []RecordEdit, s *State) {
	for i := range edits {
		e := &edits[i]
		set, ok := e.Set.(*ksv1.Member)
		if !ok || slices.Contains(e.Clear, statedAgesField) {
			continue
		}
		shown := set.GetStatedAge()
		if settles := slices.Contains(e.Rewrite, statedAgesField); settles && shown == nil {
			shown = shownAge(s, e.Key)
		} else if shown == nil || set.GetStatedAges() != nil && !settles {
			continue
		}
		kept := OtherAges(StatedAges(s, e.Key), shown)
		switch {
		case kept != nil:
			set = proto.CloneOf(set)
			set.StatedAges = kept
			e.Set, e.encoded = set, nil
		case s.Record(e.Key) != nil && s.Record(e.Key).Register(statedAgesField) != nil:
			e.Clear = append(slices.Clone(e.Clear), statedAgesField)
		}
	}
}

// shownAge is a member's stated_age as it is shown; nil: none is.
func shownAge(s *State, member Key) (shown *ksv1.StatedAge) {
	if record := s.Record(member); record != nil {
		eachValue(record.Register(statedAgeField), func(element []byte) {
			if age := new(ksv1.StatedAge); shown == nil && openMessage(Element{Bytes: element}, age) {
				shown = age
			}
		})
	}
	return shown
}

// uniteStatedAges adds to an edit of a member whom two families had the ages that either tells,
// each for the rounds that it brings. Where a birth date is told no age counts.
func uniteStatedAges(e *RecordEdit, kept, other *ksv1.Member) {
	set, ok := e.Set.(*ksv1.Member)
	if !ok || kept.GetBirthDate() != "" || other.GetBirthDate() != "" {
		return
	}
	var ages []*ksv1.StatedAge
	for _, m := range []*ksv1.Member{kept, other} {
		if m.GetStatedAge() != nil {
			ages = append(ages, m.GetStatedAge())
		}
		ages = append(ages, m.GetStatedAges().GetAges()...)
	}
	shown := cmp.Or(set.GetStatedAge(), kept.GetStatedAge())
	if all := OtherAges(EachStatedOnce(ages), shown); all != nil && !proto.Equal(all, kept.GetStatedAges()) {
		set.StatedAges = all
		e.Clear = slices.DeleteFunc(e.Clear, func(n protowire.Number) bool { return n == statedAgesField })
	}
}
