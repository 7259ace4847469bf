package api

import "sync"

// held counts what the server holds for subscribers. Safe for concurrent use.
type held struct {
	most int // of one

	mu sync.Mutex
	of map[string]int // by subscriber; guarded by mu
}

// begin counts one more, unless the subscriber has enough.
func (h *held) begin(address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of[address] >= h.most {
		return false
	}
	h.of[address]++
	return true
}

// full tells whether a subscriber has enough.
func (h *held) full(address string) bool { return h.count(address) >= h.most }

func (h *held) count(address string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.of[address]
}

func (h *held) end(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of[address]--; h.of[address] == 0 {
		delete(h.of, address)
	}
}
