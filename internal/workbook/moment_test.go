package workbook

import (
	"testing"
	"time"
)

func TestANumberOfDaysIsAMomentWhereItsYearIsPossible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		from     int
		from1904 bool
		want     string
	}{
		{"42507.5", 2000, false, "2016-05-17T12:00:00Z"}, {"41045.5", 2000, true, "2016-05-17T12:00:00Z"},
		{"25578", 1850, false, "1970-01-10T00:00:00Z"}, {"25578", 2000, false, ""},
		{"3", 2000, false, ""}, {"-1", 1850, false, ""}, {"1e300", 1850, false, ""}, {"NaN", 1850, false, ""}, {"2016-05-17", 1850, false, ""}, {"", 1850, false, ""},
	} {
		got, ok := Moment(c.text, c.from, c.from1904)
		if ok != (c.want != "") || ok && got.Format(time.RFC3339) != c.want {
			t.Errorf("%q from %d: %s, %t", c.text, c.from, got, ok)
		}
	}
}
