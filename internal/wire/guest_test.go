package wire

import (
	"net"
	"testing"
)

func TestTheOldestStrangersConnectionGivesWayAndNoUsers(t *testing.T) {
	t.Parallel()
	s := splitOf(splitLimits{perAddress: 99, connections: 99, openFromOneAddress: 3, ofOneUser: 2})
	enter := func() *guest {
		t.Helper()
		conn, other := net.Pipe()
		t.Cleanup(func() { conn.Close(); other.Close() })
		return s.enter(from{conn, "192.0.2.7"})
	}
	own := enter()
	Own(own, "7 on 1", "a")
	first, second := enter(), enter()
	third := enter()
	if third == nil || own.gone || !first.gone || second.gone || s.openAll != 3 {
		t.Fatalf("%d are open", s.openAll)
	}
	if !Owned(own) || Owned(second) {
		t.Error("it is not told whose a connection is")
	}
	// A user's third is a stranger's.
	Own(second, "7 on 1", "a")
	Own(third, "7 on 1", "a")
	if next := enter(); next == nil || !third.gone || second.gone {
		t.Fatal("what a user has beyond their own does not give way")
	}
	fill := enter()
	Own(fill, "8 on 2", "a")
	if enter() != nil {
		t.Error("where all are users' one more is let in")
	}
	for _, g := range []*guest{own, first, second, third, fill, fill} {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
	if s.openAll+s.underWayAll+len(s.open)+len(s.owned)+len(s.strangers)+len(s.underWay) != 0 {
		t.Errorf("counted still: %v %v %v %v", s.open, s.owned, s.strangers, s.underWay)
	}
}

// A thief has a token whose session has ended: connections under it take nothing of the user's.
func TestASessionsConnectionsTakeNoneOfItsUsersOthers(t *testing.T) {
	t.Parallel()
	s := splitOf(splitLimits{perAddress: 99, connections: 99, openFromOneAddress: 99, ofOneUser: 3})
	own := func(session string) *guest {
		t.Helper()
		conn, other := net.Pipe()
		t.Cleanup(func() { conn.Close(); other.Close() })
		g := s.enter(from{conn, "192.0.2.7"})
		Own(g, "7 on 1", session)
		return g
	}
	first := own("ended")
	for range 5 {
		own("ended")
	}
	if next := own("live"); !Owned(next) || Owned(first) || len(s.owned["7 on 1"]) != 3 {
		t.Errorf("%d are the user's", len(s.owned["7 on 1"]))
	}
	if again := own("ended"); Owned(again) {
		t.Error("the session that has most has one more")
	}
}

// A connection that is its user's no more is no newcomer: whoever has been there for less time stays.
func TestWhatIsBeyondAUsersOwnGivesWayByItsAge(t *testing.T) {
	t.Parallel()
	s := splitOf(splitLimits{perAddress: 99, connections: 99, openFromOneAddress: 4, ofOneUser: 2})
	enter := func() *guest {
		t.Helper()
		conn, other := net.Pipe()
		t.Cleanup(func() { conn.Close(); other.Close() })
		return s.enter(from{conn, "192.0.2.7"})
	}
	first, second := enter(), enter()
	Own(first, "7 on 1", "ended")
	Own(second, "7 on 1", "ended")
	stranger, live := enter(), enter()
	Own(live, "7 on 1", "live")
	if next := enter(); next == nil || stranger.gone || !first.gone {
		t.Errorf("gone: the stranger's %t, the older one %t", stranger.gone, first.gone)
	}
}
