package rawsurvei

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const (
	lowerID = "0123abcd-89ab-4def-8123-456789abcdef"
	lowerM1 = "0123abcd-89ab-4def-8123-456789abcd01"
	lowerM2 = "0123abcd-89ab-4def-8123-456789abcd02"
)

// familiesOf are all families of a file.
func familiesOf(t *testing.T, text string) (out []*Family) {
	t.Helper()
	r := NewReader()
	if err := r.Open("raw", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
}

// refusedWith tells whether a family is refused, in a column for a reason.
func refusedWith(f *Family, column, reason string) bool {
	for _, x := range f.Issues {
		if x.Refused && x.Column == column && strings.Contains(x.Reason, reason) {
			return f.Refused
		}
	}
	return false
}

// UUIDs are told apart by what they are, not by the case in which they are written: families
// and members whom a store keeps as one are one to who computes their index, too.
func TestUUIDsThatDifferInCaseAreOne(t *testing.T) {
	t.Parallel()
	row := func(family, member, partner string) string {
		text := strings.NewReplacer("K1,", family+",", "M1,", member+",").Replace(headRow)
		return strings.TrimSuffix(text, "\n") + "," + partner + "\n"
	}
	head := strings.TrimSuffix(headLine, "\n") + ",survei_individu_kb_follow\n"
	list := familiesOf(t, head+row(lowerID, "M1", "")+row(strings.ToUpper(lowerID), "M1", "")+row("k2", "M1", "")+row("K2", "M1", ""))
	if len(list) != 4 || list[0].Refused || !refusedWith(list[1], colFamily, "met before") || list[2].Refused || list[3].Refused {
		t.Errorf("families: %+v", list)
	}
	list = familiesOf(t, head+row("K3", lowerM1, "")+row("K3", strings.ToUpper(lowerM1), ""))
	if len(list) != 1 || !refusedWith(list[0], colMember, "the same member stands in row 2") {
		t.Errorf("members: %+v", list)
	}
	list = familiesOf(t, head+row("K4", lowerM1, "")+row("K4", strings.ToUpper(lowerM2), strings.ToUpper(lowerM1))+row("K4", "M3", "m1"))
	for n, want := range []string{"", lowerM1, "m1"} {
		if got := list[0].Household.Rounds[0].Individuals[n].Individual.GetSpouseId(); got != want {
			t.Errorf("member %d has the partner %q, want %q", n, got, want)
		}
	}
}

// Codes, statuses and ages are digits; a sign makes them malformed.
func TestASignedNumberIsMalformed(t *testing.T) {
	t.Parallel()
	for column, cells := range map[string][2]string{
		colRelation: {"1", "+1"}, colSex: {"1", "+1"}, colMarital: {"2", "+2"}, colGone: {"0", "+1"}, colDeleted: {"0", "-0"}, colYears: {"30", "+30"},
	} {
		for n, cell := range cells {
			head, line := headLine, strings.TrimSuffix(headRow, "\n")
			names, values := strings.Split(strings.TrimSpace(head), ","), strings.Split(line, ",")
			if column == colYears {
				values[13] = "" // the birth date
			}
			at := -1
			for i := range names {
				if names[i] == column {
					at = i
				}
			}
			if at < 0 {
				names, values, at = append(names, column), append(values, ""), len(names)
			}
			values[at] = cell
			f := readOne(t, strings.Join(names, ",")+"\n"+strings.Join(values, ",")+"\n")
			if f.Refused != (n == 1) || f.Refused && !refusedWith(f, column, "") {
				t.Errorf("%s %s: refused %t, %v", column, cell, f.Refused, f.Issues)
			}
		}
	}
}

// Day 0 of a workbook, which programs make of an empty cell, is no date.
func TestDayZeroOfAWorkbookIsNoDate(t *testing.T) {
	t.Parallel()
	for n, want := range []string{"", "", "1900-01-01", "1980-02-03", "", "", "1904-01-02", "1984-02-04"} {
		day, from1904 := []float64{0, 0.5, 1, 29254}[n%4], n >= 4
		book := excelize.NewFile()
		if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
			t.Fatal(err)
		}
		for r, line := range []string{headLine, headRow} {
			for c, cell := range strings.Split(strings.TrimSpace(line), ",") {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err := errors.Join(err, book.SetCellStr("Sheet1", at, cell)); err != nil {
					t.Fatal(err)
				}
			}
		}
		var out bytes.Buffer
		if err := errors.Join(book.SetCellFloat("Sheet1", "N2", day, -1, 64), book.Write(&out), book.Close()); err != nil {
			t.Fatal(err)
		}
		f := readOne(t, out.String())
		if want == "" {
			if !refusedWith(f, colBirth, "is no date") {
				t.Errorf("day %v, from 1904: %t: %v", day, from1904, f.Issues)
			}
			continue
		}
		if got := f.Household.GetMembers()[0].GetMember().GetBirthDate(); got != want {
			t.Errorf("day %v, from 1904: %t, is %q, want %s", day, from1904, got, want)
		}
	}
}

// A malformed RW, RT or code of a Puskesmas costs nothing beside it, and comes back; once it
// is put right it is gone.
func TestAMalformedPlaceComesBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rw, rt, puskesmas, place string }{
		"well formed":   {"003", "007", "P3204050101", "003/007"},
		"an RW":         {"RW3", "007", "P3204050101", "000/007"},
		"an RT":         {"003", "0007", "P3204050101", "003/000"},
		"a Puskesmas":   {"003", "007", "Pusk. 1", "003/007"},
		"each of them":  {"RW3", "RT7", "Pusk. 1", "000/000"},
		"none is there": {"", "", "", "000/000"},
	} {
		head := strings.TrimSuffix(headLine, "\n") + ",survei_rw_new,survei_rt_new,survei_kd_puskesmas\n"
		f := readOne(t, head+strings.TrimSuffix(headRow, "\n")+fmt.Sprintf(",%s,%s,%s\n", c.rw, c.rt, c.puskesmas))
		if got := f.Household.GetFamily().GetPlace(); f.Refused || got != c.place {
			t.Errorf("%s: refused %t, in %s, want %s", name, f.Refused, got, c.place)
		}
		first := written(t, f.Household)
		again := readOne(t, first)
		for _, text := range []string{c.rw, c.rt, c.puskesmas} {
			if !strings.Contains(first, ","+text+",") {
				t.Errorf("%s: %q does not come back:\n%s", name, text, first)
			}
		}
		if second := written(t, again.Household); second != first {
			t.Errorf("%s: written\n%s\nnot\n%s", name, second, first)
		}
		f.Household.Family.Place, f.Household.Family.PuskesmasCode = new(string), new(string)
		*f.Household.Family.Place, *f.Household.Family.PuskesmasCode = "001/002", "P3204050102"
		if out := written(t, f.Household); !strings.Contains(out, ",002,001,") || !strings.Contains(out, ",P3204050102,") {
			t.Errorf("%s, put right:\n%s", name, out)
		}
	}
}
