package merge

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// records are what has a reader of its own, and how many fields a reader knows.
var records = []struct {
	key   Key
	empty proto.Message
	known int
}{
	{Key{Kind: KindFamily}, &ksv1.Family{}, 8},
	{Key{Kind: KindMember, Member: ID{1}}, &ksv1.Member{}, 7},
	{Key{Kind: KindRound, Record: ID{2}}, &ksv1.Round{}, 12},
	{Key{Kind: KindIndividual, Record: ID{2}, Member: ID{1}}, &ksv1.Individual{}, 28},
}

// readRecord reads a record as a household has it; rooms may be nil.
func readRecord(key Key, wire recordWire, rooms *rooms) (proto.Message, error) {
	b := newHouseholdBuilder(testFamily)
	b.rooms = rooms
	if err := b.add(key, wire); err != nil {
		return nil, err
	}
	switch key.Kind {
	case KindFamily:
		return b.household.Family, nil
	case KindMember:
		return b.household.Members[0].Member, nil
	case KindRound:
		return b.household.Rounds[0].Round, nil
	default:
		return b.household.Rounds[0].Individuals[0].Individual, nil
	}
}

// randomValue sets a scalar field.
func randomValue(rt *rapid.T, m protoreflect.Message, f protoreflect.FieldDescriptor) {
	n := rapid.Uint64Range(0, 1<<rapid.SampledFrom([]int{1, 7, 14, 31}).Draw(rt, "bits")).Draw(rt, "value")
	switch f.Kind() {
	case protoreflect.BoolKind:
		m.Set(f, protoreflect.ValueOfBool(n > 0))
	case protoreflect.EnumKind:
		m.Set(f, protoreflect.ValueOfEnum(protoreflect.EnumNumber(int32(n))))
	case protoreflect.Uint32Kind:
		m.Set(f, protoreflect.ValueOfUint32(uint32(n)))
	case protoreflect.Uint64Kind:
		m.Set(f, protoreflect.ValueOfUint64(n<<20))
	case protoreflect.StringKind:
		m.Set(f, protoreflect.ValueOfString(rapid.StringN(0, 200, 200).Draw(rt, "text")))
	case protoreflect.MessageKind:
		m.Set(f, m.NewField(f))
	default:
		panic(fmt.Sprint("no value for a ", f.Kind()))
	}
}

func TestRecordsReadAsPackageProtoReadsThem(t *testing.T) {
	t.Parallel()
	var shared rooms
	rapid.Check(t, func(rt *rapid.T) {
		record := rapid.SampledFrom(records).Draw(rt, "record")
		m := proto.Clone(record.empty).ProtoReflect()
		fields := m.Descriptor().Fields()
		for i := range fields.Len() {
			if f := fields.Get(i); f.Message() == nil && rapid.Bool().Draw(rt, "set") || rapid.IntRange(0, 30).Draw(rt, "rare") == 0 {
				randomValue(rt, m, f)
			}
		}
		wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(0, 3).Draw(rt, "damage") {
			if len(wire) > 0 {
				wire[rapid.IntRange(0, len(wire)-1).Draw(rt, "at")] = rapid.Byte().Draw(rt, "byte")
			}
		}
		want := proto.Clone(record.empty)
		refused := proto.Unmarshal(wire, want)
		SetSourceYears(want, nil) // are not shown
		shared.giveBack()
		for _, in := range []recordWire{{fields: wire}, {fields: wire, all: "before" + string(wire) + "behind", at: 6}} {
			got, err := readRecord(record.key, in, &shared)
			if (err != nil) != (refused != nil) {
				rt.Fatalf("%x: %v, package proto: %v", wire, err, refused)
			}
			if err == nil && !proto.Equal(got, want) {
				rt.Fatalf("%x: %v\npackage proto: %v", wire, got, want)
			}
		}
	})
}

func TestCommonFieldsAreReadWithoutPackageProto(t *testing.T) {
	t.Parallel()
	for _, record := range records {
		fields, known := record.empty.ProtoReflect().Descriptor().Fields(), 0
		for i := range fields.Len() {
			m := proto.Clone(record.empty).ProtoReflect()
			m.Set(fields.Get(i), m.NewField(fields.Get(i)))
			wire, err := proto.Marshal(m.Interface())
			if err != nil {
				t.Fatal(err)
			}
			if read := map[Kind]func(recordWire) bool{
				KindFamily: new(familyRoom).read, KindMember: new(memberRoom).read,
				KindRound: new(roundRoom).read, KindIndividual: new(individualRoom).read,
			}[record.key.Kind]; read(recordWire{fields: wire}) {
				known++
			}
		}
		if known != record.known {
			t.Errorf("%s: %d fields are read the short way, %d were", record.key.Kind, known, record.known)
		}
	}
}
