package ingest_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/unraced"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A family is stored with each stamp once, in order, and with indices of them. One small
// change whose stamps come before all others lengthens every index by a byte: it waits where
// that would carry the family, near its bound, to almost twice as much.
func TestLongerIndicesDoNotCarryAFamilyBeyondItsRoom(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	const stamps = 127 // so many have an index of a byte
	from := func(timeMS uint64, device uint32) (list []*ksv1.Stamp) {
		for i := range uint32(stamps) {
			list = append(list, merge.Stamp{TimeMS: timeMS, Device: device + i}.Proto())
		}
		return list
	}
	core, village := newCore(t)
	l := newLife(village)
	field := uint32(1000)
	join := func(fields int, seen []*ksv1.Stamp) *ksv1.Change {
		l.next++
		id, member := merge.NewID(1, 1, l.next), merge.NewID(2, 1, 1)
		w := &ksv1.Write{Kind: merge.KindMember, MemberId: member[:]}
		for range fields {
			field++
			w.Cleared, w.Contexts = append(w.Cleared, field), append(w.Contexts, &ksv1.FieldContext{Field: field, Seen: seen})
		}
		c := &ksv1.Change{
			Id: id[:], Village: village, Author: 1, FamilyId: l.state.Family[:], Stamp: l.clock.Next(l.clock.Last.TimeMS + 1).Proto(), Writes: []*ksv1.Write{w},
		}
		d, err := merge.FromChange(c)
		if err != nil {
			t.Fatal(err)
		}
		l.state = merge.Join(l.state, d)
		return c
	}
	changes := []*ksv1.Change{l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})}
	late, early := from(100, 1000), from(1, 2000)
	for len(changes) < 41 { // of 13 KiB each, and ten times as much while they are sent
		changes = append(changes, join(92, late))
	}
	if applied, _ := commitEach(t, core, village, changes, len(changes)); applied != len(changes) {
		t.Fatalf("%d of %d applied", applied, len(changes))
	}
	before := len(l.state.Encode(nil))
	applied, waits := commitEach(t, core, village, []*ksv1.Change{join(1, early)}, 1)
	if after := len(l.state.Encode(nil)); before > merge.RoomForEdits.Bytes || after < merge.RoomForEdits.Bytes*3/2 {
		t.Fatalf("it grows from %d bytes to %d only", before, after)
	}
	if applied != 0 || len(waits) != 1 {
		t.Errorf("%d applied, %d wait", applied, len(waits))
	}
	checkItCanBeSent(t, core, village)
}
