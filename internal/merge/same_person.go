package merge

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Reasons of removals, short.
const (
	died         = ksv1.RemovalReason_REMOVAL_REASON_DIED
	moved        = ksv1.RemovalReason_REMOVAL_REASON_MOVED
	enteredTwice = ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE
	erased       = ksv1.RemovalReason_REMOVAL_REASON_ERASED
)

func reasonOf(m *ksv1.Member) ksv1.RemovalReason { return m.GetRemoval().GetReason() }

// A samePerson rule says that members of two families are one person.
type samePerson func(kept, other *ksv1.HouseholdMember) bool

// match finds out who of the other family is whom in the kept one: each is one person at
// most, and who is nobody goes over under their own id. Whoever went over before is
// themselves; then whom an earlier union took for one stays one, as far as it shows; then
// what a split says of somebody comes before what they are called, who left both alike
// before who lives in the kept family, that before who died or left it, the NIK before name
// and birth date, and who lives in the other family before who died or left that. Entries
// that were removed as doubles or at their source are nobody else.
func (u *union) match() {
	taken := map[string]bool{}
	for _, m := range u.other.GetMembers() {
		if id := m.GetMemberId(); memberNamed(u.kept, id) != nil {
			u.same[id] = u.standsFor(id) // of a double another one is it, too
			taken[id] = true
		}
	}
	rules := []samePerson{linked}
	for _, among := range []func(samePerson) samePerson{u.leftAlike, lives, left} {
		rules = append(rules, among(sameNIK), among(sameNameAndSex), among(sameName))
	}
	for _, late := range []bool{false, true} {
		for _, rule := range rules {
			u.matchBy(u.metAsOne(rule, late), taken)
		}
	}
	for _, rule := range rules {
		u.matchBy(rule, taken)
	}
	for _, m := range u.other.GetMembers() {
		if id := m.GetMemberId(); u.same[id] == "" && reasonOf(m.GetMember()) != erased {
			u.same[id] = id
		}
	}
}

// matchBy matches by a rule who lives in the other family, then who left it, then doubles.
func (u *union) matchBy(rule samePerson, taken map[string]bool) {
	for _, among := range []func(*ksv1.Member) bool{isThere, hasLeft, isDouble} {
		u.matchAmong(rule, among, taken)
	}
}

func (u *union) matchAmong(rule samePerson, among func(*ksv1.Member) bool, taken map[string]bool) {
	for _, m := range u.other.GetMembers() {
		if u.same[m.GetMemberId()] != "" || !among(m.GetMember()) {
			continue
		}
		for _, k := range u.kept.GetMembers() {
			if !rule(k, m) {
				continue
			}
			if id := u.standsFor(k.GetMemberId()); !taken[id] {
				u.same[m.GetMemberId()], taken[id] = id, true
				break
			}
		}
	}
}

// standsFor is the member whom an entry of the kept family is, which may have been removed
// as entered twice. Doubles of each other alone stand for themselves.
func (u *union) standsFor(id string) string {
	is := id
	for range u.kept.GetMembers() {
		m := memberNamed(u.kept, is)
		if reasonOf(m) != enteredTwice || memberNamed(u.kept, m.GetRemoval().GetKeptId()) == nil {
			return is
		}
		is = m.GetRemoval().GetKeptId()
	}
	return id
}

func isThere(m *ksv1.Member) bool { return m.GetRemoval() == nil }

func hasLeft(m *ksv1.Member) bool { return reasonOf(m) == died || reasonOf(m) == moved }

func isDouble(m *ksv1.Member) bool { return reasonOf(m) == enteredTwice }

// linked: one had split off from the one family to the other, or was removed in the other as
// a double of the kept family's.
func linked(kept, other *ksv1.HouseholdMember) bool {
	if isDouble(other.GetMember()) {
		return other.GetMember().GetRemoval().GetKeptId() == kept.GetMemberId()
	}
	return other.GetMember().GetFormerMemberId() == kept.GetMemberId() || kept.GetMember().GetFormerMemberId() == other.GetMemberId()
}

// lives is a rule about who lives in the kept family.
func lives(rule samePerson) samePerson {
	return func(kept, other *ksv1.HouseholdMember) bool {
		return isThere(kept.GetMember()) && !isDouble(other.GetMember()) && rule(kept, other)
	}
}

// left is a rule about who died or left the kept family.
func left(rule samePerson) samePerson {
	return func(kept, other *ksv1.HouseholdMember) bool {
		return hasLeft(kept.GetMember()) && !isDouble(other.GetMember()) && rule(kept, other)
	}
}

// leftAlike is a rule about who died or left both families for one reason on one day, as
// whoever an earlier union took for one did, but not for the kept family.
func (u *union) leftAlike(rule samePerson) samePerson {
	return func(kept, other *ksv1.HouseholdMember) bool {
		k, m := kept.GetMember(), other.GetMember()
		alike := hasLeft(m) && reasonOf(k) == reasonOf(m) && k.GetRemoval().GetDate() == m.GetRemoval().GetDate()
		return alike && m.GetMovedToFamilyId() != u.kept.GetFamilyId() && rule(kept, other)
	}
}

// metAsOne is a rule about who has a part in rounds of the other family of which the kept
// one has copies: in these whoever the union that made them took for them has it, but for
// parts that came late to the other.
func (u *union) metAsOne(rule samePerson, late bool) samePerson {
	return func(kept, other *ksv1.HouseholdMember) bool { return rule(kept, other) && u.haveMet(kept, other, late) }
}

// haveMet tells whether a member of the kept family has a part in copies of the other's
// rounds: of those in which one of the other has one, with late of some of them.
func (u *union) haveMet(kept, other *ksv1.HouseholdMember, late bool) bool {
	id, met := u.standsFor(kept.GetMemberId()), false
	for _, r := range u.kept.GetRounds() {
		own := slices.IndexFunc(u.other.GetRounds(), func(o *ksv1.HouseholdRound) bool { return o.GetRoundId() == r.GetRoundId() })
		if own < 0 {
			continue
		}
		switch has, had := hasPart(r, id), hasPart(u.other.GetRounds()[own], other.GetMemberId()); {
		case has && had:
			met = true
		case has || had && !late:
			return false
		}
	}
	return met
}

func sameNIK(kept, other *ksv1.HouseholdMember) bool {
	return other.GetMember().GetNik() != 0 && kept.GetMember().GetNik() == other.GetMember().GetNik()
}

func sameName(kept, other *ksv1.HouseholdMember) bool {
	return prokesga.SamePerson(kept.GetMember(), other.GetMember())
}

// sameNameAndSex tells a girl from her twin brother before both have a name.
func sameNameAndSex(kept, other *ksv1.HouseholdMember) bool {
	return kept.GetMember().GetSex() == other.GetMember().GetSex() && sameName(kept, other)
}

// departure is how somebody left a family: by death, or for another family, which may not
// be known.
type departure struct {
	removal *ksv1.Removal
	to      string
}

func departureOf(m *ksv1.Member) departure { return departure{m.GetRemoval(), m.GetMovedToFamilyId()} }

// departure is how a person of both families has left the one that is made of them. What
// the kept one says comes first. Somebody who left one for the other has not, nor has who
// took part in a round of one after having left the other; a death stays.
func (u *union) departure(id string, known *ksv1.Member, m *ksv1.HouseholdMember) departure {
	was, also := departureOf(known), departureOf(m.GetMember())
	if !hasLeft(m.GetMember()) || also.to == u.kept.GetFamilyId() || reasonOf(m.GetMember()) == moved && metAfter(u.kept, id, known.GetRemoval(), also.removal) {
		also = departure{}
	}
	returned := reasonOf(known) == moved && (was.to == u.other.GetFamilyId() || metAfter(u.other, m.GetMemberId(), m.GetMember().GetRemoval(), was.removal))
	if was.removal == nil || returned {
		return also
	}
	return was
}

// metAfter tells whether a member of a family counts in one of its rounds in which somebody
// who left for a reason does not.
func metAfter(h *ksv1.Household, id string, own, left *ksv1.Removal) bool {
	for _, r := range h.GetRounds() {
		survey, _ := prokesga.ParseDate(r.GetRound().GetSurveyDate())
		if r.GetRound().GetWithdrawal() != nil || prokesga.RemovedFrom(own, survey) || !prokesga.RemovedFrom(left, survey) {
			continue
		}
		for _, x := range r.GetIndividuals() {
			if x.GetMemberId() == id && prokesga.TakesPart(x.GetIndividual()) {
				return true
			}
		}
	}
	return false
}
