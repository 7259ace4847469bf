package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// A movement's Years are items, each ended by a semicolon: "2026;" where the family
// moved in that survey year as it did altogether, as most do; else
// "2026:pb:pa:vb:va;" with the packed values before and after on both bases.

// SetYears keeps how the family moved by survey year. All other fields must be set
// before.
func (m *Movement) SetYears(before, after iks.FamilyYears) {
	var out []byte
	for len(before) > 0 || len(after) > 0 {
		var was, is iks.YearValues
		switch {
		case len(after) == 0 || len(before) > 0 && before[0].Year < after[0].Year:
			was, before = before[0], before[1:]
			is.Year = was.Year
		case len(before) == 0 || after[0].Year < before[0].Year:
			is, after = after[0], after[1:]
		default:
			was, is, before, after = before[0], after[0], before[1:], after[1:]
		}
		if was.Provisional == is.Provisional && was.Verified == is.Verified {
			continue
		}
		out = strconv.AppendInt(out, int64(is.Year), 10)
		if was.Provisional != m.ProvisionalBefore || is.Provisional != m.ProvisionalAfter || was.Verified != m.VerifiedBefore || is.Verified != m.VerifiedAfter {
			for _, v := range []iks.Packed{was.Provisional, is.Provisional, was.Verified, is.Verified} {
				out = strconv.AppendInt(append(out, ':'), int64(v), 10)
			}
		}
		out = append(out, ';')
	}
	m.Years = string(out)
}

// ByYear hands over how the family moved in each survey year, as movements with the
// values of that year alone.
func (m *Movement) ByYear(visit func(year int, m *Movement)) error {
	for rest := m.Years; rest != ""; {
		item, more, ended := strings.Cut(rest, ";")
		parts := strings.Split(item, ":")
		year, err := strconv.Atoi(parts[0])
		if err != nil || !ended || len(parts) != 1 && len(parts) != 5 {
			return fmt.Errorf("read survey years of a movement: %q", m.Years)
		}
		in := *m
		in.Years = ""
		if len(parts) > 1 {
			for i, into := range []*iks.Packed{&in.ProvisionalBefore, &in.ProvisionalAfter, &in.VerifiedBefore, &in.VerifiedAfter} {
				v, err := strconv.ParseInt(parts[i+1], 10, 64)
				if err != nil {
					return fmt.Errorf("read survey years of a movement: %w", err)
				}
				*into = iks.Packed(v)
			}
		}
		visit(year, &in)
		rest = more
	}
	return nil
}

// Then is the movement from before m to after next, which is the same family's later one
// under the same revision, for a recompute takes none of its own. It has next's cause.
func (m *Movement) Then(next *Movement) (Movement, error) {
	was, is := map[int]iks.YearValues{}, map[int]iks.YearValues{}
	for _, part := range []*Movement{m, next} {
		err := part.ByYear(func(year int, in *Movement) {
			if _, moved := was[year]; !moved {
				was[year] = iks.YearValues{Year: year, Provisional: in.ProvisionalBefore, Verified: in.VerifiedBefore}
			}
			is[year] = iks.YearValues{Year: year, Provisional: in.ProvisionalAfter, Verified: in.VerifiedAfter}
		})
		if err != nil {
			return Movement{}, err
		}
	}
	out := *next
	out.ProvisionalBefore, out.VerifiedBefore = m.ProvisionalBefore, m.VerifiedBefore
	var before, after iks.FamilyYears
	for _, year := range slices.Sorted(maps.Keys(was)) {
		before, after = append(before, was[year]), append(after, is[year])
	}
	out.SetYears(before, after)
	return out, nil
}

// In hands over what of a movement is of a survey year, if anything is; of year 0 the
// movement itself.
func (m *Movement) In(year int, visit func(*Movement)) error {
	if year == 0 {
		visit(m)
		return nil
	}
	return m.ByYear(func(of int, in *Movement) {
		if of == year {
			visit(in)
		}
	})
}

// AddIn counts what of a movement is of a survey year; 0: all of it.
func (c *CauseSums) AddIn(year int, m *Movement) error { return m.In(year, c.Add) }

// YearCauses is what each cause did by survey year.
type YearCauses map[int]*CauseSums

// Add counts a movement.
func (c YearCauses) Add(m *Movement) error {
	return m.ByYear(func(year int, in *Movement) { c.at(year).Add(in) })
}

// AddCauses adds those of another area.
func (c YearCauses) AddCauses(o YearCauses) {
	for year, sums := range o {
		c.at(year).AddSums(sums)
	}
}

func (c YearCauses) at(year int) *CauseSums {
	if c[year] == nil {
		c[year] = &CauseSums{}
	}
	return c[year]
}

// Slice is the sums for storage: for each year, ascending, the year, how many numbers
// follow, and CauseSums.Slice; nil of none.
func (c YearCauses) Slice() []int64 {
	var out []int64
	for _, year := range slices.Sorted(maps.Keys(c)) {
		if numbers := c[year].Slice(); len(numbers) > 0 {
			out = append(append(out, int64(year), int64(len(numbers))), numbers...)
		}
	}
	return out
}

// YearCausesOf reads what Slice wrote; nil of nothing.
func YearCausesOf(numbers []int64) (YearCauses, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	out := YearCauses{}
	for len(numbers) > 0 {
		if len(numbers) < 2 || numbers[1] <= 0 || numbers[1] > int64(len(numbers)-2) {
			return nil, fmt.Errorf("read causes by survey year: %d numbers are left over", len(numbers))
		}
		sums, err := CauseSumsOf(numbers[2 : 2+numbers[1]])
		if err != nil {
			return nil, err
		}
		out[int(numbers[0])], numbers = sums, numbers[2+numbers[1]:]
	}
	return out, nil
}
