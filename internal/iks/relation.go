package iks

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// openMax bounds the members of open relation for whom every combination is tried: 64
// of them. Where more are open, the indicators that need it are unknown.
const openMax = 6

// open is inti of a household with members whose relation to the head is not answered:
// nobody knows whether they belong to it. A value is what it would be whoever of them
// does; where that differs it is ? (decided), by reason of the relation.
type open struct {
	household Household // a copy, whose members of open relation are put in and out
	members   []int     // their positions
	values    Values
	differs   [Indicators]bool
	first     bool // a value was seen
}

// relationOpen reports whether a member's relation is not answered.
func (h *Household) relationOpen() bool {
	for i := range h.Members {
		if h.Members[i].RelationOpen {
			return true
		}
	}
	return false
}

// openInti tries who of the open relations belongs to inti. All but indicators 1 and 2
// only rise with each member, so that nobody and everybody tell it; a husband or a mother
// can change those to any value.
func (h *Household) openInti() *open {
	o := &open{household: *h}
	o.household.Members = slices.Clone(h.Members)
	for i := range h.Members {
		if h.Members[i].RelationOpen {
			o.members = append(o.members, i)
		}
	}
	all := uint(1)<<len(o.members) - 1
	o.meet(o.with(0))
	o.meet(o.with(all))
	switch {
	case o.differs[0] && o.differs[1] || !o.coupleOrInfant():
	case len(o.members) > openMax:
		o.differs[0], o.differs[1] = true, true
		o.values[0], o.values[1] = Unknown, Unknown
	default:
		for who := uint(1); who < all; who++ {
			o.meet(o.with(who))
		}
	}
	return o
}

// with are the values where those of the open relations belong to inti whose bit is set.
func (o *open) with(who uint) Values {
	for bit, i := range o.members {
		o.household.Members[i].Inti = who>>bit&1 == 1
	}
	return o.household.compute(Inti)
}

func (o *open) meet(v Values) {
	if !o.first {
		o.values, o.first = v, true
		return
	}
	for i := range v {
		if o.differs[i] || v[i] != o.values[i] {
			o.differs[i], o.values[i] = true, Unknown
		}
	}
}

// coupleOrInfant: without either, indicators 1 and 2 apply whoever belongs to inti to
// nobody.
func (o *open) coupleOrInfant() bool {
	return slices.ContainsFunc(o.household.Members, func(m Member) bool {
		return (m.Inti || m.RelationOpen) && (eligibility(&m) != notEligible || m.ageWithin(0, prokesga.InfantMonthsMax))
	})
}

// note adds to what was met without any of them whose relation makes each ?: who alone
// would change the value, be it that none of the others belong to inti or that all do;
// where several would only together, all.
func (o *open) note(t *trace) {
	all := uint(1)<<len(o.members) - 1
	nobody, everybody := o.with(0), o.with(all)
	changes := make([][Indicators]bool, len(o.members))
	var told [Indicators]bool
	for bit := range o.members {
		in, out := o.with(1<<bit), o.with(all&^(1<<bit))
		for i := range changes[bit] {
			changes[bit][i] = in[i] != nobody[i] || out[i] != everybody[i]
			told[i] = told[i] || changes[bit][i]
		}
	}
	for bit, member := range o.members {
		for i := range o.differs {
			if o.differs[i] && (changes[bit][i] || !told[i]) {
				t.note(i+1, Unknown, Reason{Member: member, Question: prokesga.QRelation})
			}
		}
	}
}

// traceInto is the pass that tells reasons: without those of open relations, whose
// answers may not count, but with their relations.
func (h *Household) traceInto(t *trace, basis Basis) Values {
	if basis != Inti || !h.relationOpen() {
		c := computation{household: h, basis: basis, trace: t}
		c.run()
		return c.values
	}
	o := h.openInti()
	o.with(0)
	c := computation{household: &o.household, basis: Inti, trace: t}
	c.run()
	o.note(t)
	return o.values
}
