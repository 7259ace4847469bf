package iks

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Assessment is what a family counts for: for each membership its latest
// complete round, or its latest round where none is complete.
type Assessment struct {
	Besar, Inti Outcome
}

// Outcome is the result of one membership.
type Outcome struct {
	// Round is the position in the family's rounds, -1 where none counts:
	// never surveyed, withdrawn, removed. Then all else is zero.
	Round int
	// SurveyDate is that round's date; the index is of this date for good.
	SurveyDate prokesga.Date
	Values     Values
	Category   Category
}

// Counts reports whether the family has a round that counts.
func (a Assessment) Counts() bool { return a.Besar.Round >= 0 }

// Packed is the assessment as stores keep it; zero where nothing counts.
func (a Assessment) Packed() Packed {
	if !a.Counts() {
		return 0
	}
	return Pack(a.Besar.Values, a.Inti.Values)
}

// Of is the outcome of one membership.
func (a Assessment) Of(basis Basis) Outcome {
	if basis == Inti {
		return a.Inti
	}
	return a.Besar
}

// AnyYear asks Assess for the current figure.
const AnyYear = 0

// Assess finds the rounds that count and their values. Rounds are ordered by
// survey date, then as they stand in the family (by the stamp that opened
// them). Withdrawn rounds and rounds without a survey date don't count.
//
// year AnyYear asks for the current figure, in which a removed family does not
// count at all; any other asks for the rounds of that year alone, in which a
// family that died out or moved later still counts.
func Assess(family *ksv1.Household, year int) Assessment {
	var l Loader
	return l.Assess(family, year)
}

// Assess is the function of the same name with the loader's memory.
func (l *Loader) Assess(family *ksv1.Household, year int) Assessment {
	a := Assessment{Besar: Outcome{Round: -1}, Inti: Outcome{Round: -1}}
	for _, r := range countedRounds(family, year) {
		household, _ := l.Load(family, family.GetRounds()[r.position])
		besar, inti := household.Both()
		settle(&a.Besar, r, besar)
		settle(&a.Inti, r, inti)
		if a.Besar.Category.Complete() && a.Inti.Category.Complete() {
			break
		}
	}
	return a
}

// settle takes a round's values if they are the first seen (the latest), or
// the first complete ones.
func settle(o *Outcome, r datedRound, values Values) {
	category := values.Category()
	if o.Round < 0 || (!o.Category.Complete() && category.Complete()) {
		*o = Outcome{Round: r.position, SurveyDate: r.date, Values: values, Category: category}
	}
}

type datedRound struct {
	position int
	date     prokesga.Date
}

// countedRounds lists the rounds that may count, latest first.
func countedRounds(family *ksv1.Household, year int) []datedRound {
	if family.GetFamily().GetRemoval() != nil && year == AnyYear {
		return nil
	}
	rounds := datedRounds(family)
	if year != AnyYear {
		rounds = slices.DeleteFunc(rounds, func(r datedRound) bool { return r.date.Year() != year })
	}
	if len(rounds) < 2 {
		return rounds
	}
	slices.Reverse(rounds)
	slices.SortStableFunc(rounds, func(a, b datedRound) int { return b.date.Compare(a.date) })
	return rounds
}

// datedRounds lists the rounds with a survey date that are not withdrawn, and not
// of a time when the family had left, as they were opened.
func datedRounds(family *ksv1.Household) []datedRound {
	removal := family.GetFamily().GetRemoval()
	var rounds []datedRound
	for i, hr := range family.GetRounds() {
		date, err := prokesga.ParseDate(hr.GetRound().GetSurveyDate())
		if err != nil || hr.GetRound().GetWithdrawal() != nil || prokesga.RemovedFrom(removal, date) {
			continue
		}
		rounds = append(rounds, datedRound{i, date})
	}
	return rounds
}

// Latest is the outcome of the family's latest round, counted or not, which tells
// whether anything is still to be asked: as Assess orders them, but a round without
// a survey date comes after those opened before it. Round is -1 where none was
// begun, or each was withdrawn, or the family is removed.
func (l *Loader) Latest(family *ksv1.Household) Assessment {
	none := Outcome{Round: -1}
	rounds := countedRounds(family, AnyYear)
	at, date := -1, prokesga.Date{}
	if len(rounds) > 0 {
		at, date = rounds[0].position, rounds[0].date
	}
	if undated := lastUndated(family); undated > at {
		at, date = undated, prokesga.Date{}
	}
	if at < 0 {
		return Assessment{Besar: none, Inti: none}
	}
	household, _ := l.Load(family, family.GetRounds()[at])
	besar, inti := household.Both()
	of := func(v Values) Outcome { return Outcome{Round: at, SurveyDate: date, Values: v, Category: v.Category()} }
	return Assessment{Besar: of(besar), Inti: of(inti)}
}

// lastUndated is the round opened last of those that have no survey date yet; -1:
// none.
func lastUndated(family *ksv1.Household) int {
	if family.GetFamily().GetRemoval() != nil {
		return -1
	}
	for i, r := range slices.Backward(family.GetRounds()) {
		if _, err := prokesga.ParseDate(r.GetRound().GetSurveyDate()); err != nil && r.GetRound().GetWithdrawal() == nil {
			return i
		}
	}
	return -1
}

// Explanation is a Reason with the member's id in place of a position.
type Explanation struct {
	Reason
	MemberID string // "" for household questions
}

// Explain lists the reasons of one round with members by id, in the order of
// Household.Reasons.
func Explain(family *ksv1.Household, round *ksv1.HouseholdRound, basis Basis) []Explanation {
	household, ids := FromHousehold(family, round)
	reasons := household.Reasons(basis)
	list := make([]Explanation, len(reasons))
	for i, r := range reasons {
		list[i].Reason = r
		if r.Member != HouseholdQuestion {
			list[i].MemberID = ids[r.Member]
		}
	}
	return list
}
