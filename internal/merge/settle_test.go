package merge

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

var siti = Key{Kind: KindMember, Member: NewID(1, 10, 99)}

func called(name string) RecordEdit {
	return RecordEdit{Key: siti, Set: &ksv1.Member{Name: proto.String(name)}}
}

func diedUnseen(s *State) RecordEdit {
	return RecordEdit{Key: siti, Set: &ksv1.Member{Removal: &ksv1.Removal{Reason: died, Date: "2026-11-01", Seen: SeenOf(s, siti.Member)}}}
}

func closed(s *State) RecordEdit {
	return familyEdit(&ksv1.Family{Removal: &ksv1.Removal{Reason: enteredTwice, KeptId: NewID(1, 1, 2).String(), Seen: SeenOf(s, ID{})}})
}

// apart are two replicas of a family with a member.
func apart(t *testing.T) (a, b *replica) {
	a, b = newReplica(1), newReplica(2)
	b.receive(t, a.save(t, address("Jl. Satu"), called("Siti")))
	return a, b
}

// Somebody's name was corrected and their death told on one device, and the family removed on
// another: both stand against the family's removal, though the member's has seen the name.
func TestADeathThatTheFamilysRemovalHadNotSeenIsAConflict(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	edits := []*ksv1.Change{a.save(t, called("Siti Aminah")), a.save(t, diedUnseen(&a.state))}
	b.save(t, closed(&b.state))
	for _, c := range edits {
		b.receive(t, c)
	}
	c := Conflicts(&b.state)
	if len(c) != 2 || c[0].Field != 1 || c[1].Field != memberRemovalField {
		t.Fatalf("conflicts %+v", c)
	}
	for _, x := range c {
		if x.Key != siti || x.Removal == nil || x.Removal.Stamp.Device != 2 {
			t.Errorf("%v against %+v", x.Key, x.Removal)
		}
	}
	if !CameLate(&b.state) {
		t.Error("they came late")
	}
	// Who removes the family once more has seen all of it.
	b.save(t, closed(&b.state))
	if c := Conflicts(&b.state); len(c) != 0 || CameLate(&b.state) {
		t.Errorf("removed anew: %+v", c)
	}
}

func TestADeathThatTheFamilysRemovalHadSeenIsNoConflict(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	b.receive(t, a.save(t, diedUnseen(&a.state)))
	b.save(t, closed(&b.state))
	if c := Conflicts(&b.state); len(c) != 0 || CameLate(&b.state) {
		t.Errorf("seen: %+v", c)
	}
	// Both in one change, as where a whole family moved away.
	a, b = apart(t)
	b.receive(t, a.save(t, diedUnseen(&a.state), closed(&a.state)))
	if c := Conflicts(&b.state); len(c) != 0 || CameLate(&b.state) {
		t.Errorf("in one change: %+v", c)
	}
}

func TestAnErasureIsNoConflictWithARemoval(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	b.save(t, closed(&b.state))
	b.receive(t, a.save(t, RecordEdit{Key: siti, Set: &ksv1.Member{Removal: &ksv1.Removal{Reason: erased}}}))
	gone := Gone{Members: []ID{siti.Member}}
	mark := b.state.Record(siti).Register(memberRemovalField)
	b.state = Join(gone.From(&b.state), State{Family: testFamily, Records: []Record{{Key: siti, Registers: []Register{*mark}}}})
	if c := Conflicts(&b.state); len(c) != 0 || CameLate(&b.state) {
		t.Errorf("conflicts %+v", c)
	}
}

// keep settles a conflict as its user does, who enters nothing.
func (r *replica) keep(t *testing.T, x Conflict) {
	t.Helper()
	edit := RecordEdit{Key: x.Key, Set: NewRecord(x.Key.Kind), Rewrite: []protowire.Number{x.Field}}
	if err := proto.Unmarshal(x.Values[0].Element, edit.Set); err != nil {
		t.Fatal(err)
	}
	if m, ok := edit.Set.(*ksv1.Member); ok && m.Removal != nil {
		m.Removal.Seen = SeenOf(&r.state, x.Key.Member)
	}
	before := r.state
	change := r.save(t, Settle(&r.state, edit, x.Field)...)
	delta, err := FromChange(change)
	if err != nil || !KeepsOnly(&before, &delta) {
		t.Errorf("who settles enters something: %v, %v", change, err)
	}
}

func TestWhatStandsAgainstARemovalIsSettledOneByOne(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	c := newReplica(3)
	edits := []*ksv1.Change{a.save(t, called("Siti Aminah")), a.save(t, address("Jl. Dua"))}
	c.state = b.state
	c.receive(t, b.save(t, RecordEdit{Key: siti, Set: &ksv1.Member{Removal: &ksv1.Removal{Reason: moved, Seen: SeenOf(&b.state, siti.Member)}}}))
	c.receive(t, b.save(t, closed(&b.state)))
	for _, e := range edits {
		c.receive(t, e)
	}
	for left := 2; left > 0; left-- {
		found := Conflicts(&c.state)
		if len(found) != left {
			t.Fatalf("%d are left: %+v", left, found)
		}
		c.keep(t, found[left-1]) // the name, which both removals have not seen, then the address
	}
	h, err := View(&c.state)
	if err != nil || len(Conflicts(&c.state)) != 0 || h.GetFamily().GetRemoval().GetKeptId() == "" || h.GetFamily().GetAddress() != "Jl. Dua" ||
		reasonOf(h.GetMembers()[0].GetMember()) != moved || h.GetMembers()[0].GetMember().GetName() != "Siti Aminah" {
		t.Errorf("%+v: %v, conflicts %v", h, err, Conflicts(&c.state))
	}
}

// In whatever order, settling one thing hides none that nobody has looked at, and comes to an
// end. Who looks at a member's removal has seen the member.
func TestSettlingHidesNothingElse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 2))
		a, b := apart(t)
		for range 2 + r.IntN(5) {
			by := []*replica{a, b}[r.IntN(2)]
			switch r.IntN(6) {
			case 0:
				by.save(t, called(fmt.Sprint("Siti ", r.IntN(9))))
			case 1:
				by.save(t, address(fmt.Sprint("Jl. ", r.IntN(9))))
			case 2:
				by.save(t, diedUnseen(&by.state))
			case 3:
				by.save(t, closed(&by.state))
			case 4:
				by.save(t, RecordEdit{Key: siti, Set: &ksv1.Member{Number: proto.Uint32(r.Uint32N(9))}})
			case 5:
				by.save(t, RecordEdit{Key: Key{Kind: KindVisit, Record: NewID(1, 1, r.Uint64N(3)+1)}, Set: &ksv1.Visit{Note: proto.String(fmt.Sprint(r.IntN(9)))}})
			}
		}
		c := newReplica(3)
		c.state = Join(a.state, b.state)
		looked, first := []Conflict(nil), Conflicts(&c.state)
		for n := 0; ; n++ {
			found := Conflicts(&c.state)
			if len(found) == 0 {
				break
			}
			if n == 60 {
				t.Fatalf("seed %d: %+v are never settled", seed, found)
			}
			x := found[r.IntN(len(found))]
			c.keep(t, x)
			looked = append(looked, x)
			left := Conflicts(&c.state)
			for _, f := range first {
				is := func(o Conflict) bool { return o.Key == f.Key && o.Field == f.Field }
				seen := isRemoval(x.Key.Kind, x.Field) && (x.Key.Member.IsZero() || x.Key.Member == f.Key.Member)
				if seen {
					looked = append(looked, f)
				}
				if !slices.ContainsFunc(looked, is) && !slices.ContainsFunc(left, is) {
					t.Errorf("seed %d: %v %d settled, and %v %d is gone", seed, x.Key, x.Field, f.Key, f.Field)
				}
			}
		}
	}
}

// Of a removal in conflict nothing is settled along with what stands against it.
func TestARemovalInConflictStaysSo(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	b.receive(t, a.save(t, called("Siti Aminah")))
	other := newReplica(3)
	other.state = b.state
	b.save(t, familyEdit(&ksv1.Family{Removal: &ksv1.Removal{Reason: moved, Seen: []*ksv1.Stamp{{TimeMs: 1, Device: 9}}}}))
	b.receive(t, other.save(t, familyEdit(&ksv1.Family{Removal: &ksv1.Removal{Reason: died, Seen: []*ksv1.Stamp{{TimeMs: 1, Device: 9}}}})))
	if edits := Settle(&b.state, called("Siti Aminah"), 1); len(edits) != 1 {
		t.Errorf("%v", edits)
	}
}

// What a device has seen that writes a removal anew is what was seen before, and its own.
func TestARemovalWrittenAnewHidesNothingThatStoodAgainstIt(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	late := a.save(t, called("Siti Aminah"))
	b.save(t, diedUnseen(&b.state))
	b.receive(t, late)
	of := b.state
	again, err := SeenByOwn(&of, b.save(t, RecordEdit{Key: siti, Set: &ksv1.Member{Number: proto.Uint32(3)}}))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(Conflicts(&b.state)); n != 2 {
		t.Fatalf("%d conflicts: this tests nothing", n)
	}
	b.save(t, again...)
	if c := Conflicts(&b.state); len(c) != 1 || c[0].Field != 1 {
		t.Errorf("said again %+v", c)
	}
	b.save(t, RecordEdit{Key: siti, Set: &ksv1.Member{Removal: &ksv1.Removal{Reason: moved, Seen: SeenAnew(&b.state, siti.Member, 2)}}})
	if c := Conflicts(&b.state); len(c) != 1 || c[0].Field != 1 {
		t.Errorf("another one %+v", c)
	}
}
