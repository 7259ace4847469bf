package area

import (
	"errors"
	"strings"
	"testing"
)

func TestRenumberingCarriesWhatLiesInside(t *testing.T) {
	t.Parallel()
	r, err := ReadRenumbering(strings.NewReader("old,new\n32.04,32.79\n3204052001, 32.80.01.1001\n33.01,33.02\n33.02,33.01\n"))
	if err != nil {
		t.Fatal(err)
	}
	for old, want := range map[string]string{
		"32.04":                 "32.79",
		"32.04.05":              "32.79.05",
		"32.04.05.2002/001/002": "32.79.05.2002/001/002",
		"32.04.05.2001":         "32.80.01.1001", // its own entry goes before the district's
		"32.04.05.2001/003/007": "32.80.01.1001/003/007",
		"32":                    "32",
		"32.05.05.2001":         "32.05.05.2001",
		"33.01.01.2001":         "33.02.01.2001", // two districts change places
		"33.02.01.2001":         "33.01.01.2001",
		"":                      "",
	} {
		if got := r.Apply(mustParse(t, old)); got.String() != want {
			t.Errorf("%q becomes %q, want %q", old, got, want)
		}
	}
	if r.Len() != 4 {
		t.Errorf("%d mappings", r.Len())
	}
	var none Renumbering
	if code := mustParse(t, "32.04"); none.Apply(code) != code {
		t.Error("no renumbering changes a code")
	}
}

func TestMappingsThatLoseAnAreaAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"levels differ":  "old,new\n32.04,32.04.05\n",
		"two into one":   "old,new\n32.04,32.79\n32.05,32.79\n",
		"one into two":   "old,new\n32.04,32.79\n32.04,32.78\n",
		"an RT":          "old,new\n32.04.05.2001/001/001,32.04.05.2001/001/002\n",
		"the nation":     "old,new\n,\n",
		"no header":      "32.04,32.79\n",
		"malformed code": "old,new\n32.4,32.79\n",
		"three columns":  "old,new\n32.04,32.79,x\n",
		"empty":          "",
	} {
		if r, err := ReadRenumbering(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read %d mappings", name, r.Len())
		}
	}
	_, err := ReadRenumbering(strings.NewReader("old,new\n32.04,32.79\n32.4,32.78\n"))
	if !errors.Is(err, ErrCode) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error %v does not name the line", err)
	}
}
