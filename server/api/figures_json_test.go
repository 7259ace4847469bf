package api

import (
	"bytes"
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// fill sets fields of a message at random, whichever it has, so that one that is added
// to the contract is not forgotten in what is written here.
func fill(t *rapid.T, m protoreflect.Message) {
	if at, ok := m.Interface().(*timestamppb.Timestamp); ok {
		at.Seconds = rapid.Int64Range(0, 4_000_000_000).Draw(t, "seconds")
		at.Nanos = rapid.SampledFrom([]int32{0, 5_000_000, 123_456_000, 123_456_789}).Draw(t, "nanos")
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case rapid.IntRange(0, 4).Draw(t, "absent") == 0:
		case f.IsList():
			for range rapid.IntRange(0, 3).Draw(t, "elements") {
				if f.Message() != nil {
					fill(t, m.Mutable(f).List().AppendMutable().Message())
				} else {
					m.Mutable(f).List().Append(scalar(t, f))
				}
			}
		case f.Message() != nil:
			fill(t, m.Mutable(f).Message())
		default:
			m.Set(f, scalar(t, f))
		}
	}
}

func scalar(t *rapid.T, f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(rapid.OneOf(rapid.SampledFrom([]string{"", "32.04", "Gg. \"Mawar\" \\ <b>&", "D\u00e9sa \u2028\t\u0001\U0001f3e0"}), rapid.String()).Draw(t, "text"))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "flag"))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.Int32Range(0, 9).Draw(t, "enum")))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(rapid.Uint32().Draw(t, "number"))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64().Draw(t, "count"))
	}
	t.Fatalf("a field of kind %s is nothing that is written here", f.Kind())
	return protoreflect.Value{}
}

func TestFiguresAreWrittenAsProtojsonWritesThem(t *testing.T) {
	t.Parallel()
	marshaler := NewMarshaler()
	for _, kind := range []proto.Message{
		&ksv1.GetAreaIndexResponse{}, &ksv1.ListAreaIndexesResponse{}, &ksv1.GetTrendResponse{}, &ksv1.ListIndicatorPrioritiesResponse{},
		&ksv1.ExplainChangeResponse{}, // by protojson itself
	} {
		rapid.Check(t, func(t *rapid.T) {
			m := kind.ProtoReflect().New().Interface()
			if _, other := m.(*ksv1.ExplainChangeResponse); !other {
				fill(t, m.ProtoReflect())
			}
			got, err := marshaler.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			var want, compact bytes.Buffer
			if err := json.Compact(&want, plain); err != nil {
				t.Fatal(err)
			}
			if err := json.Compact(&compact, got); err != nil {
				t.Fatal(err)
			}
			if compact.String() != want.String() {
				t.Fatalf("%s\nwant\n%s", compact.String(), want.String())
			}
		})
	}
}

// The nation's provinces are written for whoever looks at them, each second.
func BenchmarkFiguresJSON(b *testing.B) {
	m := &ksv1.ListAreaIndexesResponse{}
	for range 38 {
		x := &ksv1.AreaIndex{Area: "32", Name: "JAWA BARAT", Surveyed: 1_234_567, Complete: 1_111_111, AsOf: timestamppb.Now()}
		for n := range 12 {
			c := &ksv1.IndicatorCoverage{Indicator: uint32(n + 1), Name: "Keluarga mengikuti program KB"}
			c.Numerator, c.Denominator, c.Percent = proto.Uint64(123_456), proto.Uint64(234_567), proto.String("52.63")
			x.Coverage = append(x.Coverage, c)
		}
		m.Indexes = append(m.Indexes, x)
	}
	for name, marshal := range map[string]func(any) ([]byte, error){
		"here": NewMarshaler().Marshal, "protojson": func(v any) ([]byte, error) { return protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := marshal(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
