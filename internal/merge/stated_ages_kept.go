package merge

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// KeepStatedAges adds to edits that state an age anew, or take one back, the ages stated at other
// surveys; and where they correct a round's survey date, the ages stated on it follow, unless
// another round is of the date that it had. An edit that says itself which the other ages are
// stays as it is. The edits must be one for each record (Combine).
func KeepStatedAges(edits []RecordEdit, s *State) []RecordEdit {
	moved := correctedDates(edits, s)
	if len(moved) > 0 {
		edits = slices.Clone(edits)
		for i := range s.Records {
			key := s.Records[i].Key
			if key.Kind == KindMember && moved.any(StatedAges(s, key)) && !slices.ContainsFunc(edits, func(e RecordEdit) bool { return e.Key == key }) {
				edits = append(edits, RecordEdit{Key: key, Set: &ksv1.Member{}})
			}
		}
	}
	for i := range edits {
		if edits[i].Key.Kind == KindMember {
			keepStatedAges(&edits[i], s, moved)
		}
	}
	return edits
}

func keepStatedAges(e *RecordEdit, s *State, moved dateMoves) {
	set, _ := e.Set.(*ksv1.Member)
	ages, back := StatedAges(s, e.Key), slices.Contains(e.Clear, StatedAgeField)
	stays := set.GetStatedAge() == nil && !back && !moved.any(ages)
	if stays || set.GetStatedAges() != nil || slices.Contains(e.Clear, StatedAgesField) {
		return
	}
	shown := cmp.Or(set.GetStatedAge(), shownAge(s, e.Key))
	ages, to := moved.apply(ages), moved.of(shown)
	if at := slices.IndexFunc(ages, func(a *ksv1.StatedAge) bool { return a.GetAsOf() == to.GetAsOf() }); at >= 0 && set.GetStatedAge() == nil {
		to = ShownStatedAge(ages[at])
	}
	if !back && (set.GetStatedAge() != nil || !proto.Equal(to, shown)) {
		set = cmp.Or(proto.CloneOf(set), &ksv1.Member{})
		set.StatedAge = to
		e.Set, e.encoded = set, nil
	}
	SetOtherAges(e, s, OtherAges(ages, to))
}

// SetOtherAges has an edit of a member say which ages stand beside the one in stated_age; nil:
// none. What is held already is not said again.
func SetOtherAges(e *RecordEdit, s *State, others *ksv1.StatedAges) {
	g := s.Record(e.Key).find(StatedAgesField)
	held := g == nil || len(g.Values) == 1
	if held && proto.Equal(&ksv1.StatedAges{Ages: agesIn(g)}, cmp.Or(others, &ksv1.StatedAges{})) {
		others = nil
	} else if others == nil {
		e.Clear = append(slices.Clone(e.Clear), StatedAgesField)
	}
	if set, _ := e.Set.(*ksv1.Member); others != nil || set.GetStatedAges() != nil {
		set = cmp.Or(proto.CloneOf(set), &ksv1.Member{})
		set.StatedAges = others
		e.Set, e.encoded = set, nil
	}
}

// shownAge is a member's stated_age as it is shown; nil: none is.
func shownAge(s *State, member Key) *ksv1.StatedAge {
	if g := s.Record(member).find(StatedAgeField); g != nil {
		if ages := agesOf(StatedAgeField, g.Shown().Element); len(ages) > 0 {
			return ages[0]
		}
	}
	return nil
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
		e.Clear = slices.DeleteFunc(e.Clear, func(n protowire.Number) bool { return n == StatedAgesField })
	}
}
