package iks

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func anyPacked(t *rapid.T) Packed {
	if rapid.IntRange(0, 9).Draw(t, "not surveyed") == 0 {
		return 0
	}
	h := anyHousehold(t)
	return Pack(h.Compute(Besar), h.Compute(Inti))
}

func TestPackedValuesComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		besar, inti := h.Compute(Besar), h.Compute(Inti)
		p := Pack(besar, inti)
		for basis, want := range map[Basis]Values{Besar: besar, Inti: inti} {
			values, category := p.Of(basis)
			if values != want || category != want.Category() || p.Category(basis) != category {
				t.Fatalf("%s: packed %s %s, unpacked %s %s", basis, want, want.Category(), values, category)
			}
		}
		if p < 0 || p.Validate() != nil {
			t.Fatalf("packed %#x: %v", int64(p), p.Validate())
		}
	})
}

func TestPackedLayoutIsTheDocumentedOne(t *testing.T) {
	t.Parallel()
	besar := valuesOf(t, "NYTNYTNYTNYT")
	inti := valuesOf(t, "YNNNNNNNYYY?")
	v := int64(Pack(besar, inti))
	if v>>24&7 != 2 || v>>56&7 != 4 {
		t.Errorf("categories %d, %d: want 2 (pra-sehat), 4 (belum lengkap)", v>>24&7, v>>56&7)
	}
	for i, want := range []int64{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2} {
		if got := v >> (2 * i) & 3; got != want {
			t.Errorf("besar, indicator %d: %d, want %d", i+1, got, want)
		}
	}
	if v>>32&3 != 1 || v>>(32+22)&3 != 3 {
		t.Errorf("inti, indicators 1 and 12: %d, %d", v>>32&3, v>>(32+22)&3)
	}
}

func TestDamagedPackedValuesAreNoticed(t *testing.T) {
	t.Parallel()
	values := valuesOf(t, "YNNNNNNNYYYY")
	good := Pack(values, values)
	for name, p := range map[string]Packed{"sign": -1, "spare bit 27": good | 1<<27, "spare bit 63": good | -1<<63, "spare bit 59": good | 1<<59,
		"category": good ^ 1<<24, "value": good ^ 2, "values without category": good &^ (7 << 24)} {
		if p.Validate() == nil {
			t.Errorf("%s: %#x passes", name, int64(p))
		}
	}
	if Packed(0).Validate() != nil {
		t.Error("not surveyed is refused")
	}
}

func TestTallyCountsOnlyCompleteFamiliesByIndicator(t *testing.T) {
	t.Parallel()
	var tally Tally
	for _, text := range []string{"YNNNNNNNYYYY", "TNNNNNNNTTYY", "YNNNNNNNTTTT", "YNNNNNNNYYY?", "NNNNNNNNNNNN"} {
		tally.Add(Pack(valuesOf(t, text), Values{}))
	}
	tally.Add(0)
	s := tally.Of(Besar)
	got := []int64{s.Surveyed(), s.Complete(), s.InCategory(Sehat), s.InCategory(PraSehat), s.InCategory(TidakSehat), s.InCategory(Incomplete), s.InCategory(Undefined), s.InCategory(NoCategory)}
	if want := []int64{5, 3, 1, 0, 2, 1, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	if s.Value(1, Y) != 2 || s.Value(1, T) != 1 || s.Value(2, N) != 3 || s.Value(12, Unknown) != 0 || s.Value(12, Y) != 2 {
		t.Errorf("indicator counts %v", tally.Counts())
	}
	if inti := tally.Of(Inti); inti.Surveyed() != 5 || inti.InCategory(Undefined) != 5 || inti.Complete() != 0 {
		t.Errorf("inti %v", tally.Counts()[CountersEach:])
	}
}

func TestUndefinedIsShownAsADashNeverZero(t *testing.T) {
	t.Parallel()
	var tally Tally
	s := tally.Of(Inti)
	if s.IKS().Defined() || s.IKS().Decimals(3) != "–" || s.Category() != Undefined || s.Coverage(3).Percent(2) != "–" {
		t.Errorf("an empty area: %s %s %s", s.IKS().Decimals(3), s.Category(), s.Coverage(3).Percent(2))
	}
	values := valuesOf(t, "NNNNNNNNTTTT")
	tally.Add(Pack(values, values))
	if s := tally.Of(Inti); s.IKS().Decimals(3) != "0.000" || s.Coverage(3).Defined() || s.Coverage(9).Percent(2) != "0.00" {
		t.Errorf("one bad family: %s, coverage %v %v", s.IKS().Decimals(3), s.Coverage(3), s.Coverage(9))
	}
}

func TestAreaCategoryHasTheBoundsOfAFamilys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part, whole int64
		category    Category
		text        string
	}{
		{4, 5, PraSehat, "0.800"}, {801, 1000, Sehat, "0.801"}, {8001, 10000, Sehat, "0.800"}, {1, 2, PraSehat, "0.500"},
		{499, 1000, TidakSehat, "0.499"}, {4999, 10000, TidakSehat, "0.500"}, {0, 1, TidakSehat, "0.000"}, {1, 1, Sehat, "1.000"},
		{1, 2000, TidakSehat, "0.001"}, {2, 3, PraSehat, "0.667"}, {70_000_000, 70_000_001, Sehat, "1.000"},
	} {
		if got := categoryOf(c.part, c.whole); got != c.category {
			t.Errorf("%d/%d is %s, want %s", c.part, c.whole, got, c.category)
		}
		if got := (Ratio{c.part, c.whole}).Decimals(3); got != c.text {
			t.Errorf("%d/%d is shown %s, want %s", c.part, c.whole, got, c.text)
		}
	}
	if got := (Ratio{1, 3}).Percent(0); got != "33" {
		t.Errorf("1/3 in percent: %s", got)
	}
}

func TestTalliesAreSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		families := rapid.SliceOfN(rapid.Custom(anyPacked), 0, 8).Draw(t, "families")
		cut := rapid.IntRange(0, len(families)).Draw(t, "cut")
		var all, left, right Tally
		for i, p := range families {
			all.Add(p)
			if i < cut {
				left.Add(p)
			} else {
				right.Add(p)
			}
		}
		sum := left
		sum.AddTally(&right)
		if sum != all {
			t.Fatalf("the parts sum to %v, the whole is %v", sum.Counts(), all.Counts())
		}
		stored, err := FromCounts(all.Counts())
		if err != nil || stored != all {
			t.Fatalf("stored %v, %v", stored.Counts(), err)
		}
		all.SubTally(&right)
		for _, p := range families[:cut] {
			all.Sub(p)
		}
		if !all.IsZero() {
			t.Fatalf("everything taken out again leaves %v", all.Counts())
		}
		for _, basis := range []Basis{Besar, Inti} {
			s := sum.Of(basis)
			for i := 1; i <= Indicators; i++ {
				if s.Value(i, Y)+s.Value(i, T)+s.Value(i, N) != s.Complete() {
					t.Fatalf("indicator %d: Y, T and N are not the %d complete", i, s.Complete())
				}
			}
			if s.InCategory(Sehat)+s.InCategory(PraSehat)+s.InCategory(TidakSehat) != s.Complete() ||
				s.Complete()+s.InCategory(Incomplete)+s.InCategory(Undefined) != s.Surveyed() {
				t.Fatalf("categories don't sum: %v", sum.Counts())
			}
		}
	})
	if _, err := FromCounts(make([]int64, Counters-1)); err == nil {
		t.Error("a short vector was read")
	}
}

// valuesOf are the values of twelve letters, as String writes them.
func valuesOf(t *testing.T, text string) (v Values) {
	t.Helper()
	for i := range text {
		v[i] = Value(strings.IndexByte(valueLetters, text[i]))
	}
	if v.String() != text {
		t.Fatalf("%q is read as %q", text, v)
	}
	return v
}

func TestIndicatorsHaveTheirPublishedNames(t *testing.T) {
	t.Parallel()
	if Name(1) != "Keluarga mengikuti program KB" || Name(0) != "" || Name(13) != "" {
		t.Error("names of indicators")
	}
}
