package merge

import (
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// randomState is of up to so many records, with registers in conflict, cleared ones and
// stamps in no order.
func randomState(r *rand.Rand, records int) State {
	stamps := make([]Stamp, 1+r.IntN(300))
	for i := range stamps {
		stamps[i] = Stamp{TimeMS: 1_700_000_000_000 + r.Uint64N(1<<40), Counter: r.Uint32(), Device: 1 + r.Uint32N(1<<31), Incarnation: r.Uint32()}
	}
	any := func() Stamp { return stamps[r.IntN(len(stamps))] }
	s := State{Family: NewID(1, 1, 1)}
	for range 1 + r.IntN(records) {
		var delta State
		delta.Family = s.Family
		record := Record{Key: Key{Kind: KindMember, Member: NewID(1, 1, 2+r.Uint64N(1<<40))}}
		for field := protowire.Number(1); field < 1+protowire.Number(1+r.IntN(20)); field++ {
			var values Register
			values.Field = field
			for range 1 + r.IntN(3) {
				one := Register{Field: field, Values: []Value{{Stamp: any(), Author: r.Uint32()}}}
				if r.IntN(4) > 0 {
					one.Values[0].Element = protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), make([]byte, r.IntN(200)))
				}
				one.Context = Context{one.Values[0].Stamp}
				if len(values.Values) == 0 {
					values = one
				} else {
					values = joinRegister(&values, &one)
				}
			}
			record.Registers = append(record.Registers, values)
		}
		delta.Records = []Record{record}
		s = Join(s, delta)
	}
	return s
}

// The bound is never below what the canonical form takes, which opens again.
func TestTheBoundOfAStateHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		s := randomState(r, 40)
		data := s.Encode(nil)
		if len(data) > s.MostBytes() {
			t.Fatalf("%d bytes, bound %d", len(data), s.MostBytes())
		}
		again, err := Decode(data)
		if err != nil {
			t.Fatalf("%d stamps: %v", len(s.stampTable()), err)
		}
		if string(again.Encode(nil)) != string(data) {
			t.Fatal("encodes otherwise once decoded")
		}
	}
}

// A family may take all of its bytes or records, not one more.
func TestAFamilyMayTakeItsBytesAndRecords(t *testing.T) {
	stamp, room := Stamp{TimeMS: 1, Device: 1}, RoomForRecords
	of := func(records, element int) *State {
		s := &State{Family: NewID(1, 1, 1)}
		for n := range records {
			s.Records = append(s.Records, Record{Key: Key{Kind: KindMember, Member: NewID(1, 1, uint64(2+n))}, Registers: []Register{{
				Field: 1, Values: []Value{{Stamp: stamp, Author: 1, Element: protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), make([]byte, element))}},
				Context: Context{stamp},
			}}})
		}
		return s
	}
	if !of(room.Records, 1).Fits(room) || of(room.Records+1, 1).Fits(room) {
		t.Error("records are not bounded by the room for them")
	}
	head := len(of(1, room.Bytes-1000).Encode(nil)) - room.Bytes + 1000
	if !of(1, room.Bytes-head).Fits(room) || of(1, room.Bytes-head+1).Fits(room) {
		t.Error("bytes are not bounded by the room for them")
	}
}
