package api

import (
	"slices"
	"sync"

	"github.com/keluarga-sehat/sync/internal/fair"
)

// heldMost is how much is held at most: of one asker, and of all together. Beyond inAll, and
// up to twice as much, an asker with fewer than few is still heard, so that a few who hold
// much keep nobody out.
type heldMost struct{ ofOne, inAll, few int }

// held counts what the server holds for askers: users, or whoever comes from an address. Where
// they have enough, their oldest gives way to the next: strangers share an address with many,
// and one who fills what it may have would keep the others out. Of a user it is the oldest of the
// session that has most. Safe for concurrent use.
type held struct {
	most heldMost

	mu  sync.Mutex
	all int                 // guarded by mu
	of  map[string][]*place // oldest first, by asker.whose; guarded by mu; none is empty
}

// place is one thing held.
type place struct {
	session string
	giveWay func()
}

func newHeld(most heldMost) *held { return &held{most: most, of: map[string][]*place{}} }

// begin holds one more for an asker; false: there is no room, and nothing of whose it is to give way.
// giveWay is called, once at most, when it is to go for a newer one, and must not wait. end, which
// may be called again, is to be called when it is gone.
func (h *held) begin(who asker, giveWay func()) (end func(), ok bool) {
	var oldest *place
	defer func() {
		if oldest != nil {
			oldest.giveWay()
		}
	}()
	h.mu.Lock()
	defer h.mu.Unlock()
	whose := who.whose()
	own := h.of[whose]
	if len(own) >= h.most.ofOne || h.all >= 2*h.most.inAll || h.all >= h.most.inAll && len(own) >= h.most.few {
		if len(own) == 0 {
			return nil, false
		}
		at := fair.GivesWay(own, func(p *place) string { return p.session }, who.session)
		oldest = own[at]
		own = slices.Delete(own, at, at+1)
		h.all--
	}
	this := &place{who.session, giveWay}
	h.of[whose] = append(own, this)
	h.all++
	return func() { h.end(whose, this) }, true
}

// end forgets one that has not given way.
func (h *held) end(whose string, p *place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	own := h.of[whose]
	left := slices.DeleteFunc(own, func(o *place) bool { return o == p })
	h.all -= len(own) - len(left)
	if h.of[whose] = left; len(left) == 0 {
		delete(h.of, whose)
	}
}

// count is how many are held of a user's or a subscriber's.
func (h *held) count(whose string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.of[whose])
}
