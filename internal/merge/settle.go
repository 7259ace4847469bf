package merge

import (
	"bytes"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Settle makes of an edit, which settles what a register shows and writes nothing else,
// one by which it is seen, too, by the removal that stands against it: that stays, and no
// more against it. What else that has not seen stays so, each to be settled by itself; of
// several values one is chosen first, and a removal that is to be settled itself comes first.
func Settle(s *State, edit RecordEdit, field protowire.Number) []RecordEdit {
	removals, g := removalsOf(s), s.Record(edit.Key).find(field)
	if g == nil || g.InConflict(edit.Key.Kind) {
		return []RecordEdit{edit}
	}
	against := removals.against(edit.Key, g)
	if len(against) == 0 {
		return []RecordEdit{edit}
	}
	// As it was written it is seen together with what its device wrote before; written anew
	// it must be seen by who had seen it before, too.
	var out []RecordEdit
	again, stamp := removals.over(edit.Key), Context(nil)
	if edit.says(g.Shown()) && !slices.ContainsFunc(against, func(r *removal) bool { return s.hides(r, g.Shown().Stamp) }) {
		again, stamp = against, Context{g.Shown().Stamp}
	} else {
		out = append(out, edit)
	}
	for _, r := range again {
		if !r.isOf(edit.Key, field) && !s.disputed(r, removals) {
			out = append(out, r.again(stamp))
		}
	}
	if len(out) == 0 {
		return []RecordEdit{edit}
	}
	return Combine(out...)
}

// says tells whether an edit of one field writes a value that is held already.
func (r *RecordEdit) says(v Value) bool {
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(r.Set)
	return err == nil && bytes.Equal(wire, v.Element)
}

// hides tells whether something else that a removal has not seen is seen by who sees a stamp.
func (s *State) hides(r *removal, stamp Stamp) bool {
	n := 0
	for i := range s.Records {
		rec := &s.Records[i]
		for j := range rec.Registers {
			if g := &rec.Registers[j]; (Context{stamp}).Covers(g.Shown().Stamp) && r.concerns(rec.Key) && r.standsAgainst(rec.Key, g) {
				n++
			}
		}
	}
	return n > 1
}

// disputed tells whether a removal is itself to be settled: said again by who looks at
// something else it would be, sooner or later, unseen.
func (s *State) disputed(r *removal, removals removals) bool {
	g := s.Record(r.key()).find(removalField(r.key().Kind))
	return g.InConflict(r.key().Kind) || len(removals.against(r.key(), g)) > 0
}

// SeenAnew is SeenOf for a device that writes a removal in place of one which stands: what
// stands against that one stands against the new one too, but for what the device wrote.
func SeenAnew(s *State, member ID, device uint32) []*ksv1.Stamp {
	r := removalsOf(s)[member]
	if r == nil {
		return SeenOf(s, member)
	}
	return joinContexts(r.seen.with(r.value.Stamp), writtenBy(s, member, device)).protos()
}

// SeenByOwn are the removals of a state that stand against what a change writes, and are of
// the device that made it: said again they have seen it. Errors: ErrMalformedChange.
func SeenByOwn(s *State, c *ksv1.Change) (out []RecordEdit, err error) {
	if len(removalsOf(s)) == 0 {
		return nil, nil
	}
	delta, err := FromChange(c)
	if err != nil {
		return nil, err
	}
	after, device := Join(*s, delta), c.GetStamp().GetDevice()
	met, removals := map[ID]bool{}, removalsOf(&after)
	for i := range delta.Records {
		rec := after.Record(delta.Records[i].Key)
		for j := range delta.Records[i].Registers {
			for _, r := range removals.against(rec.Key, rec.find(delta.Records[i].Registers[j].Field)) {
				if r.value.Stamp.Device == device && !met[r.of] {
					met[r.of] = true
					out = append(out, r.again(writtenBy(&after, r.of, device)))
				}
			}
		}
	}
	return out, nil
}

// RemovalOf is the removal of a member that a state shows, of the family where member is
// zero; nil: there is none.
func RemovalOf(s *State, member ID) *ksv1.Removal {
	r := removal{of: member}
	key := r.key()
	if g := s.Record(key).find(removalField(key.Kind)); g != nil && g.Shown().Element != nil {
		return removalIn(g.Shown().Element)
	}
	return nil
}

// writtenBy is what a device has written of a member, or of the whole family.
func writtenBy(s *State, member ID, device uint32) (out Context) {
	for _, stamp := range seenOf(s, member) {
		if stamp.Device == device {
			out = append(out, stamp)
		}
	}
	return out
}

func (r *removal) key() Key {
	if r.of.IsZero() {
		return Key{Kind: KindFamily}
	}
	return Key{Kind: KindMember, Member: r.of}
}

// again is the removal said again by who has also seen what its author had not.
func (r *removal) again(seen Context) RecordEdit {
	said := proto.CloneOf(removalIn(r.value.Element))
	said.Seen = joinContexts(r.seen.with(r.value.Stamp), seen).protos()
	e := RecordEdit{Key: r.key(), Set: &ksv1.Member{Removal: said}}
	if r.of.IsZero() {
		e.Set = &ksv1.Family{Removal: said}
	}
	return e
}

// SameRemoval tells whether two removals say the same, whatever their authors had seen.
func SameRemoval(a, b *ksv1.Removal) bool {
	a, b = proto.CloneOf(a), proto.CloneOf(b)
	for _, r := range []*ksv1.Removal{a, b} {
		if r != nil {
			r.Seen = nil
		}
	}
	return proto.Equal(a, b)
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
			if g == nil || !g.has(held.Key.Kind, written.Shown().Element) {
				return false
			}
		}
	}
	return len(delta.Records) > 0
}

// has tells whether a value is among those of a register of a kind of record; of removals
// what their authors had seen is left out, which who chooses one sees more of.
func (r *Register) has(kind Kind, element []byte) bool {
	for _, v := range r.Values {
		if bytes.Equal(v.Element, element) {
			return true
		}
		if isRemoval(kind, r.Field) && v.Element != nil && element != nil && SameRemoval(removalIn(v.Element), removalIn(element)) {
			return true
		}
	}
	return false
}
