package merge

import (
	"bytes"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Difference is a register that does not show what it showed.
type Difference struct {
	Key   Key
	Field protowire.Number
	// Before and After are the shown values' wire forms, tag and value; nil where
	// there was or is none. They are equal where only a conflict arose or was
	// settled.
	Before, After []byte
}

// Differences lists the registers that show another value in after than in
// before, or are in conflict in one of them only, in canonical order; of a round from which
// the family withdrew that alone, as nothing of it is shown to anybody, and nothing of what
// imports keep for themselves (SourceYearsField).
func Differences(before, after *State) []Difference {
	var out []Difference
	i, j := 0, 0
	for i < len(before.Records) || j < len(after.Records) {
		var was, is *Record
		switch {
		case i == len(before.Records):
			is = &after.Records[j]
		case j == len(after.Records):
			was = &before.Records[i]
		default:
			c := before.Records[i].Key.Compare(after.Records[j].Key)
			if c <= 0 {
				was = &before.Records[i]
			}
			if c >= 0 {
				is = &after.Records[j]
			}
		}
		if was != nil {
			i++
		}
		if is != nil {
			j++
		}
		out = appendDifferences(out, was, is)
	}
	return slices.DeleteFunc(out, func(d Difference) bool {
		return after.Sealed(d.Key, d.Field) || IsSourceYears(d.Key.Kind, d.Field)
	})
}

// Sealed tells whether a register is of a round from which the family withdrew, and does not
// tell that.
func (s *State) Sealed(key Key, field protowire.Number) bool {
	return s.Withdrawn(key.Record) && (key.Kind != KindRound || field != roundWithdrawalField)
}

// appendDifferences compares two records of one key, one of which may be nil.
func appendDifferences(out []Difference, was, is *Record) []Difference {
	if was == nil {
		was = &Record{Key: is.Key}
	}
	if is == nil {
		is = &Record{Key: was.Key}
	}
	i, j := 0, 0
	for i < len(was.Registers) || j < len(is.Registers) {
		var a, b *Register
		if i < len(was.Registers) && (j == len(is.Registers) || was.Registers[i].Field <= is.Registers[j].Field) {
			a = &was.Registers[i]
		}
		if j < len(is.Registers) && (a == nil || is.Registers[j].Field == a.Field) {
			b = &is.Registers[j]
		}
		d := Difference{Key: was.Key}
		conflicts := [2]bool{}
		if a != nil {
			d.Field, d.Before, conflicts[0] = a.Field, a.Shown().Element, a.InConflict(d.Key.Kind)
			i++
		}
		if b != nil {
			d.Field, d.After, conflicts[1] = b.Field, b.Shown().Element, b.InConflict(d.Key.Kind)
			j++
		}
		if !bytes.Equal(d.Before, d.After) || conflicts[0] != conflicts[1] {
			out = append(out, d)
		}
	}
	return out
}
