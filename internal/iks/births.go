package iks

import "github.com/keluarga-sehat/sync/internal/prokesga"

// births is indicator 2: question V.12 of the mother of every infant.
func (c *computation) births() {
	unlinked := -1
	for i := range c.household.Members {
		m := &c.household.Members[i]
		if !c.infant(m) {
			continue
		}
		if m.Mother == 0 {
			if unlinked < 0 {
				unlinked = i
			}
			continue
		}
		position, ok := m.Mother.Position()
		if !ok {
			continue
		}
		if mother := &c.household.Members[position]; mother.in(c.basis) {
			c.ask(2, position, prokesga.QBirthInFacility, mother.BirthInFacility, direct(mother.BirthInFacility))
		}
	}
	if unlinked >= 0 {
		c.motherless(unlinked)
	}
}

// motherless judges infants without a link, all alike: by the answers of the
// women linked to no other infant; where there is none, ? if a woman who is or
// was married could be the mother, else N. A woman linked to another infant
// could be (decided): its twin has no link yet; then the infant is named.
func (c *computation) motherless(infant int) {
	answered := false
	for i := range c.household.Members {
		m := &c.household.Members[i]
		if m.in(c.basis) && m.Sex == Female && m.BirthInFacility != NoAnswer && !c.motherOfInfant(i) {
			answered = true
			c.ask(2, i, prokesga.QBirthInFacility, m.BirthInFacility, direct(m.BirthInFacility))
		}
	}
	if answered {
		return
	}
	linkedOnly, named := false, false
	for i := range c.household.Members {
		m := &c.household.Members[i]
		if !m.in(c.basis) || !possibleMother(m) {
			continue
		}
		if c.motherOfInfant(i) {
			linkedOnly = true
			continue
		}
		named = true
		c.ask(2, i, prokesga.QBirthInFacility, NoAnswer, Unknown)
	}
	if linkedOnly && !named {
		c.ask(2, infant, prokesga.QBirthInFacility, NoAnswer, Unknown)
	}
}

func (c *computation) infant(m *Member) bool {
	return m.in(c.basis) && m.ageWithin(0, prokesga.InfantMonthsMax)
}

// motherOfInfant reports whether an infant of the basis is linked to member i.
func (c *computation) motherOfInfant(i int) bool {
	for j := range c.household.Members {
		if m := &c.household.Members[j]; m.Mother == LinkTo(i) && c.infant(m) {
			return true
		}
	}
	return false
}

// possibleMother reports whether m is a woman of 120 to 659 months who is or
// was married.
func possibleMother(m *Member) bool {
	return m.Sex == Female && m.ageWithin(prokesga.WifeMonthsMin, prokesga.WifeMonthsMax) &&
		(m.Marital == Married || m.Marital == Divorced || m.Marital == Widowed)
}
