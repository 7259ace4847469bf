package merge

import (
	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Glance is what a state shows, without what joining needs.
type Glance struct {
	Family ID
	// Highest is the highest stamp that the state names.
	Highest   Stamp
	Household *ksv1.Household
	// Conflicts is how many registers are in conflict.
	Conflicts int
	// Collected are the rounds that people wrote to (Collected).
	Collected []ID
}

// Looker is Look with memory that is used again. The zero value is ready; the
// household of what it returned is valid until the next call, but for the texts in it.
// Not safe for concurrent use.
type Looker struct {
	rooms     rooms
	table     stampTable
	members   []ID
	collected []ID
	// household with its lists, of which only the lists' memory is kept.
	household ksv1.Household
}

// Look reads the canonical form as Decode, View and Conflicts do together. Most
// families have been saved without a conflict and never left: of these it makes
// no registers, which takes a third of the time. Errors: ErrMalformedState, and
// those of View.
func Look(canonical []byte) (Glance, error) { return new(Looker).Look(canonical) }

// Look is the function of the same name.
func (l *Looker) Look(canonical []byte) (Glance, error) {
	if g, ok := l.simply(canonical); ok {
		return g, nil
	}
	s, err := Decode(canonical)
	if err != nil {
		return Glance{}, err
	}
	h, err := View(&s)
	if err != nil {
		return Glance{}, err
	}
	return Glance{Family: s.Family, Highest: s.HighestStamp(), Household: h, Conflicts: len(Conflicts(&s)), Collected: Collected(&s)}, nil
}

// builder begins a household in the looker's memory.
func (l *Looker) builder(family ID) *householdBuilder {
	l.rooms.giveBack()
	members := l.household.Members[:0]
	l.household.Reset()
	l.household.FamilyId, l.household.Members = family.String(), members
	return &householdBuilder{family: family, household: &l.household, members: l.members[:0], rooms: &l.rooms}
}

// simply reads a state of which every register holds one value and no context
// beside it, with at most one round and one visit a day, and without removals and
// withdrawals, of nobody several stated ages; ok is false for any other, and for what is malformed.
func (l *Looker) simply(data []byte) (g Glance, ok bool) {
	table, b := l.table[:0], (*householdBuilder)(nil)
	collected := l.collected[:0]
	all := string(data)
	var last Key
	for len(data) > 0 {
		field, content, rest, err := nextMessage(data)
		if err != nil {
			return g, false
		}
		data = rest
		switch {
		case field == fieldStateFamily && b == nil:
			if g.Family, err = IDFromBytes(content); err != nil || g.Family.IsZero() {
				return g, false
			}
			b = l.builder(g.Family)
		case field == fieldStateStamps:
			entry, err := decodeStamp(content)
			if err != nil || len(table) > 0 && table[len(table)-1].stamp.Compare(entry.stamp) >= 0 {
				return g, false
			}
			table = append(table, entry)
		case field == fieldStateRecords && b != nil:
			p, err := splitRecord(content)
			if err != nil || len(p.extras) > 0 || last.Compare(p.key) >= 0 || !p.simple(len(table)) {
				return g, false
			}
			last = p.key
			if p.byPeople(table) {
				collected = appendRound(collected, p.key)
			}
			at := len(all) - len(rest) - len(content) + p.fieldsAt
			if b.add(p.key, recordWire{fields: p.fields, all: all, at: at}) != nil {
				return g, false
			}
		default:
			return g, false
		}
	}
	if b == nil || len(table) == 0 || len(b.household.Rounds) > 1 || removedAnywhere(b.household) ||
		withdrawnAnywhere(b.household) || statesSeveralAges(b.household) || severalInADay(b.household.Visits) {
		return g, false
	}
	sortHousehold(&State{}, b.household)
	l.table, l.members, l.collected = table, b.members, collected
	g.Highest, g.Household, g.Collected = table[len(table)-1].stamp, b.household, collected
	return g, true
}

// simple tells whether a record's fields ascend and each has a stamp of the
// table.
func (p *recordParts) simple(stamps int) bool {
	fields, index := p.fields, p.index
	last := protowire.Number(0)
	for len(fields) > 0 {
		field, n := consumeShortField(fields)
		if n == 0 {
			field, _, n = protowire.ConsumeField(fields)
		}
		if n < 0 || len(index) == 0 || field <= last {
			return false
		}
		at, m := uint64(index[0]), 1
		if at >= 0x80 {
			at, m = protowire.ConsumeVarint(index)
		}
		if m < 0 || at >= uint64(stamps) {
			return false
		}
		fields, index, last = fields[n:], index[m:], field
	}
	return len(index) == 0
}

// consumeShortField is protowire.ConsumeField for a field whose tag and value, or tag
// and length, take a byte each, as nearly all do; 0 for any other.
func consumeShortField(data []byte) (field protowire.Number, size int) {
	if len(data) < 2 || data[0] >= 0x80 || data[1] >= 0x80 || data[0]>>3 == 0 {
		return 0, 0
	}
	field = protowire.Number(data[0] >> 3)
	switch protowire.Type(data[0] & 7) {
	case protowire.VarintType:
		return field, 2
	case protowire.BytesType:
		if size := 2 + int(data[1]); size <= len(data) {
			return field, size
		}
	}
	return 0, 0
}

// severalInADay tells whether the order of visits is that of their stamps.
func severalInADay(visits []*ksv1.HouseholdVisit) bool {
	days := make(map[string]bool, len(visits))
	for _, v := range visits {
		if days[v.GetVisit().GetDate()] {
			return true
		}
		days[v.GetVisit().GetDate()] = true
	}
	return false
}

func removedAnywhere(h *ksv1.Household) bool {
	if h.GetFamily().GetRemoval() != nil {
		return true
	}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetRemoval() != nil {
			return true
		}
	}
	return false
}
