package merge

import (
	"cmp"
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A survey date that was typed wrong is corrected in its round, and the ages stated at that
// survey are of the right date then: the save that corrects it takes them along. One that comes
// from a device that has not seen the correction stays of the date that it says, and counts
// for the rounds next to it; so does one whose round was corrected by versions before.

// surveyDateField is of Round.
const surveyDateField protowire.Number = 1

// dateMoves are survey dates that edits correct, each with what it becomes.
type dateMoves map[string]string

// correctedDates are those that no round keeps, unless two rounds leave one for different dates.
func correctedDates(edits []RecordEdit, s *State) dateMoves {
	moved, stands := dateMoves{}, map[string]bool{}
	corrected := map[Key]bool{}
	for _, e := range edits {
		was, to := surveyDate(s, e.Key), ""
		if round, ok := e.Set.(*ksv1.Round); ok {
			to = round.GetSurveyDate()
		}
		if was == "" || to == "" || was == to {
			continue
		}
		if other := moved[was]; other != "" && other != to {
			stands[was] = true
		}
		moved[was], corrected[e.Key] = to, true
	}
	for i := range s.Records {
		if key := s.Records[i].Key; len(moved) > 0 && !corrected[key] && !s.Withdrawn(key.Record) {
			stands[surveyDate(s, key)] = true
		}
	}
	maps.DeleteFunc(moved, func(was, _ string) bool { return stands[was] })
	return moved
}

// surveyDate is a round's as it is shown; "" where it has none.
func surveyDate(s *State, round Key) string {
	g := s.Record(round).find(surveyDateField)
	if round.Kind != KindRound || g == nil || g.Shown().Element == nil {
		return ""
	}
	said := &ksv1.Round{}
	if proto.Unmarshal(g.Shown().Element, said) != nil {
		return ""
	}
	return said.GetSurveyDate()
}

func (d dateMoves) any(ages []*ksv1.StatedAge) bool {
	return slices.ContainsFunc(ages, func(age *ksv1.StatedAge) bool { return d[age.GetAsOf()] != "" })
}

// of is an age as of the date that its own becomes; itself where that stays.
func (d dateMoves) of(age *ksv1.StatedAge) *ksv1.StatedAge {
	to := d[age.GetAsOf()]
	if to == "" {
		return age
	}
	age = proto.CloneOf(age)
	age.AsOf = to
	return age
}

// apply is of for all; what is stated of a date already holds.
func (d dateMoves) apply(ages []*ksv1.StatedAge) []*ksv1.StatedAge {
	out := slices.Clone(ages)
	slices.SortStableFunc(out, func(a, b *ksv1.StatedAge) int { return cmp.Compare(len(d[a.GetAsOf()]), len(d[b.GetAsOf()])) })
	for i := range out {
		out[i] = d.of(out[i])
	}
	return EachStatedOnce(out)
}
