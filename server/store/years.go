package store

import "github.com/keluarga-sehat/sync/internal/iks"

// ByYear is what the family counts with by survey year. Most families were surveyed
// once: for them the columns tell it, and Years is empty.
func (f *Family) ByYear() (iks.FamilyYears, error) {
	if f.Years == "" {
		return f.inOneYear(), nil
	}
	return iks.ParseFamilyYears(f.Years)
}

// SetYears keeps what the family counts with by survey year. SurveyDate, Provisional
// and Verified must be set before.
func (f *Family) SetYears(years iks.FamilyYears) {
	f.Years = ""
	if one := f.inOneYear(); len(years) != len(one) || len(one) > 0 && years[0] != one[0] {
		f.Years = years.Text()
	}
}

// inOneYear are the years of a family that counts in that of its SurveyDate alone.
func (f *Family) inOneYear() iks.FamilyYears {
	const day = 10000 // of yyyymmdd
	year := f.SurveyDate / day
	if year < iks.FirstYear || year > iks.LastYear || f.Provisional == 0 && f.Verified == 0 {
		return nil
	}
	return iks.FamilyYears{{Year: year, Provisional: f.Provisional, Verified: f.Verified}}
}
