package area

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func mustParse(t testing.TB, text string) Code {
	t.Helper()
	code, err := Parse(text)
	if err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	return code
}

func TestBothFormsOfACodeAreOneArea(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, canonical, undotted string
		level                     Level
	}{
		{"", "", "", Nation},
		{"32", "32", "32", Province},
		{"32.04", "32.04", "3204", District},
		{"3204", "32.04", "3204", District},
		{"32.04.05", "32.04.05", "320405", Kecamatan},
		{"320405", "32.04.05", "320405", Kecamatan},
		{"32.04.05.2001", "32.04.05.2001", "3204052001", Village},
		{"3204052001", "32.04.05.2001", "3204052001", Village},
		{"32.04.05.2001/3", "32.04.05.2001/003", "3204052001", RW},
		{"3204052001/000", "32.04.05.2001/000", "3204052001", RW},
		{"32.04.05.2001/3/7", "32.04.05.2001/003/007", "3204052001", RT},
		{"3204052001/003/07", "32.04.05.2001/003/007", "3204052001", RT},
		{"32.04.05.2001/000/000", "32.04.05.2001/000/000", "3204052001", RT},
	} {
		code := mustParse(t, c.text)
		if code.String() != c.canonical || code.Undotted() != c.undotted || code.Level() != c.level {
			t.Errorf("%q: %q %q %s, want %q %q %s", c.text, code, code.Undotted(), code.Level(), c.canonical, c.undotted, c.level)
		}
		if again := mustParse(t, code.String()); again != code {
			t.Errorf("%q: canonical text reads as %v", c.text, again)
		}
	}
}

func TestMalformedCodesAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"3", "320", "32.0", "32.", "32.04.", "32.04.05.", "32.04.05.200", "32.04.05.20011", "32040520011", "3204.05",
		"32.0405", "32-04", "32 04", " 32", "٣٢", "3a", "32.04.05.2001.", "32.04.05.2001/", "32.04.05.2001//",
		"32.04.05.2001//007", "32.04.05.2001/003/", "32.04.05.2001/003/007/1", "32.04.05.2001/0003", "32.04.05.2001/a",
		"32.04/003", "/003", "..", "........",
	} {
		code, err := Parse(text)
		if err == nil {
			t.Errorf("%q was read as %q", text, code)
		} else if !errors.Is(err, ErrCode) && !errors.Is(err, ErrPlace) {
			t.Errorf("%q: error %v is neither ErrCode nor ErrPlace", text, err)
		}
	}
}

func TestParentsLeadToTheNation(t *testing.T) {
	t.Parallel()
	var path []string
	for code := mustParse(t, "32.04.05.2001/003/007"); code.Level() > Nation; code = code.Parent() {
		path = append(path, code.String())
	}
	want := []string{"32.04.05.2001/003/007", "32.04.05.2001/003", "32.04.05.2001", "32.04.05", "32.04", "32"}
	if !slices.Equal(path, want) {
		t.Errorf("path %q, want %q", path, want)
	}
	if (Code{}).Parent() != (Code{}) {
		t.Error("the nation has another parent than itself")
	}
}

func TestAnAreaContainsItselfAndWhatLiesBelow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outer, inner string
		want         bool
	}{
		{"", "32.04.05.2001/003/007", true},
		{"32", "32.04", true},
		{"32.04.05.2001", "32.04.05.2001", true},
		{"32.04.05.2001/003", "32.04.05.2001/003/007", true},
		{"32.04.05.2001/003", "32.04.05.2001/004/007", false},
		{"32.04", "32.05.05.2001", false},
		{"32.04.05", "32.04.06.2001", false},
		{"32.04", "32", false},
		{"32.04.05.2001/003/007", "32.04.05.2001/003", false},
	} {
		if got := mustParse(t, c.outer).Contains(mustParse(t, c.inner)); got != c.want {
			t.Errorf("%q contains %q: %t", c.outer, c.inner, got)
		}
	}
}

func TestListsOrderAreasBeforeWhatLiesInThem(t *testing.T) {
	t.Parallel()
	want := []string{"", "32", "32.04", "32.04.05", "32.04.05.2001", "32.04.05.2001/000", "32.04.05.2001/000/000",
		"32.04.05.2001/003", "32.04.05.2001/003/000", "32.04.05.2001/003/007", "32.04.05.2001/004", "32.04.05.2002", "32.04.06", "33"}
	var codes []Code
	for _, text := range want {
		codes = append(codes, mustParse(t, text))
	}
	slices.Reverse(codes)
	slices.SortFunc(codes, Code.Compare)
	for i, code := range codes {
		if code.String() != want[i] {
			t.Fatalf("position %d: %q, want %q", i, code, want[i])
		}
	}
}

func TestRESTNamesComeBack(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"id": "", "32.04": "32.04", "32.04.05.2001~003~007": "32.04.05.2001/003/007"} {
		code, err := ParseRESTName(name)
		if err != nil || code.String() != text || code.RESTName() != name {
			t.Errorf("%q: %q, back %q, error %v", name, code, code.RESTName(), err)
		}
	}
}

// anyCode draws codes of every level.
func anyCode(t *rapid.T) Code {
	text := rapid.StringMatching(`[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}/[0-9]{1,3}/[0-9]{1,3}`).Draw(t, "rt")
	code, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := code.At(Level(rapid.IntRange(int(Nation), int(RT)).Draw(t, "level")))
	return at
}

func TestCodesObeyTheTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyCode(t), anyCode(t)
		if again, err := Parse(a.String()); err != nil || again != a {
			t.Fatalf("%q reads as %q, %v", a, again, err)
		}
		if !a.Parent().Contains(a) || (a.Level() > Nation && a.Contains(a.Parent())) {
			t.Fatalf("%q and its parent %q contain each other wrongly", a, a.Parent())
		}
		if a.Contains(b) && b.Contains(a) && a != b {
			t.Fatalf("%q and %q contain each other", a, b)
		}
		if (a.Compare(b) == 0) != (a == b) || a.Compare(b) != -b.Compare(a) {
			t.Fatalf("order of %q and %q: %d, %d", a, b, a.Compare(b), b.Compare(a))
		}
	})
}
