package iks

import "github.com/keluarga-sehat/sync/internal/prokesga"

// Limits of the blood pressure from which an undiagnosed adult counts as
// untreated (indicator 7), in mmHg. Each is judged alone.
const (
	SystolicLimitMmhg  = 140
	DiastolicLimitMmhg = 90
)

// Compute returns the twelve values over the members of the basis. A basis
// without members has the values NNNNNNNNNNNN whatever the household's
// answers. It allocates nothing; its time is linear in the members but for
// links, which families have few of, and relations that are not answered.
func (h *Household) Compute(basis Basis) Values {
	if basis == Inti && h.relationOpen() {
		return h.openInti().values
	}
	return h.compute(basis)
}

func (h *Household) compute(basis Basis) Values {
	c := computation{household: h, basis: basis}
	c.run()
	return c.values
}

// Both returns the values of both memberships. Where all members are of the nuclear
// family, as in most households, they are the same, and computed once.
func (h *Household) Both() (besar, inti Values) {
	besar = h.Compute(Besar)
	for i := range h.Members {
		if !h.Members[i].Inti {
			return besar, h.Compute(Inti)
		}
	}
	return besar, besar
}

// computation is one pass over a household. The same code gives values and,
// where trace is set, the answers behind them, so that the two cannot differ.
type computation struct {
	household *Household
	basis     Basis
	values    Values
	trace     *trace // nil where nobody asks for reasons
}

// meet combines one finding into an indicator (counted from 1).
func (c *computation) meet(indicator int, value Value, r Reason) {
	if value > c.values[indicator-1] {
		c.values[indicator-1] = value
	}
	if c.trace != nil {
		c.trace.note(indicator, value, r)
	}
}

func (c *computation) run() {
	members, infants, couples := 0, 0, couplesOf{}
	for i := range c.household.Members {
		m := &c.household.Members[i]
		if !m.in(c.basis) {
			continue
		}
		members++
		if m.ageWithin(0, prokesga.InfantMonthsMax) {
			infants++
		}
		couples.count(m)
		c.everyone(i, m)
		c.children(i, m)
		if !m.ageKnown() {
			c.ageless(i)
		}
	}
	if members == 0 {
		return
	}
	if couples.wives+couples.possible > 0 {
		c.contraception(couples.wives)
	}
	if infants > 0 {
		c.births()
	}
	c.mentalDisorder()
	h := c.household
	c.access(11, access{prokesga.QCleanWater, h.CleanWater, prokesga.QProtectedWater, h.ProtectedWater})
	c.access(12, access{prokesga.QToilet, h.Toilet, prokesga.QSanitaryToilet, h.SanitaryToilet})
}

// everyone applies what is asked of every member (9, 10) and of every adult
// (6, 7).
func (c *computation) everyone(i int, m *Member) {
	c.ask(9, i, prokesga.QSmokes, m.Smokes, inverted(m.Smokes))
	c.ask(10, i, prokesga.QInsurance, m.HealthInsurance, direct(m.HealthInsurance))
	if int(m.AgeMonths) >= prokesga.AdultMonthsMin {
		c.tuberculosis(i, m)
		c.hypertension(i, m)
	}
}

// children applies indicators 3, 4 and 5.
func (c *computation) children(i int, m *Member) {
	if int(m.AgeMonths) > prokesga.UnderFiveMonthsMax {
		return
	}
	if m.ageWithin(prokesga.ImmunisationMonthsMin, prokesga.ImmunisationMonthsMax) {
		c.ask(3, i, prokesga.QImmunisation, m.CompleteImmunisation, direct(m.CompleteImmunisation))
	}
	if m.ageWithin(prokesga.BreastfedMonthsMin, prokesga.BreastfedMonthsMax) {
		c.ask(4, i, prokesga.QBreastfeeding, m.ExclusiveBreastfeeding, direct(m.ExclusiveBreastfeeding))
	}
	if m.ageWithin(prokesga.UnderFiveMonthsMin, prokesga.UnderFiveMonthsMax) {
		c.ask(5, i, prokesga.QGrowth, m.GrowthMonitored, direct(m.GrowthMonitored))
	}
}

// tuberculosis is indicator 6: a patient is judged by the medicine, anybody
// else by the symptoms (a suspect is untreated).
func (c *computation) tuberculosis(i int, m *Member) {
	switch m.Tuberculosis {
	case Ya:
		c.ask(6, i, prokesga.QTBMedicine, m.TuberculosisMedicine, direct(m.TuberculosisMedicine))
	case Tidak:
		value := inverted(m.TuberculosisSymptoms)
		if value == Y {
			value = N // healthy: neither a patient nor a suspect
		}
		c.ask(6, i, prokesga.QTBSymptoms, m.TuberculosisSymptoms, value)
	default:
		c.ask(6, i, prokesga.QTuberculosis, NoAnswer, Unknown)
	}
}

// hypertension is indicator 7: a patient is judged by the medicine whatever
// was measured, anybody else by what was measured, whatever V.10a says; where
// nothing was, it does not apply. A number of 0 is a missing one (decided).
func (c *computation) hypertension(i int, m *Member) {
	switch m.Hypertension {
	case Ya:
		c.ask(7, i, prokesga.QHTMedicine, m.HypertensionMedicine, direct(m.HypertensionMedicine))
	case Tidak:
		if m.SystolicMmhg >= SystolicLimitMmhg || m.DiastolicMmhg >= DiastolicLimitMmhg {
			c.meet(7, T, Reason{Member: i, Question: prokesga.QBPResult,
				SystolicMmhg: m.SystolicMmhg, DiastolicMmhg: m.DiastolicMmhg})
		}
	default:
		c.ask(7, i, prokesga.QHypertension, NoAnswer, Unknown)
	}
}

// ageless makes unknown whatever may depend on an age that nobody knows
// (decided). Indicators 1, 11 and 12 ask for it themselves.
func (c *computation) ageless(i int) {
	for indicator := 2; indicator <= 7; indicator++ {
		c.ask(indicator, i, prokesga.QBirthDate, NoAnswer, Unknown)
	}
}

// mentalDisorder is indicator 8, from the household's answers alone.
func (c *computation) mentalDisorder() {
	h := c.household
	switch {
	case h.MentalDisorder == NoAnswer:
		c.ask(8, HouseholdQuestion, prokesga.QMentalDisorder, NoAnswer, Unknown)
	case h.Restrained == Ya:
		c.ask(8, HouseholdQuestion, prokesga.QRestrained, Ya, T)
	case h.MentalDisorder == Ya:
		c.ask(8, HouseholdQuestion, prokesga.QMentalMedicine, h.MentalDisorderMedicine, direct(h.MentalDisorderMedicine))
	case h.Restrained == NoAnswer:
		c.ask(8, HouseholdQuestion, prokesga.QRestrained, NoAnswer, Unknown)
	}
}

// access is what indicators 11 and 12 ask of the household: is there one, and
// is it of the right kind.
type access struct {
	thereQuestion prokesga.Number
	there         Answer
	kindQuestion  prokesga.Number
	kind          Answer
}

// access is indicators 11 and 12: the household's two answers decide first,
// then every adult must use it.
func (c *computation) access(indicator int, a access) {
	if a.there != Ya {
		c.ask(indicator, HouseholdQuestion, a.thereQuestion, a.there, direct(a.there))
		return
	}
	if a.kind != Ya {
		c.ask(indicator, HouseholdQuestion, a.kindQuestion, a.kind, direct(a.kind))
		return
	}
	c.values[indicator-1] = Y
	for i := range c.household.Members {
		m := &c.household.Members[i]
		switch {
		case !m.in(c.basis):
		case !m.ageKnown():
			c.ask(indicator, i, prokesga.QBirthDate, NoAnswer, Unknown)
		case int(m.AgeMonths) < prokesga.AdultMonthsMin:
		case indicator == 11:
			c.ask(indicator, i, prokesga.QUsesCleanWater, m.UsesCleanWater, direct(m.UsesCleanWater))
		default:
			c.ask(indicator, i, prokesga.QUsesToilet, m.UsesToilet, direct(m.UsesToilet))
		}
	}
}

// ask meets the value that an answer gives.
func (c *computation) ask(indicator, member int, question prokesga.Number, answer Answer, value Value) {
	c.meet(indicator, value, Reason{Member: member, Question: question, Answer: answer})
}

// direct reads Ya as Y and Tidak as T; no answer is unknown.
func direct(a Answer) Value {
	switch a {
	case Ya:
		return Y
	case Tidak:
		return T
	}
	return Unknown
}

// inverted reads Ya as T and Tidak as Y: smoking.
func inverted(a Answer) Value {
	switch a {
	case Ya:
		return T
	case Tidak:
		return Y
	}
	return Unknown
}
