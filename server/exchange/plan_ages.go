package exchange

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// An age that a file states is of its survey date, and all of them are kept, one for each date
// (merge.StatedAges): a later year's moves no earlier round, and a newer correction replaces
// its own year's, or takes it back, whoever stated one at another survey since. The latest is
// shown, unless another was entered here.

// settleAges makes of the age that the file states what all files together state.
func (p *plan) settleAges(e *merge.RecordEdit, record *merge.Record) {
	set, shown := e.Set.(*ksv1.Member), p.storedMember(e.Key)
	own, day := set.GetStatedAge(), rawsurvei.SurveyDate(p.in.household.GetRounds()[0].GetRound())
	ages := p.agesOf(e.Key)
	top := shown.GetStatedAge()
	if p.imported(e.Key, merge.StatedAgeField) {
		top = nil // the latest is
	}
	at := slices.IndexFunc(ages, func(a *ksv1.StatedAge) bool { return a.GetAsOf() == day })
	if at < 0 && p.repeatsAge(shown, own) {
		own = nil
	}
	told := own != nil && (at < 0 || own.GetMonths() != ages[at].GetMonths()) // something new
	switch {
	case at < 0 && own != nil && p.ageClearedLater(record):
		p.kept++
		own, told = nil, false
	case at < 0 && own != nil:
		ages = merge.EachStatedOnce(append(ages, own))
	case at < 0:
	case p.ageStands(ages[at], own):
		if own != nil && own.GetMonths() != ages[at].GetMonths() {
			p.kept++
		}
		own = nil
	case own == nil:
		ages = slices.Delete(ages, at, at+1)
	case own.GetMonths() == ages[at].GetMonths():
		own = ages[at] // in years or in months
	default:
		ages[at] = own
	}
	// What was taken back here is not shown again by a file that says nothing new.
	if top == nil && (told || !p.ageCleared(record)) || top != nil && top.GetAsOf() == day && own != nil {
		top = nil
		if len(ages) > 0 {
			top = ages[len(ages)-1]
		}
	}
	byFile := top == own // said again, so that it settles what stands against it
	merge.SetOtherAges(e, p.stored, merge.OtherAges(ages, top))
	p.showAge(e, merge.ShownStatedAge(top), shown.GetStatedAge(), byFile)
}

// showAge has an edit of a member show an age where another is shown, or the file says it.
func (p *plan) showAge(e *merge.RecordEdit, age, shown *ksv1.StatedAge, byFile bool) {
	set := proto.CloneOf(e.Set.(*ksv1.Member))
	if set.StatedAge = age; proto.Equal(age, shown) && !byFile {
		set.StatedAge = nil
	}
	if e.Set = set; age == nil && shown != nil {
		e.Clear = append(e.Clear, merge.StatedAgeField)
	}
}

// ageStands tells whether an age stated at the file's survey stays beside what the file says of
// it: it was entered here later, or the file is silent and says nothing newer of its year.
func (p *plan) ageStands(stated, own *ksv1.StatedAge) bool {
	at := merge.Value{Stamp: merge.StampOf(stated.GetStamp())}
	if at.Stamp.Device != p.importer && (own == nil || p.enteredLater(at)) {
		return true
	}
	return own == nil && (p.opens || !p.newer || !p.in.columns.Tell(merge.KindMember, int32(merge.StatedAgeField)))
}

// ageClearedLater tells whether somebody took the age back when the file, whose year is stored,
// had been written.
func (p *plan) ageClearedLater(record *merge.Record) bool {
	return !p.opens && p.ageCleared(record) && p.enteredLater(record.Register(merge.StatedAgeField).Shown())
}

// ageCleared tells whether somebody took the age back that is shown.
func (p *plan) ageCleared(record *merge.Record) bool {
	register := record.Register(merge.StatedAgeField)
	return register != nil && register.Shown().Element == nil && register.Shown().Stamp.Device != p.importer
}

// agesOf are the ages stated of a member; files of several years left those that were not shown
// among the years' words, before each had a place of its own.
func (p *plan) agesOf(member merge.Key) []*ksv1.StatedAge {
	ages := merge.StatedAges(p.stored, member)
	for _, year := range merge.SourceYearsOf(p.stored, member).GetYears() {
		said := &ksv1.Member{}
		if proto.Unmarshal(year.GetSaid(), said) == nil && said.StatedAge != nil {
			said.StatedAge.Stamp = merge.Stamp{Device: p.importer}.Proto()
			ages = append(ages, said.GetStatedAge())
		}
	}
	return merge.EachStatedOnce(ages)
}
