package merge

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Conflict is a register that holds different values, or the removal of a
// member or family together with an edit that its author had not seen.
type Conflict struct {
	Key   Key
	Field protowire.Number
	// Values are what is held, the shown one first.
	Values []Value
	// Removal is set where Values were written unseen by who removed the
	// member or family: the removal that stands against them.
	Removal *Value
}

// Field numbers of the removal registers.
const (
	familyRemovalField protowire.Number = 10
	memberRemovalField protowire.Number = 9
)

// Conflicts lists the state's conflicts in canonical order, but for those within a round
// from which the family withdrew, of which nothing is shown to anybody.
func Conflicts(s *State) []Conflict {
	var out []Conflict
	removals := removalsOf(s)
	for i := range s.Records {
		rec := &s.Records[i]
		for j := range rec.Registers {
			g := &rec.Registers[j]
			if g.InConflict(rec.Key.Kind) {
				out = append(out, Conflict{Key: rec.Key, Field: g.Field, Values: g.Values})
			} else if against := removals.against(rec.Key, g); len(against) > 0 {
				out = append(out, Conflict{Key: rec.Key, Field: g.Field, Values: g.Values, Removal: &against[0].value})
			}
		}
	}
	return slices.DeleteFunc(out, func(c Conflict) bool { return s.Withdrawn(c.Key.Record) })
}

// Settles tells whether who has seen the whole state settles a conflict by writing a register:
// one that is in conflict, or the removal against which others stand that its author had not
// seen.
func Settles(s *State, key Key, field protowire.Number) bool {
	rec := s.Record(key)
	if rec == nil {
		return false
	}
	g := rec.Register(field)
	return g != nil && slices.ContainsFunc(Conflicts(s), func(c Conflict) bool {
		return c.Key == key && c.Field == field || c.Removal != nil && isRemoval(key.Kind, field) && c.Removal.Stamp == g.Shown().Stamp
	})
}

// removal is a shown removal with what its author had seen.
type removal struct {
	// of is the member; zero: the family.
	of    ID
	value Value
	seen  Context
}

// standsAgainst tells whether what a register of the member or the family shows was written
// without the remover having seen it. That somebody died or left is such a write in a family
// that was removed; a removal does not stand against itself, and none against an erasure, of
// which nobody is to decide, what imports keep for themselves, or ages of other surveys.
func (r *removal) standsAgainst(key Key, g *Register) bool {
	erasure := isRemoval(key.Kind, g.Field) && isErasure(g.Shown().Element)
	beside := IsSourceYears(key.Kind, g.Field) || key.Kind == KindMember && g.Field == StatedAgesField
	return !r.isOf(key, g.Field) && !erasure && !beside && r.unseen(g.Shown().Stamp)
}

// concerns tells whether a record is of whom it removes.
func (r *removal) concerns(key Key) bool { return r.of.IsZero() || r.of == key.Member }

// isOf tells whether a register is the removal's own.
func (r *removal) isOf(key Key, field protowire.Number) bool {
	return isRemoval(key.Kind, field) && key.Member == r.of
}

// unseen tells whether a write was made without the remover having seen it.
func (r *removal) unseen(s Stamp) bool {
	if r.value.Stamp.sameSource(s) {
		return s.Compare(r.value.Stamp) > 0
	}
	return !r.seen.Covers(s)
}

// removals are a state's that are shown, by member; the family's own under the zero id.
type removals map[ID]*removal

// over are those that concern a record, the member's before the family's.
func (r removals) over(key Key) (out []*removal) {
	for _, id := range []ID{key.Member, {}} {
		if of := r[id]; of != nil && !slices.Contains(out, of) {
			out = append(out, of)
		}
	}
	return out
}

// against are those that stand against what a register shows.
func (r removals) against(key Key, g *Register) []*removal {
	return slices.DeleteFunc(r.over(key), func(of *removal) bool { return !of.standsAgainst(key, g) })
}

// removalsOf finds the shown removals. One that carries no context has none against it: there
// was nothing yet when its author wrote it, or it was erased.
func removalsOf(s *State) removals {
	var out removals
	for i := range s.Records {
		rec := &s.Records[i]
		field := removalField(rec.Key.Kind)
		if field == 0 {
			continue
		}
		g := rec.Register(field)
		if g == nil || g.Shown().Element == nil {
			continue
		}
		seen, ok := seenByRemoval(g.Shown())
		if !ok {
			continue
		}
		if out == nil {
			out = removals{}
		}
		out[rec.Key.Member] = &removal{of: rec.Key.Member, value: g.Shown(), seen: seen}
	}
	return out
}

func seenByRemoval(v Value) (c Context, ok bool) {
	c = seenBefore(v.Stamp, removalIn(v.Element).GetSeen())
	return c, len(c) > 0
}

// removalIn reads a removal's register; nil where it holds none that can be read.
func removalIn(element []byte) *ksv1.Removal {
	r := &ksv1.Removal{}
	if !openMessage(Element{Bytes: element}, r) {
		return nil
	}
	return r
}

// removalField is the register of a kind of record that tells of its removal; 0: it has none.
func removalField(kind Kind) protowire.Number {
	switch kind {
	case KindFamily:
		return familyRemovalField
	case KindMember:
		return memberRemovalField
	}
	return 0
}

func isRemoval(kind Kind, field protowire.Number) bool {
	return field != 0 && field == removalField(kind)
}

// SeenOf is what somebody who looks at the state now has seen of a member's
// registers (of the whole family, where member is zero): for Removal.seen.
func SeenOf(s *State, member ID) []*ksv1.Stamp { return seenOf(s, member).protos() }

func seenOf(s *State, member ID) (c Context) {
	for i := range s.Records {
		if key := s.Records[i].Key; !member.IsZero() && key.Member != member {
			continue
		}
		for j := range s.Records[i].Registers {
			c = joinContexts(c, s.Records[i].Registers[j].Context)
		}
	}
	return c
}
