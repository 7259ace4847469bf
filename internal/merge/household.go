package merge

import (
	"cmp"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// View is the family as people read it: the shown value of every register but for
// withdrawals that don't act (State.Withdrawn) and what imports keep for themselves
// (SourceYearsField), stated ages united (StatedAges), records gathered under their ids, in the order that ksv1.Household states.
// An error means that a shown value is no wire form of its message, which
// FromChange and Decode cannot tell for length-delimited fields.
func View(s *State) (*ksv1.Household, error) {
	b := newHouseholdBuilder(s.Family)
	var wire []byte
	for i := range s.Records {
		wire = s.Records[i].Fields(wire[:0])
		if err := b.add(s.Records[i].Key, recordWire{fields: wire}); err != nil {
			return nil, err
		}
	}
	settleStatedAges(s, b.household)
	settleWithdrawals(s, b.household)
	sortHousehold(s, b.household)
	return b.household, nil
}

// householdBuilder gathers records under their ids.
type householdBuilder struct {
	family    ID
	household *ksv1.Household
	// members are the ids of household.Members as they came.
	members []ID
	// rounds is made once there is more than one; before, last is the one.
	rounds map[ID]*ksv1.HouseholdRound
	last   ID
	// rooms is memory used again; nil: the household takes its own, and lasts.
	rooms *rooms
}

func newHouseholdBuilder(family ID) *householdBuilder {
	return &householdBuilder{family: family, household: &ksv1.Household{FamilyId: family.String()}}
}

func (b *householdBuilder) round(id ID) *ksv1.HouseholdRound {
	h := b.household
	if n := len(h.Rounds); n > 0 && b.last == id {
		return h.Rounds[n-1]
	}
	if r := b.rounds[id]; r != nil {
		return r
	}
	r := &ksv1.HouseholdRound{RoundId: id.String()}
	if n := len(h.Rounds); n > 0 {
		if b.rounds == nil {
			b.rounds = map[ID]*ksv1.HouseholdRound{b.last: h.Rounds[n-1]}
		}
		b.rounds[id] = r
	}
	h.Rounds, b.last = append(h.Rounds, r), id
	return r
}

func (b *householdBuilder) addMember(id ID, outer *ksv1.HouseholdMember) {
	outer.MemberId = id.String()
	b.members = append(b.members, id)
	b.household.Members = append(b.household.Members, outer)
}

func (b *householdBuilder) addIndividual(key Key, outer *ksv1.HouseholdIndividual) {
	r := b.round(key.Record)
	// Members and their parts in a round come in the same order, those of the
	// family first.
	if n := len(r.Individuals); n < len(b.members) && b.members[n] == key.Member {
		outer.MemberId = b.household.Members[n].MemberId
	} else {
		outer.MemberId = key.Member.String()
	}
	if r.Individuals == nil {
		r.Individuals = make([]*ksv1.HouseholdIndividual, 0, max(len(b.members), 1))
	}
	r.Individuals = append(r.Individuals, outer)
}

// put adds a record that has been read already and becomes part of the household;
// false where it is not of the key's kind, or holds what is not shown.
func (b *householdBuilder) put(key Key, record proto.Message) bool {
	if tellsSourceYears(record) {
		return false
	}
	h, kind := b.household, Kind(0)
	switch m := record.(type) {
	case *ksv1.Family:
		h.Family, kind = m, KindFamily
	case *ksv1.Member:
		b.addMember(key.Member, &ksv1.HouseholdMember{Member: m})
		kind = KindMember
	case *ksv1.Round:
		b.round(key.Record).Round = m
		kind = KindRound
	case *ksv1.Individual:
		b.addIndividual(key, &ksv1.HouseholdIndividual{Individual: m})
		kind = KindIndividual
	case *ksv1.Visit:
		h.Visits = append(h.Visits, &ksv1.HouseholdVisit{VisitId: key.Record.String(), Visit: m})
		kind = KindVisit
	}
	return kind == key.Kind
}

// add adds a record from the wire form of its shown values.
func (b *householdBuilder) add(key Key, wire recordWire) error {
	var target proto.Message
	read := false
	switch key.Kind {
	case KindFamily:
		room := b.rooms.family()
		b.household.Family, target, read = &room.inner, &room.inner, room.read(wire)
	case KindMember:
		room := b.rooms.member()
		room.outer.Member = &room.inner
		b.addMember(key.Member, &room.outer)
		target, read = &room.inner, room.read(wire)
	case KindRound:
		room := b.rooms.round()
		b.round(key.Record).Round = &room.inner
		target, read = &room.inner, room.read(wire)
	case KindIndividual:
		room := b.rooms.individual()
		room.outer.Individual = &room.inner
		b.addIndividual(key, &room.outer)
		target, read = &room.inner, room.read(wire)
	case KindVisit:
		v := &ksv1.HouseholdVisit{VisitId: key.Record.String(), Visit: &ksv1.Visit{}}
		b.household.Visits = append(b.household.Visits, v)
		target = v.Visit
	default:
		return malformed("record of kind %d", key.Kind)
	}
	if read {
		return nil
	}
	if err := proto.Unmarshal(wire.fields, target); err != nil {
		return fmt.Errorf("read %s of family %s: %w", key.Kind, b.family, err)
	}
	SetSourceYears(target, nil)
	return nil
}

func sortHousehold(s *State, h *ksv1.Household) {
	if len(h.Visits) == 0 && len(h.Rounds) <= 1 && inOrder(h) {
		return
	}
	number := make(map[string]uint32, len(h.Members))
	for _, m := range h.Members {
		number[m.MemberId] = m.Member.GetNumber()
	}
	byNumber := func(a, b string) int {
		if c := cmp.Compare(number[a], number[b]); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	}
	slices.SortFunc(h.Members, func(a, b *ksv1.HouseholdMember) int { return byNumber(a.MemberId, b.MemberId) })
	for _, r := range h.Rounds {
		slices.SortFunc(r.Individuals, func(a, b *ksv1.HouseholdIndividual) int { return byNumber(a.MemberId, b.MemberId) })
	}
	sortRounds(s, h.Rounds)
	sortVisits(h.Visits, func(id string) Stamp { return openedAt(s, KindVisit, id) })
}

// sortVisits puts visits in order of their dates, and within a day of when they began: of
// what tells no time (paper) that is when it was recorded, by the stamp that opened it.
func sortVisits(visits []*ksv1.HouseholdVisit, openedAt func(id string) Stamp) {
	if len(visits) < 2 {
		return
	}
	type moment struct {
		beganMS uint64
		opened  Stamp
	}
	moments := make(map[string]moment, len(visits))
	for _, v := range visits {
		m := moment{v.GetVisit().GetStartedAtMs(), openedAt(v.VisitId)}
		if m.beganMS == 0 {
			m.beganMS = m.opened.TimeMS
		}
		moments[v.VisitId] = m
	}
	slices.SortFunc(visits, func(a, b *ksv1.HouseholdVisit) int {
		of, other := moments[a.VisitId], moments[b.VisitId]
		return cmp.Or(cmp.Compare(a.GetVisit().GetDate(), b.GetVisit().GetDate()), cmp.Compare(of.beganMS, other.beganMS),
			of.opened.Compare(other.opened), cmp.Compare(a.VisitId, b.VisitId))
	})
}

// sortRounds puts rounds in order of their survey dates, then of the stamps that opened
// them. One whose date is still to be answered has the latest date that a round had when it
// was opened. That is not asked of one from which an import took the date (it alone writes
// source columns), so that it does not count: it comes first.
func sortRounds(s *State, rounds []*ksv1.HouseholdRound) {
	if len(rounds) < 2 {
		return
	}
	dates, opened := make(map[string]string, len(rounds)), make(map[string]Stamp, len(rounds))
	for _, r := range rounds {
		dates[r.RoundId], opened[r.RoundId] = r.GetRound().GetSurveyDate(), openedAt(s, KindRound, r.RoundId)
	}
	for _, r := range rounds {
		if r.GetRound().GetSurveyDate() != "" || r.GetRound().GetSourceColumns() != nil {
			continue
		}
		for _, before := range rounds {
			if opened[before.RoundId].Compare(opened[r.RoundId]) < 0 {
				dates[r.RoundId] = max(dates[r.RoundId], before.GetRound().GetSurveyDate())
			}
		}
	}
	slices.SortFunc(rounds, func(a, b *ksv1.HouseholdRound) int {
		return cmp.Or(cmp.Compare(dates[a.RoundId], dates[b.RoundId]), opened[a.RoundId].Compare(opened[b.RoundId]), cmp.Compare(a.RoundId, b.RoundId))
	})
}

// inOrder tells whether the members of a family of one round, and their parts in
// it, stand by number already, as they do where they were entered one by one.
func inOrder(h *ksv1.Household) bool {
	for i := 1; i < len(h.Members); i++ {
		if h.Members[i-1].Member.GetNumber() >= h.Members[i].Member.GetNumber() {
			return false
		}
	}
	for _, r := range h.Rounds {
		if len(r.Individuals) > len(h.Members) {
			return false
		}
		for i, x := range r.Individuals {
			if x.MemberId != h.Members[i].MemberId {
				return false
			}
		}
	}
	return true
}

// openedAt is the stamp that opened a round or visit (OpenedBy).
func openedAt(s *State, kind Kind, record string) Stamp {
	id, err := ParseID(record)
	if err != nil {
		return Stamp{}
	}
	stamp, _ := OpenedBy(s, Key{Kind: kind, Record: id})
	return stamp
}

// Edits are the record edits that write a whole household; NewChange leaves out
// what is there already. Used by imports and generators. Errors: ErrMalformedID.
func Edits(h *ksv1.Household) ([]RecordEdit, error) {
	var out []RecordEdit
	add := func(kind Kind, record, member string, set proto.Message) error {
		key := Key{Kind: kind}
		var err error
		if record != "" {
			if key.Record, err = ParseID(record); err != nil {
				return err
			}
		}
		if member != "" {
			if key.Member, err = ParseID(member); err != nil {
				return err
			}
		}
		out = append(out, RecordEdit{Key: key, Set: set})
		return nil
	}
	if h.GetFamily() != nil {
		if err := add(KindFamily, "", "", h.GetFamily()); err != nil {
			return nil, err
		}
	}
	for _, m := range h.GetMembers() {
		if err := add(KindMember, "", m.GetMemberId(), m.GetMember()); err != nil {
			return nil, err
		}
	}
	for _, r := range h.GetRounds() {
		if r.GetRound() != nil {
			if err := add(KindRound, r.GetRoundId(), "", r.GetRound()); err != nil {
				return nil, err
			}
		}
		for _, x := range r.GetIndividuals() {
			if err := add(KindIndividual, r.GetRoundId(), x.GetMemberId(), x.GetIndividual()); err != nil {
				return nil, err
			}
		}
	}
	for _, v := range h.GetVisits() {
		if err := add(KindVisit, v.GetVisitId(), "", v.GetVisit()); err != nil {
			return nil, err
		}
	}
	return out, nil
}
