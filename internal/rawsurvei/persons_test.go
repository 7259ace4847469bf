package rawsurvei

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// personIn is a row of a person in a family; gone and removed are status_delete of either.
func personIn(family, person, gone, removed string) string {
	row := strings.NewReplacer("K1,", family+",", "M1,", person+",", "R1,", "R"+family+",").Replace(headRow)
	return strings.TrimSuffix(row, "\n") + "," + gone + "," + removed + "\n"
}

var personsHead = strings.TrimSuffix(headLine, "\n") + ",survei_individu_status_delete,survei_status_delete\n"

// told are the warnings of a family about its members' ids.
func told(f *Family) (out []string) {
	for _, x := range f.Issues {
		if x.Column == colMember {
			out = append(out, x.String())
		}
	}
	return out
}

// A person who stands in two families of a file is told with both, and counts in both: which is
// right no file tells. Who was removed from one of them moved.
func TestAPersonInTwoFamiliesOfAFileIsTold(t *testing.T) {
	t.Parallel()
	twice := `raw:3: survei_individu_survei_individu_detail_id: warning: the same person stands in row 2, in family "K1", and here in family "K2"; counted in both`
	for name, c := range map[string]struct{ file, want string }{
		"in two":                    {personIn("K1", "M1", "0", "0") + personIn("K2", "M1", "0", "0"), twice},
		"in either case":            {personIn("K1", lowerM1, "0", "0") + personIn("K2", strings.ToUpper(lowerM1), "0", "0"), twice},
		"removed from the first":    {personIn("K1", "M1", "1", "0") + personIn("K2", "M1", "0", "0"), ""},
		"removed from the second":   {personIn("K1", "M1", "0", "0") + personIn("K2", "M1", "1", "0"), ""},
		"the first family removed":  {personIn("K1", "M1", "0", "1") + personIn("K2", "M1", "0", "0"), ""},
		"the second family removed": {personIn("K1", "M1", "0", "0") + personIn("K2", "M1", "0", "1"), ""},
		"two persons":               {personIn("K1", "M1", "0", "0") + personIn("K2", "M2", "0", "0"), ""},
		"the first family refused":  {strings.Replace(personIn("K1", "M1", "0", "0"), ",1980-", ",x", 1) + personIn("K2", "M1", "0", "0"), ""},
	} {
		list := familiesOf(t, personsHead+c.file)
		if len(list) != 2 || list[1].Refused || strings.Join(told(list[1]), "\n") != c.want || len(told(list[0])) > 0 {
			t.Errorf("%s: %q, %q", name, told(list[0]), told(list[1]))
		}
	}
}

// Somebody in another family in another file, as of another year, has moved.
func TestAPersonOfAnotherFileHasMoved(t *testing.T) {
	t.Parallel()
	r := NewReader()
	for _, family := range []string{"K1", "K2"} {
		if err := r.Open(family, strings.NewReader(personsHead+personIn(family, "M1", "0", "0"))); err != nil {
			t.Fatal(err)
		}
		f, err := r.Next()
		if err != nil || len(told(f)) > 0 {
			t.Errorf("%v, %q", err, told(f))
		}
	}
}

// What is remembered is bounded, and the file tells from where on.
func TestPersonsRememberedAreBounded(t *testing.T) {
	t.Parallel()
	r := NewReader()
	file := personsHead
	for _, at := range []string{"K1 M1", "K2 M2", "K3 M3", "K4 M4", "K5 M3", "K6 M1"} {
		family, person, _ := strings.Cut(at, " ")
		file += personIn(family, person, "0", "0")
	}
	if err := r.Open("raw", strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	r.persons = newPersons(2)
	var all []string
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told(f)...)
	}
	if len(all) != 2 || !strings.HasPrefix(all[0], "raw:4:") || !strings.Contains(all[0], "more than 2 persons") ||
		!strings.HasPrefix(all[1], "raw:7:") || !strings.Contains(all[1], `in row 2, in family "K1"`) {
		t.Errorf("told %q", all)
	}
}
