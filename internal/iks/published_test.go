package iks

import (
	"strings"
	"testing"
)

func TestPublishedFamiliesHaveTheirPrintedIndex(t *testing.T) {
	t.Parallel()
	for _, example := range []struct{ id, values, printed, yd string }{
		{"P01", "Y Y N Y Y T Y Y T T Y T", "0.636 pra-sehat", "7/11"},
		{"P02", "Y N N N T N N N T T Y T", "0.333 tidak sehat", "2/6"},
		{"P03", "Y Y N N N Y Y Y Y Y Y Y", "1.000 sehat", "9/9"},
		{"P04", "Y T N N N Y Y Y T Y Y Y", "0.778 pra-sehat", "7/9"},
		{"P05", "Y Y Y Y Y Y Y Y T Y Y Y", "0.917 sehat", "11/12"},
		{"P07", "Y T N N N Y Y Y T T Y T", "0.556 pra-sehat", "5/9"},
		{"P09", "N N N N N Y Y Y Y T Y T", "0.714 pra-sehat", "5/7"},
		{"P12", "Y N N N Y N N N Y T Y Y", "0.833 sehat", "5/6"},
		{"P13", "T N N Y Y N N N Y Y Y Y", "0.857 sehat", "6/7"},
		{"P14", "T N N N N N N N Y T Y Y", "0.600 pra-sehat", "3/5"},
		{"P15", "Y N N N N N N N T Y Y Y", "0.800 pra-sehat", "4/5"},
		{"P18", "Y N N N N N N N Y Y Y Y", "1.000 sehat", "5/5"},
	} {
		t.Run(example.id, func(t *testing.T) {
			t.Parallel()
			index := valuesOf(t, strings.ReplaceAll(example.values, " ", "")).Index()
			if got := index.IKS3() + " " + index.Category.String(); got != example.printed || index.String() != example.yd {
				t.Errorf("got %s (%s), printed %s (%s)", got, index, example.printed, example.yd)
			}
		})
	}
}

func TestPublishedAnswersGiveTheirValues(t *testing.T) {
	t.Parallel()
	for _, f := range readFamilies(t) {
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			h := f.compact()
			for _, basis := range []Basis{Besar, Inti} { // no member of these families lies outside inti
				values := h.Compute(basis)
				index := values.Index()
				if values.String() != f.Values || index.Category.String() != f.Category {
					t.Errorf("%s, %s: %s %s, want %s %s", f.What, basis, values, index.Category, f.Values, f.Category)
				}
				if want := orEmpty(f.IKS); index.String() != want {
					t.Errorf("%s: index %q, want %q", f.What, index, want)
				}
				if want := orEmpty(f.IKS3); index.IKS3() != want {
					t.Errorf("%s: three decimals %q, want %q", f.What, index.IKS3(), want)
				}
			}
		})
	}
}

// TestPublishedAreaHasItsPrintedFigures rebuilds MOD page 210: 16 families, 8
// sehat, 6 pra-sehat, 2 tidak sehat; KB Y in 12 and N in 2; water Y in 10.
func TestPublishedAreaHasItsPrintedFigures(t *testing.T) {
	t.Parallel()
	var area Tally
	add := func(n int, text string) {
		values := valuesOf(t, text)
		for range n {
			area.Add(Pack(values, values))
		}
	}
	add(8, "YNNNNNNNYYYY") // 5/5
	add(2, "YNNNNNNNTYYT") // 3/5
	add(2, "YNNNNNNNYYTT") // 3/5
	add(2, "NNNNNNNNYYTT") // 2/4
	add(2, "TNNNNNNNYTTT") // 1/5
	s := area.Of(Inti)
	if got := []int64{s.Complete(), s.InCategory(Sehat), s.InCategory(PraSehat), s.InCategory(TidakSehat)}; got[0] != 16 || got[1] != 8 || got[2] != 6 || got[3] != 2 {
		t.Fatalf("families by category: %v", got)
	}
	if got := s.IKS().Decimals(3); got != "0.500" || s.Category() != PraSehat {
		t.Errorf("area index %s %s, printed 0.500", got, s.Category())
	}
	if got := s.Coverage(1); got != (Ratio{12, 14}) || got.Percent(2) != "85.71" {
		t.Errorf("KB %v = %s %%, printed 12/14 = 85.71 %%", got, got.Percent(2))
	}
	if got := s.Coverage(11).Percent(1); got != "62.5" {
		t.Errorf("air bersih %s %%, printed 62.5 %%", got)
	}
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
