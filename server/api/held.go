package api

import (
	"slices"
	"sync"
)

// heldMost is how much is held at most: of one sender, and of all together. Beyond inAll, and
// up to twice as much, a sender with fewer than few is still heard, so that a few who hold
// much keep nobody out.
type heldMost struct{ ofOne, inAll, few int }

// held counts what the server holds for senders: users, or whoever comes from an address. Where
// a sender has enough, their oldest gives way to the next: strangers share an address with many,
// and one who fills what it may have would keep the others out. Safe for concurrent use.
type held struct {
	most heldMost

	mu  sync.Mutex
	all int                 // guarded by mu
	of  map[string][]*place // oldest first, by sender; guarded by mu; none is empty
}

// place is one thing held.
type place struct{ giveWay func() }

func newHeld(most heldMost) *held { return &held{most: most, of: map[string][]*place{}} }

// begin holds one more for a sender; false: there is no room, and nothing of theirs to give way.
// giveWay is called, once at most, when it is to go for a newer one, and must not wait. end, which
// may be called again, is to be called when it is gone.
func (h *held) begin(sender string, giveWay func()) (end func(), ok bool) {
	var oldest *place
	defer func() {
		if oldest != nil {
			oldest.giveWay()
		}
	}()
	h.mu.Lock()
	defer h.mu.Unlock()
	own := h.of[sender]
	if len(own) >= h.most.ofOne || h.all >= 2*h.most.inAll || h.all >= h.most.inAll && len(own) >= h.most.few {
		if len(own) == 0 {
			return nil, false
		}
		oldest, own = own[0], own[1:]
		h.all--
	}
	this := &place{giveWay}
	h.of[sender] = append(own, this)
	h.all++
	return func() { h.end(sender, this) }, true
}

// end forgets one that has not given way.
func (h *held) end(sender string, p *place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	own := h.of[sender]
	left := slices.DeleteFunc(own, func(o *place) bool { return o == p })
	h.all -= len(own) - len(left)
	if h.of[sender] = left; len(left) == 0 {
		delete(h.of, sender)
	}
}

// count is how many are held for a sender.
func (h *held) count(sender string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.of[sender])
}
