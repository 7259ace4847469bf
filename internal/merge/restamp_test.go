package merge

import (
	"testing"

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
	Restamp([]*ksv1.Change{c}, &Clock{Device: 5, Incarnation: 8}, wall, Stamp{})
	seen := c.GetWrites()[0].GetContexts()[0].GetSeen()
	if len(seen) != 1 || StampOf(seen[0]) != StampOf(known) || StampOf(c.GetStamp()).Compare(StampOf(known)) <= 0 {
		t.Errorf("stamped %v, having seen %v", c.GetStamp(), seen)
	}
}
