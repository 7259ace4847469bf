package columns_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/columns"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const limit = 1 << 20

// filler makes messages with anything in any field.
type filler struct{ *rand.Rand }

func (f filler) text() string {
	texts := []string{
		"", "Siti", "Siti Aminah", "Jl. Melati  No. 3", "001/002", "2026-05-17", "1849-12-31", "2106-01-01", "2026-5-17", "bukan-tanggal",
		merge.NewID(7, 9, f.Uint64N(300)).String(), "6F9619FF-8B86-4011-B42D-00C04FC964FF", "6f9619ff-8b86-4011-b42d-00c04fc964ff",
		"baris\nkedua", string(bytes.Repeat([]byte("kata "), 80)), fmt.Sprint("kata", f.Uint64N(5000)), "\x00\xff",
	}
	return texts[f.IntN(len(texts))]
}

func (f filler) number() uint64 {
	numbers := []uint64{
		0, 1, 2, 253, 254, 255, 256, 1 << 31, 3204051505900001, 3204055505900002, 9999999999999999, 10_000_000_000_000_000, 1<<64 - 1,
		1779000000000 + f.Uint64N(1000), f.Uint64N(5),
	}
	return numbers[f.IntN(len(numbers))]
}

func (f filler) bytes(field protoreflect.FieldDescriptor) []byte {
	id := merge.NewID(7, 9, f.Uint64N(300))
	switch f.IntN(6) {
	case 0:
		return nil
	case 1:
		return []byte(f.text())
	case 2:
		return bytes.Repeat([]byte{byte(f.IntN(3))}, f.IntN(8))
	}
	if field.Name() != "fields" && field.Name() != "state" {
		return id[:]
	}
	records := []proto.Message{&ksv1.Family{}, &ksv1.Member{}, &ksv1.Round{}, &ksv1.Individual{}, &ksv1.Visit{}, &ksv1.FamilyState{}}
	m := records[f.IntN(len(records))]
	f.fill(m.ProtoReflect(), 3)
	out, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return out
}

func (f filler) fill(m protoreflect.Message, depth int) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if f.IntN(3) == 0 || depth == 0 {
			continue
		}
		if field.IsList() {
			list := m.Mutable(field).List()
			for range f.IntN(4) {
				list.Append(f.value(list.NewElement(), field, depth))
			}
			continue
		}
		m.Set(field, f.value(m.NewField(field), field, depth))
	}
}

func (f filler) value(empty protoreflect.Value, field protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.MessageKind:
		f.fill(empty.Message(), depth-1)
		return empty
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(string([]rune(f.text())))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(f.bytes(field))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(f.IntN(6)))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(f.IntN(2) == 0)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(uint32(f.number()))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(f.number()))
	case protoreflect.Sint32Kind:
		return protoreflect.ValueOfInt32(int32(f.number()))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(f.number())
	case protoreflect.Int64Kind, protoreflect.Sint64Kind:
		return protoreflect.ValueOfInt64(int64(f.number()))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(f.Float64())
	}
	return empty
}

// directions are the forms with a page of each.
var directions = map[string]struct {
	schema func() *columns.Schema
	page   func() proto.Message
}{
	"uploads":   {columns.Uploads, func() proto.Message { return &ksv1.UploadPage{} }},
	"downloads": {columns.Downloads, func() proto.Message { return &ksv1.FeedPage{} }},
}

func pack(p *columns.Packer, page []byte) []byte {
	plain, coded := p.Pack(page)
	return append(bytes.Clone(plain), coded...)
}

func TestPagesOfAnythingComeBackByteByByte(t *testing.T) {
	t.Parallel()
	for name, d := range directions {
		for seed := range uint64(40) {
			f := filler{rand.New(rand.NewPCG(seed, 1))}
			p, u := columns.NewPacker(d.schema()), columns.NewUnpacker(d.schema())
			for i := range 20 {
				m := d.page()
				f.fill(m.ProtoReflect(), 6)
				page, err := proto.MarshalOptions{AllowPartial: true}.Marshal(m)
				if err != nil {
					t.Fatal(err)
				}
				got, err := u.Unpack(pack(p, page), limit)
				if err != nil || !bytes.Equal(got, page) {
					t.Fatalf("%s, seed %d, page %d of %d bytes: %v", name, seed, i, len(page), err)
				}
			}
		}
	}
}

func TestLongShapesAreKnownAgain(t *testing.T) {
	t.Parallel()
	p, u := columns.NewPacker(columns.Uploads()), columns.NewUnpacker(columns.Uploads())
	for i, page := range families(3, 100) {
		if got, err := u.Unpack(pack(p, page), limit); err != nil || !bytes.Equal(got, page) {
			t.Fatalf("page %d of 100 families: %v", i, err)
		}
	}
}

func TestWhatIsNotMinimalGoesThroughAsItIs(t *testing.T) {
	t.Parallel()
	for name, page := range map[string][]byte{
		"no message": []byte("\xff\xff\xff"), "long varint": {0x08, 0x81, 0x00}, "group": {0x0b, 0x0c}, "cut": {0x0a, 0x05, 0x01}, "field 0": {0x00, 0x00},
	} {
		p, u := columns.NewPacker(columns.Uploads()), columns.NewUnpacker(columns.Uploads())
		packed := pack(p, page)
		if got, err := u.Unpack(packed, limit); err != nil || !bytes.Equal(got, page) || packed[0] != 0 {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

// families are pages of new families, as a generator of changes makes them.
func families(pages, each int) [][]byte {
	f := filler{rand.New(rand.NewPCG(1, 1))}
	var out [][]byte
	counter := uint64(0)
	next := func() []byte {
		counter++
		id := merge.NewID(7, 9, counter)
		return id[:]
	}
	for range pages {
		page := &ksv1.UploadPage{}
		for i := range each {
			c := &ksv1.Change{Stamp: &ksv1.Stamp{TimeMs: 1779000000000 + counter*9e4, Device: 7, Incarnation: 9}, Author: 3, Village: 4, FamilyId: next()}
			for m := range 4 {
				born := fmt.Sprintf("%d-%02d-%02d", 1960+f.IntN(60), 1+f.IntN(12), 1+f.IntN(28))
				member := &ksv1.Member{
					Name: proto.String(fmt.Sprint("Nama", f.IntN(60), " Keluarga", f.IntN(40))), Sex: ksv1.Sex(1 + m%2).Enum(), BirthDate: &born,
					Nik: proto.Uint64(3204050000000000 + uint64(i)),
				}
				fields, err := proto.MarshalOptions{Deterministic: true}.Marshal(member)
				if err != nil {
					panic(err)
				}
				c.Writes = append(c.Writes, &ksv1.Write{Kind: ksv1.RecordKind_RECORD_KIND_MEMBER, MemberId: next(), Fields: fields})
			}
			c.Id = next()
			page.Changes = append(page.Changes, c)
		}
		data, err := proto.MarshalOptions{Deterministic: true}.Marshal(page)
		if err != nil {
			panic(err)
		}
		out = append(out, data)
	}
	return out
}

func TestNewFamiliesTakeAFractionOfTheirBytes(t *testing.T) {
	t.Parallel()
	p := columns.NewPacker(columns.Uploads())
	for i, page := range families(3, 80) {
		if packed := pack(p, page); len(packed)*5 > len(page) {
			t.Errorf("page %d: %d of %d bytes", i, len(packed), len(page))
		}
	}
}

// TestTheFormIsFrozen reads pages that were packed when the form was made: it is
// on the wire between versions. Each line is a page and its packed form, in
// base64, in the order of one session.
func TestTheFormIsFrozen(t *testing.T) {
	t.Parallel()
	for name, d := range directions {
		golden, err := os.ReadFile("testdata/" + name + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		u := columns.NewUnpacker(d.schema())
		for i, line := range strings.Fields(string(golden)) {
			page, packed, _ := strings.Cut(line, ",")
			got, err := u.Unpack(decode(t, packed), limit)
			if err != nil || !bytes.Equal(got, decode(t, page)) {
				t.Fatalf("%s, page %d: %v", name, i, err)
			}
		}
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(out) == 0 {
		t.Fatalf("%d bytes: %v", len(out), err)
	}
	return out
}

func TestDamageIsAnErrorOrStaysWithinTheLimit(t *testing.T) {
	t.Parallel()
	p := columns.NewPacker(columns.Uploads())
	packed := pack(p, families(1, 20)[0])
	rng := rand.New(rand.NewPCG(3, 3))
	for range 20_000 {
		bad := bytes.Clone(packed)
		for range 1 + rng.IntN(3) {
			bad[rng.IntN(len(bad))] = byte(rng.IntN(256))
		}
		checkUnpack(t, bad[:len(bad)-rng.IntN(2)*rng.IntN(len(bad))])
	}
}

func checkUnpack(t *testing.T, data []byte) {
	t.Helper()
	for _, d := range directions {
		u := columns.NewUnpacker(d.schema())
		for range 2 {
			out, err := u.Unpack(data, limit)
			if err != nil && !errors.Is(err, columns.ErrMalformed) || len(out) > limit {
				t.Fatalf("%d bytes, %v", len(out), err)
			}
		}
	}
}

func FuzzUnpack(f *testing.F) {
	p := columns.NewPacker(columns.Uploads())
	for _, page := range families(2, 30) {
		f.Add(pack(p, page))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkUnpack(t, data) })
}

func FuzzPack(f *testing.F) {
	for _, page := range families(2, 3) {
		f.Add(page)
	}
	f.Add(protowire.AppendTag(nil, 1, protowire.StartGroupType))
	f.Fuzz(func(t *testing.T, page []byte) {
		for _, d := range directions {
			p, u := columns.NewPacker(d.schema()), columns.NewUnpacker(d.schema())
			for range 2 {
				got, err := u.Unpack(pack(p, page), len(page))
				if err != nil || !bytes.Equal(got, page) {
					t.Fatalf("%x: %v", page, err)
				}
			}
		}
	})
}

func BenchmarkPages(b *testing.B) {
	const each = 80
	pages := families(2, each)
	perFamily := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/each, "ns/family")
	}
	b.Run("pack", func(b *testing.B) {
		p := columns.NewPacker(columns.Uploads())
		for b.Loop() {
			p.Pack(pages[1])
		}
		perFamily(b)
	})
	b.Run("unpack", func(b *testing.B) {
		p, u := columns.NewPacker(columns.Uploads()), columns.NewUnpacker(columns.Uploads())
		if _, err := u.Unpack(pack(p, pages[1]), limit); err != nil {
			b.Fatal(err)
		}
		again := pack(p, pages[1])
		for b.Loop() {
			if _, err := u.Unpack(again, limit); err != nil {
				b.Fatal(err)
			}
		}
		perFamily(b)
	})
}
