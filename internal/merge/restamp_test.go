package merge

import (
	"bytes"
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestTrimContextsKeepsWhatLiesBefore(t *testing.T) {
	stamp := func(ms uint64) *ksv1.Stamp { return &ksv1.Stamp{TimeMs: ms, Device: 2, Incarnation: 9} }
	c := &ksv1.Change{Stamp: stamp(20), Writes: []*ksv1.Write{{Contexts: []*ksv1.FieldContext{
		{Field: 4, Seen: []*ksv1.Stamp{stamp(10), stamp(20), stamp(30)}}, {Field: 5, Seen: []*ksv1.Stamp{stamp(21)}},
	}}}}
	TrimContexts(c)
	contexts := c.GetWrites()[0].GetContexts()
	if len(contexts[0].GetSeen()) != 1 || contexts[0].GetSeen()[0].GetTimeMs() != 10 || len(contexts[1].GetSeen()) != 0 {
		t.Errorf("contexts %v", contexts)
	}
}

// A colleague who went on with a device whose clock lies ahead has seen the former user's
// unsent work, which the server stamps anew by itself.
func TestANewStampForgetsWhatLiesAhead(t *testing.T) {
	const wall, ahead = 1000, 10_000_000
	theirs := &ksv1.Stamp{TimeMs: ahead, Device: 2, Incarnation: 9}
	known := &ksv1.Stamp{TimeMs: wall - 1, Device: 3, Incarnation: 7}
	c := &ksv1.Change{Stamp: &ksv1.Stamp{TimeMs: ahead + 1, Device: 5, Incarnation: 8}, Writes: []*ksv1.Write{{
		Contexts: []*ksv1.FieldContext{{Field: 4, Seen: []*ksv1.Stamp{theirs, known}}},
	}}}
	Restamp([]*ksv1.Change{c}, &Clock{Device: 5, Incarnation: 8}, wall, Stamp{}, nil)
	seen := c.GetWrites()[0].GetContexts()[0].GetSeen()
	if len(seen) != 1 || StampOf(seen[0]) != StampOf(known) || StampOf(c.GetStamp()).Compare(StampOf(known)) <= 0 {
		t.Errorf("stamped %v, having seen %v", c.GetStamp(), seen)
	}
}

// A change that the server took with a stamp a few minutes ahead of its clock,
// and a later one, refused, that has seen it.
func TestRestampStaysBehindWhatTheServerTook(t *testing.T) {
	t.Parallel()
	const wall = 1_000_000
	a := newReplica(1)
	a.wall = wall + 4*60*1000
	taken := a.save(t, address("Jl. 1"))
	a.wall = wall + 6*60*1000
	refused := a.save(t, address("Jl. 2"))
	Restamp([]*ksv1.Change{refused}, &a.clock, wall, Stamp{TimeMS: wall, Device: 1, Incarnation: 10}, nil)
	if StampOf(refused.GetStamp()).Compare(StampOf(taken.GetStamp())) <= 0 {
		t.Errorf("new stamp %v is not after %v, which its author had seen", refused.GetStamp(), taken.GetStamp())
	}
	if _, err := FromChange(refused); err != nil {
		t.Error(err)
	}
}

func TestRestampBringsAClockHomeAndKeepsWhatWasSeen(t *testing.T) {
	t.Parallel()
	a := newReplica(1)
	a.wall = 4_000_000_000_000 // 2096
	c1, c2 := a.save(t, address("one")), a.save(t, address("two"))
	Restamp([]*ksv1.Change{c1, c2}, &a.clock, 5000, Stamp{}, nil)
	s := joinStates(t, []*ksv1.Change{c2, c1})
	if HighestStampIn(c2).TimeMS != 5000 || shownAddress(t, &s) != "two" || len(Conflicts(&s)) != 0 {
		t.Fatalf("after a new stamp: %v, %q, %v", c2.Stamp, shownAddress(t, &s), Conflicts(&s))
	}
}

func TestRenumberedWorkOfACopyKeepsItsLinksAndItsOrder(t *testing.T) {
	t.Parallel()
	a := newReplica(1)
	sent := a.save(t, address("sent"))
	mother, child := NewID(1, 10, 70), NewID(1, 10, 71)
	c1 := a.save(t, address("one"),
		RecordEdit{Key: Key{Kind: KindMember, Member: mother}, Set: &ksv1.Member{Name: proto.String("Ibu")}},
		RecordEdit{Key: Key{Kind: KindMember, Member: child}, Set: &ksv1.Member{MotherId: proto.String(mother.String())}})
	c2 := a.save(t, address("two"))
	created := func(id ID) bool { _, _, n, _ := id.Source(); return n > 1 }
	_, other, _, _ := OtherName(ID(c1.Id), ContentHash(c1)).Source()
	if err := Renumber([]*ksv1.Change{c1, c2}, &Renaming{Source: func(device, _ uint32) (uint32, bool) { return 555, device == 1 }, Created: created}); err != nil {
		t.Fatal(err)
	}
	s := joinStates(t, []*ksv1.Change{c2, sent})
	if len(Conflicts(&s)) != 0 {
		t.Fatal("renumbered work no longer knows what was sent before")
	}
	s = joinStates(t, []*ksv1.Change{c2, c1, sent})
	h, _ := View(&s)
	if shownAddress(t, &s) != "two" || len(Conflicts(&s)) != 0 {
		t.Fatalf("order lost: %q %v", shownAddress(t, &s), Conflicts(&s))
	}
	want := NewID(1, other, 70).String()
	if got := h.Members[1].Member.GetMotherId(); got != want && h.Members[0].Member.GetMotherId() != want {
		t.Fatalf("link = %q, want %q", got, want)
	}
	if ID(sent.Id) == ID(c1.Id) || !bytes.Equal(sent.FamilyId, c1.FamilyId) {
		t.Fatal("ids of sent work were touched")
	}
}

// Devices and servers of all versions must agree.
func TestOtherNamesStayTheSame(t *testing.T) {
	t.Parallel()
	for id, want := range map[ID]string{
		NewID(3, 9, 60): "00000003-648c-8227-8400-00000000003c",
		{1, 2, 3}:       "00000000-8063-852c-a216-b58fd1812f25",
	} {
		if got := OtherName(id, [32]byte{7}).String(); got != want {
			t.Errorf("%s becomes %s, want %s", id, got, want)
		}
	}
}

// What came by a file is stamped anew by the server, for whom each keeps its own source:
// under one, a later change would pass for having seen an earlier one of another.
func TestANewStampOfTheServersKeepsTheSource(t *testing.T) {
	t.Parallel()
	const wall, ahead = 1000, 10_000_000
	first := &ksv1.Change{Stamp: &ksv1.Stamp{TimeMs: ahead, Device: 2, Incarnation: 9}}
	second := &ksv1.Change{Stamp: &ksv1.Stamp{TimeMs: ahead + 1, Device: 2, Incarnation: 10}, Writes: []*ksv1.Write{{
		Contexts: []*ksv1.FieldContext{{Field: 4, Seen: []*ksv1.Stamp{{TimeMs: ahead, Device: 2, Incarnation: 9}}}},
	}}}
	Restamp([]*ksv1.Change{first, second}, &Clock{}, wall, Stamp{}, nil)
	seen := second.GetWrites()[0].GetContexts()[0].GetSeen()
	if first.GetStamp().GetIncarnation() != 9 || second.GetStamp().GetIncarnation() != 10 || len(seen) != 1 || StampOf(seen[0]) != StampOf(first.GetStamp()) ||
		StampOf(second.GetStamp()).Compare(StampOf(first.GetStamp())) <= 0 {
		t.Errorf("stamped %v and %v, which has seen %v", first.GetStamp(), second.GetStamp(), seen)
	}
}

// A removal of renumbered work still says whom to keep, and has seen its own database's work,
// sent and unsent, but nothing that the copy has made meanwhile.
func TestRenumberedRemovalsKnowWhomToKeepAndWhatWasSeen(t *testing.T) {
	t.Parallel()
	a := newReplica(1)
	member, kept := NewID(1, 10, 70), NewID(1, 10, 80)
	of := func(id ID, set *ksv1.Member) RecordEdit {
		return RecordEdit{Key: Key{Kind: KindMember, Member: id}, Set: set}
	}
	sent := a.save(t, of(member, &ksv1.Member{Name: proto.String("Sent"), Number: proto.Uint32(1)}))
	copied := *a
	copied.wall, copied.counter, a.wall = a.wall+5, 500, a.wall+10
	copies := copied.save(t, of(member, &ksv1.Member{Name: proto.String("Of the copy")}))
	unsent := a.save(t, of(member, &ksv1.Member{Number: proto.Uint32(2)}), of(kept, &ksv1.Member{Name: proto.String("Kept")}))
	removal := a.save(t, of(member, &ksv1.Member{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: kept.String(), Seen: SeenOf(&a.state, member),
	}}))
	before, err := Unnamed(KindMember, removal.GetWrites()[0].GetFields())
	if err != nil {
		t.Fatal(err)
	}
	created := func(id ID) bool { return id != member }
	if err := Renumber([]*ksv1.Change{unsent, removal}, &Renaming{Source: func(device, _ uint32) (uint32, bool) { return 555, device == 1 }, Created: created}); err != nil {
		t.Fatal(err)
	}
	if after, err := Unnamed(KindMember, removal.GetWrites()[0].GetFields()); err != nil || !bytes.Equal(before, after) {
		t.Errorf("says %x, said %x: %v", after, before, err)
	}
	s := joinStates(t, []*ksv1.Change{sent, unsent, removal})
	if c := Conflicts(&s); len(c) != 0 {
		t.Errorf("of work that was seen: %v", c)
	}
	h, err := View(&s)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, m := range h.GetMembers() {
		names[m.GetMemberId()] = m.GetMember().GetName()
	}
	for _, m := range h.GetMembers() {
		if r := m.GetMember().GetRemoval(); r != nil && names[r.GetKeptId()] != "Kept" {
			t.Errorf("keeps %s of %v", r.GetKeptId(), names)
		}
	}
	s = joinStates(t, []*ksv1.Change{sent, copies, unsent, removal})
	if c := Conflicts(&s); len(c) != 1 || c[0].Field != 1 || c[0].Removal == nil {
		t.Errorf("with the copy's correction: %v", c)
	}
}

// The server's clock was hours ahead and took a change; what follows it is stamped anew by
// the server's clock, which is right again.
func TestRestampFollowsWhatTheServerHoldsAhead(t *testing.T) {
	t.Parallel()
	const wall, hours = 1_000_000, 3 * 60 * 60 * 1000
	a := newReplica(1)
	a.wall = wall + hours
	taken := a.save(t, address("Jl. 1"))
	held := map[ID]Stamp{a.state.Family: a.state.HighestStamp()}
	a.wall += hours
	first, second := a.save(t, address("Jl. 2")), a.save(t, address("Jl. 3"))
	elsewhere := proto.CloneOf(second)
	elsewhere.FamilyId = bytes.Repeat([]byte{9}, len(ID{}))
	Restamp([]*ksv1.Change{first, second, elsewhere}, &a.clock, wall, Stamp{}, held)
	for i, c := range []*ksv1.Change{first, second} {
		want := Stamp{TimeMS: wall + hours, Counter: StampOf(taken.GetStamp()).Counter + uint32(i) + 1, Device: 1, Incarnation: 10}
		if StampOf(c.GetStamp()) != want {
			t.Errorf("change %d is stamped %v, want %v", i, c.GetStamp(), want)
		}
	}
	if s := joinStates(t, []*ksv1.Change{second, first, taken}); shownAddress(t, &s) != "Jl. 3" || len(Conflicts(&s)) != 0 {
		t.Errorf("shows %q, conflicts %v", shownAddress(t, &s), Conflicts(&s))
	}
	if elsewhere.GetStamp().GetTimeMs() != wall || a.clock.Last.TimeMS != wall {
		t.Errorf("what is of another family is stamped %v, the clock is at %v", elsewhere.GetStamp(), a.clock.Last)
	}
}

func TestStepsGoNoFurtherAhead(t *testing.T) {
	t.Parallel()
	held := Stamp{TimeMS: 5000, Counter: 7, Device: 3, Incarnation: 1}
	full := held
	full.Counter = math.MaxUint32
	for name, c := range map[string]struct {
		held, own, seen Stamp
		want            bool
	}{
		"the step after":            {held, Stamp{TimeMS: 5000, Counter: 8, Device: 1}, held, true},
		"later":                     {held, Stamp{TimeMS: 5001, Device: 1}, held, false},
		"has seen what is not held": {held, Stamp{TimeMS: 5000, Counter: 8, Device: 1}, Stamp{TimeMS: 5001, Device: 3}, false},
		"nothing held":              {Stamp{}, Stamp{TimeMS: 5000, Counter: 8, Device: 1}, held, false},
		"no room in a millisecond":  {full, Stamp{TimeMS: 5001, Device: 1}, full, true},
		"further than that":         {full, Stamp{TimeMS: 5002, Device: 1}, full, false},
	} {
		change := &ksv1.Change{Stamp: c.own.Proto(), Writes: []*ksv1.Write{{Contexts: []*ksv1.FieldContext{{Field: 4, Seen: []*ksv1.Stamp{c.seen.Proto()}}}}}}
		if got := StepsFrom(c.held, change); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAClockStaysHomeWhereItFollowsWhatLiesAhead(t *testing.T) {
	t.Parallel()
	const wall = 1_000_000
	ahead := Stamp{TimeMS: wall + 2*AheadLimitMS, Counter: 4, Device: 9}
	c := Clock{Device: 1, Incarnation: 2}
	if got := c.NextAfter(ahead, wall); got.Compare(ahead) <= 0 || got.TimeMS != ahead.TimeMS || got.Device != 1 {
		t.Errorf("after %v comes %v", ahead, got)
	}
	near := Stamp{TimeMS: wall + AheadLimitMS, Device: 9}
	if got := c.NextAfter(Stamp{}, wall); got.TimeMS != wall {
		t.Errorf("elsewhere it is %v", got)
	}
	if got := c.NextAfter(near, wall); got.Compare(near) <= 0 || c.Last != got {
		t.Errorf("after %v comes %v, the clock is at %v", near, got, c.Last)
	}
}
