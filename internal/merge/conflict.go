package merge

import (
	"bytes"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

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
		removal := removals[rec.Key.Member]
		if removal == nil {
			removal = removals[ID{}]
		}
		for j := range rec.Registers {
			g := &rec.Registers[j]
			switch {
			case g.InConflict():
				out = append(out, Conflict{Key: rec.Key, Field: g.Field, Values: g.Values})
			case removal != nil && !isRemoval(rec.Key.Kind, g.Field) && removal.unseen(g.Shown().Stamp):
				out = append(out, Conflict{Key: rec.Key, Field: g.Field, Values: g.Values, Removal: &removal.value})
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
	value Value
	seen  Context
}

// unseen tells whether a write was made without the remover having seen it.
func (r *removal) unseen(s Stamp) bool {
	if r.value.Stamp.sameSource(s) {
		return s.Compare(r.value.Stamp) > 0
	}
	return !r.seen.Covers(s)
}

// removalsOf finds the shown removals, by member; the family's own under the
// zero id. Removals of imports carry no context: their author saw everything.
func removalsOf(s *State) map[ID]*removal {
	var out map[ID]*removal
	for i := range s.Records {
		rec := &s.Records[i]
		var g *Register
		switch rec.Key.Kind {
		case KindFamily:
			g = rec.Register(familyRemovalField)
		case KindMember:
			g = rec.Register(memberRemovalField)
		default:
			continue
		}
		if g == nil || g.Shown().Element == nil {
			continue
		}
		seen, ok := seenByRemoval(g.Shown().Element)
		if !ok {
			continue
		}
		if out == nil {
			out = map[ID]*removal{}
		}
		out[rec.Key.Member] = &removal{value: g.Shown(), seen: seen}
	}
	return out
}

func seenByRemoval(element []byte) (Context, bool) {
	_, _, n := protowire.ConsumeTag(element)
	if n < 0 {
		return nil, false
	}
	content, m := protowire.ConsumeBytes(element[n:])
	if m < 0 {
		return nil, false
	}
	var r ksv1.Removal
	if proto.Unmarshal(content, &r) != nil || len(r.GetSeen()) == 0 {
		return nil, false
	}
	var c Context
	for _, s := range r.GetSeen() {
		c = c.with(StampOf(s))
	}
	return c, true
}

func isRemoval(kind Kind, field protowire.Number) bool {
	return kind == KindFamily && field == familyRemovalField || kind == KindMember && field == memberRemovalField
}

// SeenOf is what somebody who looks at the state now has seen of a member's
// registers (of the whole family, where member is zero): for Removal.seen.
func SeenOf(s *State, member ID) []*ksv1.Stamp {
	var c Context
	for i := range s.Records {
		if key := s.Records[i].Key; !member.IsZero() && key.Member != member {
			continue
		}
		for j := range s.Records[i].Registers {
			c = joinContexts(c, s.Records[i].Registers[j].Context)
		}
	}
	return c.protos()
}

// KeepsOnly tells whether a change, as the state that it makes, only writes what
// the family's registers hold already: it chooses among what others entered, and
// enters nothing.
func KeepsOnly(s, delta *State) bool {
	for i := range delta.Records {
		held := s.Record(delta.Records[i].Key)
		if held == nil {
			return false
		}
		for j := range delta.Records[i].Registers {
			written := &delta.Records[i].Registers[j]
			g := held.Register(written.Field)
			if g == nil || !g.has(written.Shown().Element) {
				return false
			}
		}
	}
	return len(delta.Records) > 0
}

func (r *Register) has(element []byte) bool {
	return slices.ContainsFunc(r.Values, func(v Value) bool { return bytes.Equal(v.Element, element) })
}
