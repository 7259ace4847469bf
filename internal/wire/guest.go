package wire

import (
	"cmp"
	"crypto/tls"
	"net"
	"slices"

	"github.com/keluarga-sehat/sync/internal/fair"
)

// guest is a connection that a Split let in: a stranger's, until somebody has shown on it whose
// it is.
type guest struct {
	net.Conn
	split *Split
	whose string // by Subscriber
	// number is greater the later it came.
	number uint64

	// All guarded by split.mu. underWay: not yet handed over. owner: the user whose it is; "": a
	// stranger's. session: the owner's.
	underWay, gone bool
	owner, session string
}

// Close closes it.
func (g *guest) Close() error {
	g.split.mu.Lock()
	g.split.forget(g)
	g.split.mu.Unlock()
	return g.Conn.Close()
}

// guestOf is the guest that a connection from a Split is; nil: none.
func guestOf(conn net.Conn) *guest {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	g, _ := conn.(*guest)
	return g
}

// Owned tells whether somebody has shown whose a connection from a Split is.
func Owned(conn net.Conn) bool {
	g := guestOf(conn)
	if g == nil {
		return true
	}
	g.split.mu.Lock()
	defer g.split.mu.Unlock()
	return g.owner != ""
}

// Own tells that a connection from a Split is a user's, so that it gives way to no other one. Of
// those that the user has beyond maxConnectionsPerUser one is a stranger's: of the session that
// has most.
func Own(conn net.Conn, user, session string) {
	g := guestOf(conn)
	if g == nil {
		return
	}
	s := g.split
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.owner != "" || g.gone {
		return
	}
	if own := s.owned[user]; len(own) >= s.limits.ofOneUser {
		beyond := own[fair.GivesWay(own, func(o *guest) string { return o.session }, session)]
		if beyond.session == session {
			return
		}
		without(s.owned, user, beyond)
		beyond.owner, beyond.session = "", ""
		s.stranger(beyond)
	}
	without(s.strangers, g.whose, g)
	g.owner, g.session = user, session
	s.owned[user] = append(s.owned[user], g)
}

// enter counts a connection under whose it is. Where they have enough, the stranger's goes for it
// that has been there longest; nil: there is none.
func (s *Split) enter(conn net.Conn) *guest {
	g := &guest{Conn: conn, split: s, underWay: true}
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		g.whose = Subscriber(tcp.AddrPort().Addr().Unmap().String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	shaking := s.underWay[g.whose] >= s.limits.perAddress
	if shaking || s.openAll >= s.limits.connections || s.open[g.whose] >= s.limits.openFromOneAddress {
		strangers := s.strangers[g.whose]
		i := slices.IndexFunc(strangers, func(o *guest) bool { return o.underWay || !shaking })
		if i < 0 {
			return nil
		}
		oldest := strangers[i]
		s.forget(oldest)
		_ = oldest.Conn.Close() // TCP's, which waits for nothing
	}
	s.entered++
	g.number = s.entered
	s.stranger(g)
	s.underWay[g.whose]++
	s.open[g.whose]++
	s.openAll++
	s.underWayAll++
	if s.underWayAll >= pressureHandshakes && !s.pressed {
		s.press(true)
	}
	return g
}

// leave forgets that a connection was under way.
func (s *Split) leave(g *guest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handedOver(g)
}

// handedOver is leave; the lock is held.
func (s *Split) handedOver(g *guest) {
	if !g.underWay {
		return
	}
	g.underWay = false
	lessOne(s.underWay, g.whose)
	if s.underWayAll--; s.underWayAll <= pressureHandshakes/2 && s.pressed {
		s.press(false)
	}
}

// forget forgets a connection; the lock is held.
func (s *Split) forget(g *guest) {
	s.handedOver(g)
	if g.gone {
		return
	}
	g.gone = true
	s.openAll--
	lessOne(s.open, g.whose)
	if g.owner == "" {
		without(s.strangers, g.whose, g)
		return
	}
	without(s.owned, g.owner, g)
}

// stranger puts a connection among the strangers' by its age; the lock is held.
func (s *Split) stranger(g *guest) {
	all := s.strangers[g.whose]
	at, _ := slices.BinarySearchFunc(all, g.number, func(o *guest, number uint64) int { return cmp.Compare(o.number, number) })
	s.strangers[g.whose] = slices.Insert(all, at, g)
}

// without takes a connection out of somebody's.
func without(of map[string][]*guest, whose string, g *guest) {
	left := slices.DeleteFunc(of[whose], func(o *guest) bool { return o == g })
	if of[whose] = left; len(left) == 0 {
		delete(of, whose)
	}
}

func lessOne(of map[string]int, whose string) {
	if of[whose]--; of[whose] == 0 {
		delete(of, whose)
	}
}
