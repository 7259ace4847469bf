package merge

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// addressOf is the register of the address.
func addressOf(s *State) *Register {
	return s.Record(Key{Kind: KindFamily}).find(4)
}

// A form is open while another of the same device saves, and another device's value comes.
func TestWhoSeesAFamilyHasSeenTheirDevicesWrites(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	b.receive(t, a.save(t, address("Jl. 1")))
	seen := a.state
	own := StampOf(a.save(t, familyEdit(&ksv1.Family{Address: proto.String("Jl. 2"), FamilyNumber: proto.String("7")})).GetStamp())
	a.receive(t, b.save(t, address("Jl. B")))
	got := OwnAsTheyStand(&seen, &a.state, &a.clock)
	before, shown := addressOf(&seen), addressOf(&got)
	if shown.needsWrite(before.Shown().Element) || len(shown.Values) != 1 {
		t.Errorf("another address is shown than was seen: %v", shown.Values)
	}
	if theirs := b.clock.Last; !shown.Context.Covers(own) || shown.Context.Covers(theirs) {
		t.Errorf("seen is %v of %v and %v", shown.Context, own, theirs)
	}
	if number := got.Record(Key{Kind: KindFamily}).find(3); number.needsWrite(nil) || !number.Context.Covers(own) {
		t.Errorf("the family's number, which was not there: %v", number)
	}
}

// What the form had saved was given another stamp; another value came beside it, unseen.
func TestWhoSeesAFamilyKeepsTheirWriteUnderItsNewStamp(t *testing.T) {
	t.Parallel()
	a, b := newReplica(1), newReplica(2)
	b.receive(t, a.save(t, address("Jl. 1")))
	known := a.state
	a.wall += 60 * AheadLimitMS
	c := a.save(t, address("Jl. 2"))
	seen := a.state
	Restamp([]*ksv1.Change{c}, &a.clock, 2000, known.HighestStamp(), nil)
	a.state = known
	a.receive(t, c)
	theirs := b.save(t, address("Jl. B"))
	a.receive(t, theirs)
	got := OwnAsTheyStand(&seen, &a.state, &a.clock)
	g := addressOf(&got)
	if len(g.Values) != 1 || g.Shown().Stamp != StampOf(c.GetStamp()) || g.Context.Covers(StampOf(theirs.GetStamp())) {
		t.Errorf("%v, seen %v", g.Values, g.Context)
	}
	edit, _, err := NewChange(&got, a.clock.Next(3000), []RecordEdit{address("Jl. 3")})
	if err != nil {
		t.Fatal(err)
	}
	a.receive(t, edit)
	if held := addressOf(&a.state); len(held.Values) != 2 {
		t.Errorf("the family holds %v", held.Values)
	}
}
