package iks

import "github.com/keluarga-sehat/sync/internal/prokesga"

// couplesOf counts, over a basis, whom indicator 1 has to look at.
type couplesOf struct {
	wives    int // eligible: woman, kawin, 120 to 659 months, not pregnant
	possible int // eligible unless an unknown age, sex or marital status says otherwise
}

func (n *couplesOf) count(m *Member) {
	switch eligibility(m) {
	case eligible:
		n.wives++
	case perhapsEligible:
		n.possible++
	}
}

type wifehood uint8

const (
	notEligible wifehood = iota
	perhapsEligible
	eligible
)

// eligibility tells whether m is an eligible wife. Only the answer Ya makes her
// pregnant (decided). Facts that are not known leave it open (decided), unless
// a known one rules it out.
func eligibility(m *Member) wifehood {
	if m.Sex == Male || m.Pregnant == Ya || (m.Marital != Married && m.Marital != 0) {
		return notEligible
	}
	if m.ageKnown() && !m.ageWithin(prokesga.WifeMonthsMin, prokesga.WifeMonthsMax) {
		return notEligible
	}
	if m.ageKnown() && m.Sex == Female && m.Marital == Married {
		return eligible
	}
	return perhapsEligible
}

// contraception is indicator 1: each eligible wife is one couple.
func (c *computation) contraception(wives int) {
	for i := range c.household.Members {
		m := &c.household.Members[i]
		if !m.in(c.basis) {
			continue
		}
		switch eligibility(m) {
		case eligible:
			c.couple(i, m, wives)
		case perhapsEligible:
			c.openWife(i, m)
		}
	}
}

// couple judges one wife: Y if she or her husband uses a method; else N if her
// reason is menopause or a reproductive disorder; else her answer, or his
// where she has none; ? where neither answered.
func (c *computation) couple(i int, wife *Member, wives int) {
	husbands := c.husbandsOf(i, wife, wives)
	his := c.answerOf(husbands)
	switch {
	case wife.Contraception == Ya || his == Ya:
		c.meet(1, Y, Reason{Member: i})
	case wife.ContraceptionReason == Menopause || wife.ContraceptionReason == ReproductiveDisorder:
	case wife.Contraception == Tidak:
		c.ask(1, i, prokesga.QContraception, Tidak, T)
	case his == Tidak:
		c.noteHusbands(husbands, Tidak, T)
	default:
		c.ask(1, i, prokesga.QContraception, NoAnswer, Unknown)
		c.noteHusbands(husbands, NoAnswer, Unknown)
	}
}

// husbands says which members may answer for a wife's husband.
type husbands struct {
	position int  // the one whom she links to, where her is true
	her      bool // her own link decides
	linkedTo Link // else every man who links to her
	any      bool // else every married man
}

// husbandsOf resolves a wife's husband over all members, before the basis is
// cut out: her own link wins, else a man's link to her, else, where she is the
// only eligible wife of the basis, any married man.
func (c *computation) husbandsOf(i int, wife *Member, wives int) husbands {
	if wife.Spouse != 0 {
		position, ok := wife.Spouse.Position()
		if !ok {
			position = -1
		}
		return husbands{her: true, position: position}
	}
	for j := range c.household.Members {
		if m := &c.household.Members[j]; m.Sex == Male && m.Spouse == LinkTo(i) {
			return husbands{linkedTo: LinkTo(i)}
		}
	}
	if wives == 1 {
		return husbands{any: true}
	}
	return husbands{her: true, position: -1}
}

// includes reports whether the member at position i answers as a husband: only
// married men from 120 months do, and only inside the basis.
func (c *computation) includes(h husbands, i int) bool {
	m := &c.household.Members[i]
	if !m.in(c.basis) || !m.marriedMan() {
		return false
	}
	switch {
	case h.her:
		return i == h.position
	case h.any:
		return true
	}
	return m.Spouse == h.linkedTo
}

// answerOf joins the husbands' answers: Ya if one uses a method, else Tidak if
// one says so.
func (c *computation) answerOf(h husbands) Answer {
	joined := NoAnswer
	for i := range c.household.Members {
		if !c.includes(h, i) {
			continue
		}
		switch c.household.Members[i].Contraception {
		case Ya:
			return Ya
		case Tidak:
			joined = Tidak
		}
	}
	return joined
}

// noteHusbands meets value for every husband who gave the answer.
func (c *computation) noteHusbands(h husbands, answer Answer, value Value) {
	for i := range c.household.Members {
		if c.includes(h, i) && c.household.Members[i].Contraception == answer {
			c.ask(1, i, prokesga.QContraception, answer, value)
		}
	}
}

// openWife meets ? for each fact that keeps a member's eligibility open.
func (c *computation) openWife(i int, m *Member) {
	if !m.ageKnown() {
		c.ask(1, i, prokesga.QBirthDate, NoAnswer, Unknown)
	}
	if m.Sex == 0 {
		c.ask(1, i, prokesga.QSex, NoAnswer, Unknown)
	}
	if m.Marital == 0 {
		c.ask(1, i, prokesga.QMarital, NoAnswer, Unknown)
	}
}
