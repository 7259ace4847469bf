package merge

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// linkFields are the registers that name another record by its UUID text.
var linkFields = [...]struct {
	kind  Kind
	field protowire.Number
}{
	{KindFamily, 14},    // split_from_id
	{KindMember, 8},     // mother_id
	{KindMember, 11},    // former_member_id
	{KindMember, 13},    // moved_to_family_id
	{KindIndividual, 4}, // spouse_id
	{KindVisit, 11},     // round_id
}

// IsLink tells whether a register names another record by its id, which may be
// given anew after a fork.
func IsLink(kind Kind, field protowire.Number) bool {
	for _, l := range linkFields {
		if l.kind == kind && l.field == field {
			return true
		}
	}
	return false
}

// renameLinks replaces the ids that a record's link fields name.
func renameLinks(kind Kind, fields []byte, rename func(ID) ID) ([]byte, error) {
	elements, err := SplitFields(fields)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(fields))
	for _, e := range elements {
		if !IsLink(kind, e.Field) {
			out = append(out, e.Bytes...)
			continue
		}
		_, _, n := protowire.ConsumeTag(e.Bytes)
		text, m := protowire.ConsumeBytes(e.Bytes[n:])
		id, err := ParseID(string(text))
		if m < 0 || err != nil {
			out = append(out, e.Bytes...)
			continue
		}
		out = appendMessage(out, e.Field, []byte(rename(id).String()))
	}
	return out, nil
}

// PlaceField is the register of Family that says in which RT it lives.
const PlaceField protowire.Number = 1

// Place is the RT that the family's state shows, "003/007"; "" where none was
// ever written.
func Place(s *State) string {
	rec := s.Record(Key{Kind: KindFamily})
	if rec == nil {
		return ""
	}
	g := rec.Register(PlaceField)
	if g == nil || g.Shown().Element == nil {
		return ""
	}
	element := g.Shown().Element
	_, _, n := protowire.ConsumeTag(element)
	if n < 0 {
		return ""
	}
	text, m := protowire.ConsumeBytes(element[n:])
	if m < 0 {
		return ""
	}
	return string(text)
}
