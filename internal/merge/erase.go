package merge

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Erasure is not merged: the server decides it once. What stays of an erased
// person or family is a mark, a removal with reason ERASED, and for a family the
// RT, so that it counts by its mark alone.

const (
	// headNameField is the register of Family that repeats a member's name.
	headNameField protowire.Number = 9
	// addressField and splitFromField are those that a split writes of the family left.
	addressField   protowire.Number = 4
	splitFromField protowire.Number = 14
)

// Erased tells whether the state is the mark of an erased family (member zero),
// or holds that of an erased member.
func Erased(s *State, member ID) bool {
	key, field := Key{Kind: KindFamily}, familyRemovalField
	if !member.IsZero() {
		key, field = Key{Kind: KindMember, Member: member}, memberRemovalField
	}
	rec := s.Record(key)
	return rec != nil && rec.isErased(field)
}

// isErased tells whether the record's field says that it was erased.
func (r *Record) isErased(field protowire.Number) bool {
	g := r.Register(field)
	return g != nil && isErasure(g.Shown().Element)
}

func isErasure(element []byte) bool { return removalIn(element).GetReason() == erased }

// ErasedMembers are those whose mark the state holds, in canonical order.
func ErasedMembers(s *State) []ID {
	var out []ID
	for i := range s.Records {
		if r := &s.Records[i]; r.Key.Kind == KindMember && r.isErased(memberRemovalField) {
			out = append(out, r.Key.Member)
		}
	}
	return out
}

// Gone is what is taken out of a family that goes on.
type Gone struct {
	// Members are those whose records go, and with them what files of other years
	// said of the family, whose head they may have been. What others said of them in
	// free text stays.
	Members []ID
	// Records are rounds and visits that go with all their parts.
	Records []ID
	// HeadName: with the name of the head, which the family repeats.
	HeadName bool
	// SplitFrom: with what a split copied of the family that was left.
	SplitFrom bool
}

// takes tells whether a record goes.
func (g *Gone) takes(key Key) bool {
	return !key.Member.IsZero() && slices.Contains(g.Members, key.Member) || !key.Record.IsZero() && slices.Contains(g.Records, key.Record)
}

// fields are those that go of the family's own record.
func (g *Gone) fields() (out []protowire.Number) {
	if len(g.Members) > 0 {
		out = append(out, familySourceYearsField)
	}
	if g.HeadName {
		out = append(out, headNameField)
	}
	if g.SplitFrom {
		out = append(out, addressField, splitFromField)
	}
	return out
}

// From is the state without it.
func (g *Gone) From(s *State) State {
	out := State{Family: s.Family}
	for _, r := range s.Records {
		if g.takes(r.Key) {
			continue
		}
		if fields := g.fields(); r.Key.Kind == KindFamily && len(fields) > 0 {
			r.Registers = slices.DeleteFunc(slices.Clone(r.Registers), func(x Register) bool { return slices.Contains(fields, x.Field) })
		}
		if len(r.Registers) > 0 {
			out.Records = append(out.Records, r)
		}
	}
	return out
}

// Strip takes it out of a change and tells whether there was any. What is left
// may be nothing (no Writes). Errors: ErrMalformedChange.
func (g *Gone) Strip(c *ksv1.Change) (stripped bool, err error) {
	var kept []*ksv1.Write
	for _, w := range c.GetWrites() {
		key, err := KeyOfWrite(w)
		if err != nil {
			return false, err
		}
		if g.takes(key) {
			stripped = true
			continue
		}
		if key.Kind == KindFamily {
			before := proto.Size(w)
			if err := dropFields(w, g.fields()); err != nil {
				return false, err
			}
			stripped = stripped || proto.Size(w) != before
		}
		if len(w.GetFields()) > 0 || len(w.GetCleared()) > 0 {
			kept = append(kept, w)
		}
	}
	c.Writes = kept
	return stripped, nil
}

// dropFields takes fields out of a write.
func dropFields(w *ksv1.Write, fields []protowire.Number) error {
	elements, err := SplitFields(w.GetFields())
	if err != nil {
		return err
	}
	w.Fields = nil
	for _, e := range elements {
		if !slices.Contains(fields, e.Field) {
			w.Fields = append(w.Fields, e.Bytes...)
		}
	}
	w.Cleared = slices.DeleteFunc(w.Cleared, func(f uint32) bool { return slices.Contains(fields, protowire.Number(f)) })
	w.Contexts = slices.DeleteFunc(w.Contexts, func(c *ksv1.FieldContext) bool { return slices.Contains(fields, protowire.Number(c.GetField())) })
	return nil
}

// Forget is what was held without what a newer state says is erased, so that
// joining the two does not bring it back.
func Forget(held, newer *State) State {
	if Erased(newer, ID{}) {
		return State{Family: held.Family}
	}
	gone := &Gone{Members: ErasedMembers(newer)}
	if len(gone.Members) == 0 {
		return *held
	}
	family := newer.Record(Key{Kind: KindFamily})
	gone.HeadName = family == nil || family.Register(headNameField) == nil
	return gone.From(held)
}
