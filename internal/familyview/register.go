package familyview

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// FieldText is a register's name in the contract and its value as protojson,
// from its wire form (tag and value); the value is nil where it was cleared, the
// name "" where this version does not know the field.
func FieldText(kind merge.Kind, field protowire.Number, element []byte) (name string, value *string, err error) {
	message := merge.NewRecord(kind)
	if message == nil {
		return "", nil, fmt.Errorf("record of kind %d", kind)
	}
	descriptor := message.ProtoReflect().Descriptor().Fields().ByNumber(field)
	if descriptor == nil {
		return "", nil, nil
	}
	if element == nil {
		return string(descriptor.Name()), nil, nil
	}
	if err := proto.Unmarshal(element, message); err != nil {
		return "", nil, err
	}
	text, err := valueText(message, descriptor)
	return string(descriptor.Name()), &text, err
}

// valueText is the only field of a message as protojson text.
func valueText(message proto.Message, field protoreflect.FieldDescriptor) (string, error) {
	whole, err := protojson.MarshalOptions{Multiline: false}.Marshal(message)
	if err != nil {
		return "", err
	}
	// {"name":value}: the message holds this field alone.
	start := 0
	for start < len(whole) && whole[start] != ':' {
		start++
	}
	if start+1 >= len(whole) {
		return "", fmt.Errorf("field %s shows no value", field.Name())
	}
	return string(whole[start+1 : len(whole)-1]), nil
}

// Difference is one register that is not what was judged.
func Difference(d *merge.Difference) (*ksv1.ReviewDifference, error) {
	m := &ksv1.ReviewDifference{
		Kind: d.Key.Kind, RecordId: d.Key.Record.String(), MemberId: d.Key.Member.String(), Field: uint32(d.Field),
		Question: questionOf(d.Key.Kind, protowire.Number(d.Field)),
	}
	var err error
	if m.FieldName, m.BeforeJson, err = FieldText(d.Key.Kind, protowire.Number(d.Field), d.Before); err != nil {
		return nil, err
	}
	_, m.AfterJson, err = FieldText(d.Key.Kind, protowire.Number(d.Field), d.After)
	return m, err
}

// Conflicts are a family's registers that hold several values, in canonical
// order; nameOf tells an author's user name, "" where it is not known.
func Conflicts(family merge.ID, state *merge.State, nameOf func(account uint32) (string, error)) ([]*ksv1.Conflict, error) {
	var out []*ksv1.Conflict
	for _, c := range merge.Conflicts(state) {
		m := &ksv1.Conflict{
			FamilyId: family.String(), Kind: c.Key.Kind, RecordId: c.Key.Record.String(), MemberId: c.Key.Member.String(), Field: uint32(c.Field),
			Question: questionOf(c.Key.Kind, c.Field),
		}
		for _, v := range c.Values {
			name, text, err := FieldText(c.Key.Kind, c.Field, v.Element)
			if err != nil {
				return nil, err
			}
			author, err := nameOf(v.Author)
			if err != nil {
				return nil, err
			}
			m.FieldName = name
			m.Values = append(m.Values, &ksv1.ConflictValue{ValueJson: text, Author: v.Author, AuthorName: author, Stamp: v.Stamp.Proto()})
		}
		out = append(out, m)
	}
	return out, nil
}

// questionOf is the number of the question that fills a register; "" none does.
func questionOf(kind merge.Kind, field protowire.Number) string {
	q, _ := prokesga.Find(kind, int32(field))
	return string(q.Number)
}
