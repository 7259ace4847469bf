package iks

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestEveryYearCountsAsAssessDoes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(h *ksv1.Household){
		"one round":        func(*ksv1.Household) {},
		"two in one year":  func(h *ksv1.Household) { again(h, "2024-09-01").CleanWater = nil },
		"three years":      func(h *ksv1.Household) { again(h, "2026-01-02"); again(h, "2025-03-04").CleanWater = nil },
		"withdrawn":        func(h *ksv1.Household) { again(h, "2025-03-04").Withdrawal = &ksv1.Withdrawal{} },
		"moved afterwards": func(h *ksv1.Household) { again(h, "2025-03-04"); leave(h, ksv1.RemovalReason_REMOVAL_REASON_MOVED) },
		"entered twice":    func(h *ksv1.Household) { leave(h, ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE) },
		"a mistyped year":  func(h *ksv1.Household) { h.Rounds[0].Round.SurveyDate = proto.String("0024-05-17") },
		"no round":         func(h *ksv1.Household) { h.Rounds = nil },
	} {
		h := couple(t)
		change(h)
		var want FamilyYears
		for year := FirstYear; year <= LastYear; year++ {
			if packed := Assess(h, year).Packed(); packed != 0 {
				want = append(want, YearValues{Year: year, Provisional: packed})
			}
		}
		var l Loader
		got := l.AssessYears(h)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		current := Assess(h, AnyYear).Packed()
		if InOneYear(h) && len(got) > 0 && (len(got) > 1 || got[0].Provisional != current) {
			t.Errorf("%s: said to count in one year with %#x, does with %v", name, current, got)
		}
	}
}

// leave removes a family in August 2024.
func leave(h *ksv1.Household, reason ksv1.RemovalReason) {
	h.Family.Removal = &ksv1.Removal{Reason: reason, Date: "2024-08-01"}
}

func TestTalliesByYearArePackedAlikeAndComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Packed {
			v := Values{Value(rapid.IntRange(0, 3).Draw(t, "first")), Value(rapid.IntRange(0, 3).Draw(t, "second"))}
			return Pack(v, Values{Y})
		}), 1, 4).Draw(t, "values")
		families := rapid.SliceOf(rapid.Custom(func(t *rapid.T) FamilyYears {
			var out FamilyYears
			for _, year := range rapid.SliceOfNDistinct(rapid.IntRange(2024, 2027), 0, 3, rapid.ID).Draw(t, "years") {
				out = append(out, YearValues{year, rapid.SampledFrom(values).Draw(t, "provisional"), rapid.SampledFrom(append(values, 0)).Draw(t, "verified")})
			}
			slices.SortFunc(out, func(a, b YearValues) int { return a.Year - b.Year })
			return out
		})).Draw(t, "families")
		var provisional, verified Tally
		var sum, back YearTallies
		for _, f := range families {
			again, err := ParseFamilyYears(f.Text())
			if err != nil || !slices.Equal(again, f) {
				t.Fatalf("%v came back as %v: %v", f, again, err)
			}
			sum.Add(f)
			if len(f) > 0 {
				provisional.Add(f[len(f)-1].Provisional)
				verified.Add(f[len(f)-1].Verified)
			}
		}
		for _, f := range slices.Backward(families) {
			back.Add(f)
		}
		packed := sum.Pack(&provisional, &verified)
		if other := back.Pack(&provisional, &verified); other != packed {
			t.Fatalf("in another order: %x, %x", packed, other)
		}
		unpacked, err := packed.Unpack(&provisional, &verified)
		if err != nil || !slices.Equal(unpacked.Years(), sum.Years()) {
			t.Fatalf("%v came back as %v: %v", sum.Years(), unpacked.Years(), err)
		}
		for _, year := range sum.Years() {
			if *unpacked.Of(year) != *sum.Of(year) {
				t.Fatalf("%d came back otherwise", year)
			}
		}
		for _, f := range families {
			unpacked.Sub(f)
		}
		if rest := unpacked.Pack(&provisional, &verified); rest != "" {
			t.Fatalf("nothing is left, packed %x", rest)
		}
	})
}

func TestMostVillagesPackTheirYearsInFewBytes(t *testing.T) {
	t.Parallel()
	var current Tally
	var years YearTallies
	for range 100 {
		p := Pack(Values{Y, T}, Values{Y})
		current.Add(p)
		years.Add(FamilyYears{{Year: 2026, Provisional: p}})
	}
	if packed := years.Pack(&current, &Tally{}); len(packed) > 3 {
		t.Errorf("surveyed in one year alone, in %d bytes", len(packed))
	}
}

func FuzzPackedYears(f *testing.F) {
	var years YearTallies
	years.Add(FamilyYears{{2024, 1<<24 | 1, 0}, {2026, 1<<24 | 1, 2}})
	f.Add([]byte(years.Pack(&Tally{}, &Tally{})))
	f.Add([]byte{0xea, 0x0f, packedSame})
	f.Fuzz(func(t *testing.T, data []byte) {
		var one Tally
		one.Add(1<<24 | 1)
		years, err := PackedYears(data).Unpack(&one, &one)
		if err != nil {
			return
		}
		again, err := years.Pack(&one, &one).Unpack(&one, &one)
		if err != nil || !slices.Equal(again.Years(), years.Years()) {
			t.Fatalf("%v came back as %v: %v", years.Years(), again.Years(), err)
		}
	})
}

func TestFiguresAreToldOfTheProgrammesYearsUpToTheNext(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]bool{2000: false, 2015: false, 2016: true, 2026: true, 2027: true, 2028: false, 2099: false} {
		if got := Told(year, 2026); got != want {
			t.Errorf("%d is told of in 2026: %v", year, got)
		}
	}
	if LastTold(LastYear) != LastYear {
		t.Errorf("in %d, the last is %d", LastYear, LastTold(LastYear))
	}
}
