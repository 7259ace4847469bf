package merge

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

var testFamily = NewID(7, 1, 1)

// replica is a device as far as merge is concerned.
type replica struct {
	state   State
	clock   Clock
	counter uint64
	wall    uint64
}

func newReplica(device uint32) *replica {
	return &replica{state: State{Family: testFamily}, clock: Clock{Device: device, Incarnation: device * 10}, wall: 1000}
}

// save makes a change and joins it, as the SDK does.
func (r *replica) save(t testing.TB, edits ...RecordEdit) *ksv1.Change {
	t.Helper()
	r.clock.Observe(r.state.HighestStamp())
	c, differs, err := NewChange(&r.state, r.clock.Next(r.wall), edits)
	if err != nil {
		t.Fatal(err)
	}
	if !differs {
		return nil
	}
	r.counter++
	id := NewID(r.clock.Device, r.clock.Incarnation, r.counter)
	c.Id, c.Village, c.Author = id[:], 1, r.clock.Device
	r.receive(t, c)
	return c
}

func (r *replica) receive(t testing.TB, c *ksv1.Change) {
	t.Helper()
	delta, err := FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	r.state = Join(r.state, delta)
}

func familyEdit(f *ksv1.Family, clear ...protowire.Number) RecordEdit {
	return RecordEdit{Key: Key{Kind: KindFamily}, Set: f, Clear: clear}
}

func address(text string) RecordEdit { return familyEdit(&ksv1.Family{Address: proto.String(text)}) }

func shownAddress(t testing.TB, s *State) string {
	t.Helper()
	h, err := View(s)
	if err != nil {
		t.Fatal(err)
	}
	return h.GetFamily().GetAddress()
}

func TestDifferentFieldsAreBothKept(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	ca := a.save(t, address("Jl. Melati 1"))
	cb := b.save(t, familyEdit(&ksv1.Family{HeadName: proto.String("Budi")}))
	a.receive(t, cb)
	b.receive(t, ca)
	if !bytes.Equal(a.state.Encode(nil), b.state.Encode(nil)) {
		t.Fatal("replicas differ")
	}
	h, _ := View(&a.state)
	if h.Family.GetAddress() != "Jl. Melati 1" || h.Family.GetHeadName() != "Budi" {
		t.Fatalf("lost a field: %v", h.Family)
	}
	if c := Conflicts(&a.state); len(c) != 0 {
		t.Fatalf("conflict where there is none: %v", c)
	}
}

func TestSameFieldShowsNewerAndKeepsOther(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	b.wall = 2000
	ca, cb := a.save(t, address("old")), b.save(t, address("new"))
	a.receive(t, cb)
	b.receive(t, ca)
	for _, r := range []*replica{a, b} {
		if got := shownAddress(t, &r.state); got != "new" {
			t.Fatalf("shows %q", got)
		}
		c := Conflicts(&r.state)
		if len(c) != 1 || len(c[0].Values) != 2 || c[0].Values[1].Author != 1 || c[0].Values[1].Stamp.TimeMS != 1000 {
			t.Fatalf("conflict = %+v", c)
		}
	}
	resolution := a.save(t, address("old"))
	b.receive(t, resolution)
	if len(Conflicts(&b.state)) != 0 || shownAddress(t, &b.state) != "old" {
		t.Fatal("a write that has seen both does not settle the conflict")
	}
}

func TestEqualValuesWrittenUnseenAreNoConflict(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	ca, cb := a.save(t, address("same")), b.save(t, address("same"))
	a.receive(t, cb)
	b.receive(t, ca)
	if len(Conflicts(&a.state)) != 0 {
		t.Fatal("agreement shown as conflict")
	}
	if !bytes.Equal(a.state.Encode(nil), b.state.Encode(nil)) {
		t.Fatal("replicas differ")
	}
}

func TestClearingIsAWriteLikeAnyOther(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	first := a.save(t, address("x"))
	b.receive(t, first)
	b.wall = 3000
	cleared := b.save(t, familyEdit(nil, 4))
	kept := a.save(t, address("y"))
	a.receive(t, cleared)
	b.receive(t, kept)
	if got := shownAddress(t, &a.state); got != "" {
		t.Fatalf("shows %q, want cleared", got)
	}
	if len(Conflicts(&a.state)) != 1 {
		t.Fatal("the other value is lost")
	}
	again, err := Decode(a.state.Encode(nil))
	if err != nil || !bytes.Equal(again.Encode(nil), b.state.Encode(nil)) {
		t.Fatalf("decode: %v", err)
	}
}

func TestRemovedMemberEditedElsewhereStaysRemovedAndKeepsTheEdit(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	member := NewID(1, 10, 99)
	key := Key{Kind: KindMember, Member: member}
	b.receive(t, a.save(t, RecordEdit{Key: key, Set: &ksv1.Member{Name: proto.String("Siti")}}))
	removal := &ksv1.Member{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-05-01", Seen: SeenOf(&a.state, member),
	}}
	b.wall = 900 // The edit's clock is behind: it must be seen all the same.
	cb := b.save(t, RecordEdit{Key: key, Set: &ksv1.Member{Name: proto.String("Siti Aminah")}})
	ca := a.save(t, RecordEdit{Key: key, Set: removal})
	a.receive(t, cb)
	b.receive(t, ca)
	h, _ := View(&a.state)
	if m := h.Members[0].Member; m.GetRemoval() == nil || m.GetName() != "Siti Aminah" {
		t.Fatalf("member = %v", m)
	}
	c := Conflicts(&b.state)
	if len(c) != 1 || c[0].Removal == nil || c[0].Field != 1 {
		t.Fatalf("conflicts = %+v", c)
	}
	for field, want := range map[protowire.Number]bool{1: true, memberRemovalField: true, 2: false} {
		if Settles(&b.state, key, field) != want {
			t.Errorf("field %d settles the conflict: %t", field, !want)
		}
	}
	removal.Removal.Seen = SeenOf(&b.state, member)
	b.save(t, RecordEdit{Key: key, Set: removal, Rewrite: []protowire.Number{memberRemovalField}})
	if len(Conflicts(&b.state)) != 0 || Settles(&b.state, key, memberRemovalField) {
		t.Errorf("removed once more, now that the edit is seen: %+v", Conflicts(&b.state))
	}
}

func TestUnknownFieldsSurviveMergeAndCoding(t *testing.T) {
	t.Parallel()
	a := newReplica(1)
	c := a.save(t, address("x"))
	unknown := protowire.AppendVarint(protowire.AppendTag(nil, 4711, protowire.VarintType), 5)
	c2 := proto.Clone(c).(*ksv1.Change)
	c2.Writes[0].Fields = append(append([]byte{}, c.Writes[0].Fields...), unknown...)
	c2.Stamp.Counter += 5
	a.receive(t, c2)
	again, err := Decode(a.state.Encode(nil))
	if err != nil {
		t.Fatal(err)
	}
	h, _ := View(&again)
	if !bytes.Contains(h.Family.ProtoReflect().GetUnknown(), unknown) {
		t.Fatal("the unknown field is lost")
	}
}

// TestAnyOrderAndRepetitionGivesTheSameBytes is the promise of convergence on
// random histories: replicas that saw the same changes, in whatever order,
// repeated or joined first among themselves, hold the same canonical bytes.
func TestAnyOrderAndRepetitionGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		changes := randomHistory(rt, t)
		want := joinAll(t, changes)
		rng := rand.New(rand.NewSource(rapid.Int64().Draw(rt, "shuffle")))
		for range 3 {
			order := append([]*ksv1.Change{}, changes...)
			order = append(order, changes[rng.Intn(len(changes))])
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			cut := rng.Intn(len(order) + 1)
			left, right := joinStates(t, order[:cut]), joinStates(t, order[cut:])
			got := Join(right, left)
			got.Family = testFamily
			if !bytes.Equal(got.Encode(nil), want) {
				rt.Fatalf("order of arrival shows in the state")
			}
		}
		decoded, err := Decode(want)
		if err != nil || !bytes.Equal(decoded.Encode(nil), want) {
			rt.Fatalf("decode: %v", err)
		}
		if self := Join(decoded, decoded); !bytes.Equal(self.Encode(nil), want) {
			rt.Fatal("joining a state with itself changes it")
		}
	})
}

func randomHistory(rt *rapid.T, t *testing.T) []*ksv1.Change {
	replicas := []*replica{newReplica(1), newReplica(2), newReplica(3)}
	var changes []*ksv1.Change
	for i := range rapid.IntRange(1, 14).Draw(rt, "steps") {
		r := replicas[rapid.IntRange(0, 2).Draw(rt, "who")]
		r.wall = uint64(rapid.IntRange(1, 2000).Draw(rt, "wall"))
		if len(changes) > 0 && rapid.Bool().Draw(rt, "hear") {
			r.receive(t, changes[rapid.IntRange(0, len(changes)-1).Draw(rt, "what")])
			continue
		}
		var edit RecordEdit
		switch rapid.IntRange(0, 3).Draw(rt, "edit") {
		case 0:
			edit = address(fmt.Sprint("a", rapid.IntRange(0, 3).Draw(rt, "text")))
		case 1:
			edit = familyEdit(&ksv1.Family{HeadName: proto.String(fmt.Sprint("n", i%3))}, 4)
		case 2:
			edit = RecordEdit{Key: Key{Kind: KindMember, Member: NewID(1, 1, uint64(i%2+1))}, Set: &ksv1.Member{Name: proto.String(fmt.Sprint("m", i))}}
		default:
			edit = RecordEdit{
				Key: Key{Kind: KindIndividual, Record: NewID(1, 1, 50), Member: NewID(1, 1, uint64(i%2+1))},
				Set: &ksv1.Individual{Smokes: ksv1.Answer(1 + i%2).Enum()},
			}
		}
		if c := r.save(t, edit); c != nil {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		changes = append(changes, replicas[0].save(t, address("only")))
	}
	return changes
}

func joinStates(t testing.TB, changes []*ksv1.Change) State {
	t.Helper()
	r := newReplica(9)
	for _, c := range changes {
		r.receive(t, c)
	}
	return r.state
}

func joinAll(t testing.TB, changes []*ksv1.Change) []byte {
	s := joinStates(t, changes)
	return s.Encode(nil)
}

func BenchmarkJoinAndEncode(b *testing.B) {
	r := newReplica(1)
	for m := range 4 {
		id := NewID(1, 10, uint64(m+10))
		r.save(b, RecordEdit{Key: Key{Kind: KindMember, Member: id}, Set: &ksv1.Member{Name: proto.String("Siti Aminah"), BirthDate: proto.String("1990-01-02")}})
	}
	data := r.state.Encode(nil)
	delta, _ := FromChange(newReplica(2).save(b, address("new")))
	b.ReportAllocs()
	for b.Loop() {
		s, _ := Decode(data)
		s = Join(s, delta)
		data2 := s.Encode(nil)
		_ = data2
	}
}

func TestAWithdrawnRoundHasNoConflicts(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	round := Key{Kind: KindRound, Record: NewID(1, 1, 1)}
	answer := func(yes ksv1.Answer) RecordEdit {
		return RecordEdit{Key: round, Set: &ksv1.Round{CleanWater: yes.Enum()}}
	}
	ca, cb := a.save(t, answer(ksv1.Answer_ANSWER_YA)), b.save(t, answer(ksv1.Answer_ANSWER_TIDAK))
	a.receive(t, cb)
	b.receive(t, ca)
	if n := len(Conflicts(&a.state)); n != 1 {
		t.Fatalf("two answers: %d conflicts", n)
	}
	b.receive(t, a.save(t, RecordEdit{Key: round, Set: &ksv1.Round{Withdrawal: &ksv1.Withdrawal{}}}))
	for _, r := range []*replica{a, b} {
		if c := Conflicts(&r.state); len(c) != 0 {
			t.Errorf("of a round that is shown to nobody: %+v", c)
		}
		if Settles(&r.state, round, 3) || Settles(&r.state, round, roundWithdrawalField) {
			t.Error("it is to be settled")
		}
		if len(r.state.Record(round).Register(3).Values) != 2 {
			t.Error("an answer is lost")
		}
	}
}
