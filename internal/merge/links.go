package merge

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
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

func isLink(kind Kind, field protowire.Number) bool {
	for _, l := range linkFields {
		if l.kind == kind && l.field == field {
			return true
		}
	}
	return false
}

// renameLinks replaces the ids that a record's link fields name, and the one that a removal
// says is kept instead.
func renameLinks(kind Kind, fields []byte, rename func(ID) ID) ([]byte, error) {
	elements, err := SplitFields(fields)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(fields))
	for _, e := range elements {
		if isRemoval(kind, e.Field) {
			out = append(out, renameKept(e, rename)...)
			continue
		}
		if !isLink(kind, e.Field) {
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

// renameKept replaces the id of whom a removal says is kept instead.
func renameKept(e Element, rename func(ID) ID) []byte {
	var r ksv1.Removal
	if !openMessage(e, &r) {
		return e.Bytes
	}
	kept, err := ParseID(r.GetKeptId())
	if err != nil || rename(kept) == kept {
		return e.Bytes
	}
	r.KeptId = rename(kept).String()
	return sealMessage(e.Field, &r)
}

// Unnamed is what a write's fields say, whatever ids and stamps stand for: without links, and
// without whom removals say is kept and what their authors, and those of withdrawals, had
// seen, all of which may be given anew after a fork. Errors: ErrMalformedChange.
func Unnamed(kind Kind, fields []byte) ([]byte, error) {
	elements, err := SplitFields(fields)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, e := range elements {
		if isLink(kind, e.Field) {
			continue
		}
		if isRemoval(kind, e.Field) {
			e.Bytes = renameKept(e, func(ID) ID { return ID{} })
		}
		out = append(out, alterSeen(kind, e, func([]*ksv1.Stamp) []*ksv1.Stamp { return nil })...)
	}
	return out, nil
}

// openMessage reads the message that an element holds; false where it holds none.
func openMessage(e Element, into proto.Message) bool {
	_, _, n := protowire.ConsumeTag(e.Bytes)
	if n < 0 {
		return false
	}
	content, m := protowire.ConsumeBytes(e.Bytes[n:])
	return m >= 0 && proto.Unmarshal(content, into) == nil
}

func sealMessage(field protowire.Number, m proto.Message) []byte {
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err) // only of text that is not UTF-8, which was just read
	}
	return appendMessage(nil, field, content)
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
