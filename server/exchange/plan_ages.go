package exchange

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// An age that a file states is of its survey date, and all of them are kept, one for each date
// (merge.StatedAges): a later year's moves no earlier round, and a newer correction replaces
// its own year's, or takes it back. The latest is shown, unless another was entered here.

// settleAges makes of the age that the file states what all files together state.
func (p *plan) settleAges(e *merge.RecordEdit, record *merge.Record) {
	set, shown := e.Set.(*ksv1.Member), p.storedMember(e.Key)
	own, day := set.GetStatedAge(), rawsurvei.SurveyDate(p.in.household.GetRounds()[0].GetRound())
	ages := p.agesOf(e.Key)
	top := shown.GetStatedAge()
	if p.imported(e.Key, fieldStatedAge) {
		top = nil // the latest is
	}
	at := slices.IndexFunc(ages, func(a *ksv1.StatedAge) bool { return a.GetAsOf() == day })
	told := own != nil && (at < 0 || own.GetMonths() != ages[at].GetMonths()) // something new
	switch {
	case at < 0 && own != nil && p.ageClearedLater(record):
		p.kept++
		own, told = nil, false
	case at < 0 && own != nil:
		ages = merge.EachStatedOnce(append(ages, own))
	case at < 0:
	case p.ageStands(record, shown, ages[at], own):
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
	set.StatedAge, set.StatedAges = top, merge.OtherAges(ages, top)
	clearGone(e, shown, fieldStatedAge, fieldStatedAges)
	if proto.Equal(top, shown.GetStatedAge()) && top != own {
		set.StatedAge = nil // said again only by the file, so that it settles what stands against it
	}
}

// ageStands tells whether an age stated at the file's survey stays beside what the file says of
// it: it was entered here later, or the file is silent and says nothing newer of its year.
func (p *plan) ageStands(record *merge.Record, shown *ksv1.Member, stated, own *ksv1.StatedAge) bool {
	register := record.Register(fieldStatedAges)
	if shown.GetStatedAge().GetAsOf() == stated.GetAsOf() {
		register = record.Register(fieldStatedAge)
	}
	if register != nil {
		if at := register.Shown(); at.Stamp.Device != p.importer && (own == nil || p.enteredLater(at)) {
			return true
		}
	}
	return own == nil && (p.opens || !p.newer || !p.in.columns.Tell(merge.KindMember, fieldStatedAge))
}

// ageClearedLater tells whether somebody took the age back when the file, whose year is stored,
// had been written.
func (p *plan) ageClearedLater(record *merge.Record) bool {
	return !p.opens && p.ageCleared(record) && p.enteredLater(record.Register(fieldStatedAge).Shown())
}

// ageCleared tells whether somebody took the age back that is shown.
func (p *plan) ageCleared(record *merge.Record) bool {
	register := record.Register(fieldStatedAge)
	return register != nil && register.Shown().Element == nil && register.Shown().Stamp.Device != p.importer
}

// agesOf are the ages stated of a member; files of several years left those that were not shown
// among the years' words, before each had a place of its own.
func (p *plan) agesOf(member merge.Key) []*ksv1.StatedAge {
	ages := merge.StatedAges(p.stored, member)
	for _, year := range merge.SourceYearsOf(p.stored, member).GetYears() {
		said := &ksv1.Member{}
		if proto.Unmarshal(year.GetSaid(), said) == nil && said.StatedAge != nil {
			ages = append(ages, said.GetStatedAge())
		}
	}
	return merge.EachStatedOnce(ages)
}

// clearGone has an edit clear what a member shows of fields and the edit does not set.
func clearGone(e *merge.RecordEdit, shown *ksv1.Member, fields ...protowire.Number) {
	set, was := e.Set.ProtoReflect(), shown.ProtoReflect()
	for _, n := range fields {
		if fd := set.Descriptor().Fields().ByNumber(n); was.Has(fd) && !set.Has(fd) {
			e.Clear = append(e.Clear, n)
		}
	}
}
