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
		{"0x1p62", 1850, true, ""}, {"0x1p15", 1850, false, ""}, {"4.25075e4", 1850, false, ""}, {"4_2507", 1850, false, ""}, {"+42507", 1850, false, ""},
		{"1.2.3", 1850, false, ""}, {".", 1850, false, ""}, {"2958465.9", 1850, false, ""}, {"2958466", 1850, true, ""},
		// Numbers whose sums wrap around into a possible year.
		{"4611686018427387904", 1850, true, ""}, {"9223372036854775808", 1850, true, ""},
	} {
		got, ok := Moment(c.text, c.from, c.from1904)
		if ok != (c.want != "") || ok && got.Format(time.RFC3339) != c.want {
			t.Errorf("%q from %d: %s, %t", c.text, c.from, got, ok)
		}
	}
}
