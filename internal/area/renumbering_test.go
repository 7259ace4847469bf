package area

import (
	"errors"
	"testing"
)

// decree maps pairs of an old and a new code, in order; the error is the first one.
func decree(t *testing.T, codes ...string) (*Renumbering, error) {
	t.Helper()
	r := &Renumbering{}
	for i := 0; i < len(codes); i += 2 {
		if err := r.Add(mustParse(t, codes[i]), mustParse(t, codes[i+1])); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func TestRenumberingCarriesWhatLiesInside(t *testing.T) {
	t.Parallel()
	r, err := decree(t, "32.04", "32.79", "3204052001", "32.80.01.1001", "33.01", "33.02", "33.02", "33.01")
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
	var none Renumbering
	if code := mustParse(t, "32.04"); none.Apply(code) != code {
		t.Error("no renumbering changes a code")
	}
}

func TestMappingsThatLoseAnAreaAreRefused(t *testing.T) {
	t.Parallel()
	for name, codes := range map[string][]string{
		"levels differ": {"32.04", "32.04.05"},
		"two into one":  {"32.04", "32.79", "32.05", "32.79"},
		"one into two":  {"32.04", "32.79", "32.04", "32.78"},
		"an RT":         {"32.04.05.2001/001/001", "32.04.05.2001/001/002"},
		"the nation":    {"", ""},
	} {
		if _, err := decree(t, codes...); !errors.Is(err, ErrRenumbering) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
