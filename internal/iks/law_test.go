package iks

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyHousehold draws families of every kind, likely and unlikely ones, with
// ages crowded at the bounds of the groups and links of every kind.
func anyHousehold(t *rapid.T) *Household {
	answer := rapid.SampledFrom([]Answer{Ya, Ya, Tidak, Tidak, NoAnswer})
	h := &Household{CleanWater: answer.Draw(t, "II.3"), ProtectedWater: answer.Draw(t, "II.4"), Toilet: answer.Draw(t, "II.5"),
		SanitaryToilet: answer.Draw(t, "II.6"), MentalDisorder: answer.Draw(t, "II.7"), MentalDisorderMedicine: answer.Draw(t, "II.8"),
		Restrained: answer.Draw(t, "II.9")}
	size := rapid.IntRange(0, 7).Draw(t, "members")
	age := rapid.SampledFrom([]int16{-1, 0, 1, 2, 6, 7, 11, 12, 23, 24, 59, 60, 119, 120, 179, 180, 360, 420, 659, 660, 900})
	pressure := rapid.SampledFrom([]uint16{0, 0, 80, 89, 90, 139, 140})
	for range size {
		h.Members = append(h.Members, Member{
			AgeMonths: age.Draw(t, "age"), Sex: rapid.SampledFrom([]Sex{Male, Female, Male, Female, 0}).Draw(t, "sex"),
			Marital: rapid.SampledFrom([]Marital{Married, Married, Married, Single, Divorced, Widowed, 0}).Draw(t, "marital"),
			Inti:    rapid.Bool().Draw(t, "inti"), Pregnant: answer.Draw(t, "pregnant"),
			Spouse: anyLink(t, "spouse", size), Mother: anyLink(t, "mother", size),
			SystolicMmhg: pressure.Draw(t, "systolic"), DiastolicMmhg: pressure.Draw(t, "diastolic"),
			HealthInsurance: answer.Draw(t, "V.1"), Smokes: answer.Draw(t, "V.2"), UsesToilet: answer.Draw(t, "V.3"), UsesCleanWater: answer.Draw(t, "V.4"),
			Tuberculosis: answer.Draw(t, "V.5"), TuberculosisMedicine: answer.Draw(t, "V.6"), TuberculosisSymptoms: answer.Draw(t, "V.7"),
			Hypertension: answer.Draw(t, "V.8"), HypertensionMedicine: answer.Draw(t, "V.9"), Contraception: answer.Draw(t, "V.11"),
			ContraceptionReason: ContraceptionReason(rapid.IntRange(0, 3).Draw(t, "reason")),
			BirthInFacility:     answer.Draw(t, "V.12"), ExclusiveBreastfeeding: answer.Draw(t, "V.13"), CompleteImmunisation: answer.Draw(t, "V.14"),
			GrowthMonitored: answer.Draw(t, "V.15"),
		})
	}
	return h
}

func anyLink(t *rapid.T, name string, size int) Link {
	switch rapid.IntRange(0, 4).Draw(t, name) {
	case 0:
		return LinkOutside
	case 1:
		return LinkTo(rapid.IntRange(0, size-1).Draw(t, name+" to"))
	}
	return 0
}

// moved is the household with its members in another order, links following.
func moved(h *Household, order []int) *Household {
	now := make([]int, len(order))
	for to, from := range order {
		now[from] = to
	}
	follow := func(l Link) Link {
		if from, ok := l.Position(); ok {
			return LinkTo(now[from])
		}
		return l
	}
	other := *h
	other.Members = nil
	for _, from := range order {
		m := h.Members[from]
		m.Spouse, m.Mother = follow(m.Spouse), follow(m.Mother)
		other.Members = append(other.Members, m)
	}
	return &other
}

func TestOrderOfMembersChangesNoValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		order := make([]int, len(h.Members))
		for i := range order {
			order[i] = i
		}
		other := moved(h, rapid.Permutation(order).Draw(t, "order"))
		for _, basis := range []Basis{Besar, Inti} {
			if a, b := h.Compute(basis), other.Compute(basis); a != b {
				t.Fatalf("%s: %s, in another order %s", basis, a, b)
			}
		}
	})
}

// TestIntiIsComputedAsIfTheOthersDidNotExist takes the others away, links to
// and from them resolved before, and compares.
func TestIntiIsComputedAsIfTheOthersDidNotExist(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		alone := *h
		alone.Members = nil
		position := map[int]int{}
		for i, m := range h.Members {
			if m.Inti {
				position[i] = len(position)
			}
		}
		cut := func(l Link) Link {
			if from, ok := l.Position(); ok {
				if to, inside := position[from]; inside {
					return LinkTo(to)
				}
				return LinkOutside
			}
			return l
		}
		for i, m := range h.Members {
			if !m.Inti {
				continue
			}
			m.Spouse, m.Mother = cut(m.Spouse), cut(m.Mother)
			if m.Spouse == 0 && linkedFromOutside(h, i) && !linkedFromInside(h, i) {
				m.Spouse = LinkOutside
			}
			alone.Members = append(alone.Members, m)
		}
		if inti, besar := h.Compute(Inti), alone.Compute(Besar); inti != besar {
			t.Fatalf("inti %s, without the others %s", inti, besar)
		}
	})
}

func linkedFromOutside(h *Household, i int) bool {
	return slices.ContainsFunc(h.Members, func(m Member) bool { return m.Sex == Male && !m.Inti && m.Spouse == LinkTo(i) })
}

func linkedFromInside(h *Household, i int) bool {
	return slices.ContainsFunc(h.Members, func(m Member) bool { return m.Sex == Male && m.Inti && m.Spouse == LinkTo(i) })
}

func TestReasonsStandForExactlyTheValuesTAndUnknown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		for _, basis := range []Basis{Besar, Inti} {
			values := h.Compute(basis)
			var explained [Indicators]bool
			for _, r := range h.Reasons(basis) {
				explained[r.Indicator-1] = true
				if _, answered := r.AnswerText(); answered == (values[r.Indicator-1] == Unknown) {
					t.Fatalf("%s: indicator %d is %s because of %+v", basis, r.Indicator, values[r.Indicator-1], r)
				}
			}
			for i, value := range values {
				if explained[i] != (value == T || value == Unknown) {
					t.Fatalf("%s: indicator %d is %s, explained %t", basis, i+1, value, explained[i])
				}
			}
		}
	})
}

func TestAnsweringAllMakesComplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		for i := range h.Members {
			answerAll(t, &h.Members[i])
		}
		for _, a := range []*Answer{&h.CleanWater, &h.ProtectedWater, &h.Toilet, &h.SanitaryToilet, &h.MentalDisorder, &h.MentalDisorderMedicine, &h.Restrained} {
			*a = anyAnswer(t)
		}
		for _, basis := range []Basis{Besar, Inti} {
			values := h.Compute(basis)
			values[1] = N // an unlinked infant stays open where its mother's answer is about another
			if values.Category() == Incomplete {
				t.Fatalf("%s: all is answered, values are %s", basis, values)
			}
		}
	})
}

func anyAnswer(t *rapid.T) Answer { return rapid.SampledFrom([]Answer{Ya, Tidak}).Draw(t, "answer") }

func answerAll(t *rapid.T, m *Member) {
	m.AgeMonths, m.Sex, m.Marital = max(m.AgeMonths, 0), max(m.Sex, Male), max(m.Marital, Married)
	for _, a := range []*Answer{&m.HealthInsurance, &m.Smokes, &m.UsesToilet, &m.UsesCleanWater, &m.Tuberculosis, &m.TuberculosisMedicine,
		&m.TuberculosisSymptoms, &m.Hypertension, &m.HypertensionMedicine, &m.Contraception, &m.BirthInFacility, &m.ExclusiveBreastfeeding,
		&m.CompleteImmunisation, &m.GrowthMonitored} {
		*a = anyAnswer(t)
	}
}

func TestComputeAllocatesNothing(t *testing.T) {
	h := parse(t, family(man(`"kb":"T"`), wife(`"id":1,"kb":null,"faskes":"Y"`), `{"sex":"L","m":5,"mother":1}`, `{"sex":"P","m":20}`)).compact()
	var tally Tally
	if n := testing.AllocsPerRun(100, func() { tally.Add(Pack(h.Both())) }); n != 0 {
		t.Errorf("%g allocations a family", n)
	}
}

// BenchmarkFamily computes both memberships of a family of four and counts it.
func BenchmarkFamily(b *testing.B) {
	h := parse(b, family(man(`"kb":"T","id":2`), wife(`"id":1,"kb":"T","faskes":"Y","partner":2`), `{"sex":"L","m":5,"mother":1,"tumbuh":"Y"}`,
		`{"sex":"P","m":100}`)).compact()
	var tally Tally
	b.ReportAllocs()
	for b.Loop() {
		tally.Add(Pack(h.Both()))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "families/s")
}

// BenchmarkAssess is the same family from its records: what the server does
// after each merge.
func BenchmarkAssess(b *testing.B) {
	message := parse(b, family(man(`"kb":"T","id":2`), wife(`"id":1,"kb":"T","faskes":"Y","partner":2`), `{"sex":"L","m":5,"mother":1,"tumbuh":"Y"}`,
		`{"sex":"P","m":100}`)).message()
	var l Loader
	b.ReportAllocs()
	for b.Loop() {
		if !l.Assess(message, AnyYear).Counts() {
			b.Fatal("does not count")
		}
	}
}

func TestBothMembershipsAreAsComputedAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		if rapid.Bool().Draw(t, "nuclear") {
			for i := range h.Members {
				h.Members[i].Inti = true
			}
		}
		besar, inti := h.Both()
		if besar != h.Compute(Besar) || inti != h.Compute(Inti) {
			t.Fatalf("both %s and %s, alone %s and %s", besar, inti, h.Compute(Besar), h.Compute(Inti))
		}
	})
}

func TestCategoryIsThatOfTheIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v Values
		most := rapid.SampledFrom([]Value{T, Unknown}).Draw(t, "highest")
		for i := range v {
			v[i] = Value(rapid.IntRange(0, int(most)).Draw(t, "value"))
		}
		if v.Category() != v.Index().Category {
			t.Fatalf("%s is %q, its index is %q", v, v.Category(), v.Index().Category)
		}
	})
}
