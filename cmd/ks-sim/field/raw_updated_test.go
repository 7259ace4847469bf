package field

import (
	"strings"
	"testing"
)

// A correction of which nobody can tell when it was made is taken as the newer one, for it
// came later; one that is older is told.
func TestACorrectionWithoutATimeHolds(t *testing.T) {
	t.Parallel()
	const column = "survei_updated_at"
	updated := func(time string, members ...rawMember) string {
		k := k1("2018-02-03")
		k.updated = time
		return k.of(members...)
	}
	quits := m2
	quits.smokes = "T"
	forgets := m1
	forgets.smokes = ""
	for name, c := range map[string]struct {
		files []string
		want  string
		told  string // "": no warning of the time
	}{
		"no column":            {[]string{updated("2018-02-04 08:00:00", m1, m2), without(updated("", m1, quits), column)}, "1/1", ""},
		"an empty cell":        {[]string{updated("2018-02-04 08:00:00", m1, m2), updated("", m1, quits)}, "1/1", ""},
		"another form":         {[]string{updated("2018-02-04 08:00:00", m1, m2), updated("01/07/2018 00:00", m1, quits)}, "1/1", "raw:2: survei_updated_at: warning: no time that can be read; "},
		"behind one without":   {[]string{updated("", m1, m2), updated("2018-02-04 08:00:00", m1, quits)}, "1/1", ""},
		"none of them has one": {[]string{updated("", m1, m2), updated("", m1, quits)}, "1/1", ""},
		"an answer is emptied": {[]string{updated("2018-02-04 08:00:00", m1), updated("", forgets)}, "0/1", ""},
		"older":                {[]string{updated("2018-02-04 08:00:00", m1, quits), updated("2018-02-04 07:59:59", m1, m2)}, "1/1", "raw:2: survei_updated_at: warning: older than what is stored"},
	} {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				r, told := bring(t, f, c.files...)
				if strings.Contains(told, column) != (c.told != "") || !strings.Contains(told, c.told) {
					t.Errorf("told: %s", told)
				}
				if got := sehatOf(t, f, 0); got != c.want || r.Refused != 0 {
					t.Errorf("%s are sehat, want %s; %+v", got, c.want, r)
				}
				if r, told := bring(t, f, c.files[1]); r.Unchanged+r.Older != 1 {
					t.Errorf("the same file again: %d unchanged, %d older, told: %s", r.Unchanged, r.Older, told)
				}
			})
		})
	}
}
