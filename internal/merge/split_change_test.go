package merge

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A large change in parts leaves what it would have left whole, whether its records are
// many or one of them is large.
func TestASplitChangeSaysWhatTheWholeOneSays(t *testing.T) {
	t.Parallel()
	const familyNumber = 3 // Family.family_number
	family := NewID(3, 1, 1)
	seen := State{Family: family}
	long := func(n int) *string { return proto.String(strings.Repeat("x", n)) }
	first, _, err := NewChange(&seen, Stamp{TimeMS: 1, Device: 3, Incarnation: 1}, []RecordEdit{{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi"), Address: long(3_000), FamilyNumber: proto.String("1")}}})
	if err != nil {
		t.Fatal(err)
	}
	if seen, err = FromChange(first); err != nil {
		t.Fatal(err)
	}
	edits := []RecordEdit{{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{HeadName: long(4_000), Address: long(4_000), BuildingNumber: long(4_000)}, Clear: []protowire.Number{familyNumber}}}
	for n := range 40 {
		edits = append(edits, RecordEdit{Key: Key{Kind: KindVisit, Record: NewID(3, 1, uint64(2+n))}, Set: &ksv1.Visit{Note: long(100 * n)}})
	}
	whole, _, err := NewChange(&seen, Stamp{TimeMS: 2, Device: 3, Incarnation: 1}, edits)
	if err != nil {
		t.Fatal(err)
	}
	want, err := FromChange(whole)
	if err != nil {
		t.Fatal(err)
	}
	const limit = 10_000
	parts, err := SplitChange(whole, limit)
	if err != nil || len(parts) < 8 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	got := seen
	for _, part := range parts {
		if size := proto.Size(part); size > limit {
			t.Errorf("a part of %d bytes", size)
		}
		delta, err := FromChange(part)
		if err != nil {
			t.Fatal(err)
		}
		got = Join(got, delta)
	}
	if want = Join(seen, want); !bytes.Equal(got.Encode(nil), want.Encode(nil)) {
		t.Error("the parts leave another state than the whole")
	}
	if same, err := SplitChange(first, limit); err != nil || len(same) != 1 || same[0] != first {
		t.Errorf("one that fits was divided: %d, %v", len(same), err)
	}
}
