package iks

import (
	"encoding/json"
	"fmt"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Survey years of which figures are kept: whoever enters a date outside of them has
// mistyped it, and no device makes a server keep more years than these.
const (
	FirstYear = 2000
	LastYear  = 2099
)

// ProgrammeYear is the first survey year that figures are told of: the programme began
// in it.
const ProgrammeYear = 2016

// LastTold is the last survey year that figures are told of, asked in a year: the next
// one, for a device's clock may be ahead at its end. A round dated later is a finding
// for the reviewer, and no year to ask for.
func LastTold(now int) int { return min(now+1, LastYear) }

// Told tells whether figures of a survey year are told of, asked in the year now.
func Told(year, now int) bool { return year >= ProgrammeYear && year <= LastTold(now) }

// YearValues is what a family counts with in one survey year.
type YearValues struct {
	Year                  int
	Provisional, Verified Packed
}

// FamilyYears is what a family counts with in each survey year, ascending; years in
// which it counts on neither basis are left out.
type FamilyYears []YearValues

// AssessYears finds what a family counts with in each of its survey years, as Assess
// of that year does, on one basis of data: all values stand as provisional ones.
func (l *Loader) AssessYears(family *ksv1.Household) FamilyYears {
	var out FamilyYears
	for _, year := range surveyYears(family) {
		if packed := l.Assess(family, year).Packed(); packed != 0 {
			out = append(out, YearValues{Year: year, Provisional: packed})
		}
	}
	return out
}

// surveyYears are the years of the rounds that may count, ascending, each once.
func surveyYears(family *ksv1.Household) []int {
	var years []int
	for _, r := range datedRounds(family) {
		if y := r.date.Year(); y >= FirstYear && y <= LastYear && !slices.Contains(years, y) {
			years = append(years, y)
		}
	}
	slices.Sort(years)
	return years
}

// InOneYear reports whether the family counts in one survey year alone, with what it
// counts with altogether: most families have one round.
func InOneYear(family *ksv1.Household) bool {
	return len(family.GetRounds()) < 2 && family.GetFamily().GetRemoval() == nil
}

// Both joins what a family counts with provisionally, by year, with what it counts
// with as it was approved; both as AssessYears gives them.
func Both(provisional, approved FamilyYears) FamilyYears {
	out := slices.Clone(provisional)
	for _, a := range approved {
		i, found := slices.BinarySearchFunc(out, a.Year, func(y YearValues, year int) int { return y.Year - year })
		if !found {
			out = slices.Insert(out, i, YearValues{Year: a.Year})
		}
		out[i].Verified = a.Provisional
	}
	return out
}

// Approved is the verified part as AssessYears would have given it.
func (y FamilyYears) Approved() FamilyYears {
	var out FamilyYears
	for _, v := range y {
		if v.Verified != 0 {
			out = append(out, YearValues{Year: v.Year, Provisional: v.Verified})
		}
	}
	return out
}

// Approve is the same with what counts provisionally as what was approved.
func (y FamilyYears) Approve() FamilyYears {
	var out FamilyYears
	for _, v := range y {
		if v.Provisional != 0 {
			out = append(out, YearValues{v.Year, v.Provisional, v.Provisional})
		}
	}
	return out
}

// Text is the years as stores keep them, so that SQL reads them as JSON:
// [[2025,provisional,verified],[2026,provisional,verified]].
func (y FamilyYears) Text() string {
	rows := make([][3]int64, len(y))
	for i, v := range y {
		rows[i] = [3]int64{int64(v.Year), int64(v.Provisional), int64(v.Verified)}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		panic(err) // numbers always marshal
	}
	return string(text)
}

// ParseFamilyYears reads what Text wrote.
func ParseFamilyYears(text string) (FamilyYears, error) {
	var rows [][3]int64
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("read survey years %q: %w", text, err)
	}
	out := make(FamilyYears, len(rows))
	for i, r := range rows {
		if r[0] < FirstYear || r[0] > LastYear || i > 0 && r[0] <= rows[i-1][0] {
			return nil, fmt.Errorf("read survey years %q: %d stands out of order", text, r[0])
		}
		out[i] = YearValues{int(r[0]), Packed(r[1]), Packed(r[2])}
	}
	return out, nil
}
