package merge

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What imports keep for themselves is read by the next import and shown to nobody, and goes with
// whom it may be about.
func TestWhatImportsKeepIsShownToNobody(t *testing.T) {
	t.Parallel()
	family, person := NewID(1, 1, 1), NewID(1, 1, 2)
	years := &ksv1.SourceYears{Years: []*ksv1.SourceYear{{RoundId: family[:], Said: []byte{0x4a, 1, 'B'}, Silent: []uint32{4}}}}
	ofFamily, ofPerson := Key{Kind: KindFamily}, Key{Kind: KindMember, Member: person}
	state := func(edits ...RecordEdit) State {
		s := State{Family: family}
		for n, e := range edits {
			c, _, err := NewChange(&State{Family: family}, Stamp{TimeMS: uint64(1 + n), Device: uint32(1 + n)}, []RecordEdit{e})
			if err != nil {
				t.Fatal(err)
			}
			delta, err := FromChange(c)
			if err != nil {
				t.Fatal(err)
			}
			s = Join(s, delta)
		}
		return s
	}
	removal := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Seen: []*ksv1.Stamp{{TimeMs: 1, Device: 7}}}
	before := state(RecordEdit{Key: ofFamily, Set: &ksv1.Family{HeadName: proto.String("A"), Removal: removal}}, RecordEdit{Key: ofPerson, Set: &ksv1.Member{Removal: removal}})
	after := before
	for _, key := range []Key{ofFamily, ofPerson} {
		set := NewRecord(key.Kind)
		SetSourceYears(set, years)
		c, _, err := NewChange(&after, Stamp{TimeMS: 9, Device: 3}, []RecordEdit{{Key: key, Set: set}})
		if err != nil {
			t.Fatal(err)
		}
		delta, err := FromChange(c)
		if err != nil {
			t.Fatal(err)
		}
		after = Join(after, delta)
		if !proto.Equal(SourceYearsOf(&after, key), years) {
			t.Errorf("%s keeps %v", key.Kind, SourceYearsOf(&after, key))
		}
	}
	h, err := View(&after)
	if err != nil || h.GetFamily().GetSourceYears() != nil || h.GetMembers()[0].GetMember().GetSourceYears() != nil {
		t.Errorf("%v: shown: %v", err, h)
	}
	if g, err := Look(after.Encode(nil)); err != nil || g.Household.GetFamily().GetSourceYears() != nil {
		t.Errorf("%v: shown at a glance: %v", err, g.Household)
	}
	if d := Differences(&before, &after); len(d) > 0 {
		t.Errorf("told as differences: %v", d)
	}
	if was, is := Conflicts(&before), Conflicts(&after); len(is) != len(was) {
		t.Errorf("%d conflicts, %d before", len(is), len(was))
	}
	gone := &Gone{Members: []ID{person}}
	if left := gone.From(&after); SourceYearsOf(&left, ofFamily) != nil || left.Record(ofPerson) != nil {
		t.Errorf("left of an erased member: %v", left)
	}
	set := &ksv1.Family{HeadName: proto.String("A"), SourceYears: years}
	c, _, err := NewChange(&State{Family: family}, Stamp{TimeMS: 9, Device: 3}, []RecordEdit{{Key: ofFamily, Set: set}})
	if err != nil {
		t.Fatal(err)
	}
	if stripped, err := gone.Strip(c); err != nil || !stripped || len(c.GetWrites()) != 1 {
		t.Fatalf("%v, stripped: %t, %v", err, stripped, c)
	}
	kept := &ksv1.Family{}
	if err := proto.Unmarshal(c.GetWrites()[0].GetFields(), kept); err != nil || kept.GetSourceYears() != nil || kept.GetHeadName() != "A" {
		t.Errorf("%v: left in a change: %v", err, kept)
	}
}
