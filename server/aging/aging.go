// Package aging remembers what was asked for lately, within room: what is not asked for
// while half of the room fills anew is forgotten.
//
//	var sums aging.Map[key, *Sum]
//	sum, ok := sums.Find(k)
//	sums.Keep(k, sum, aging.Taking{Size: 1600, Room: 64 << 20})
//
// What is kept is given to all who find it, so it must not change. Whether it still is
// true is for the key to say, or for who finds it.
package aging

import "sync"

// Map keeps values by key. The zero value is empty. Safe for concurrent use.
type Map[K comparable, V any] struct {
	mu         sync.Mutex
	young, old map[K]aged[V] // guarded by mu
	taken      int           // by young, of half the room; guarded by mu
}

// Taking is how much a value takes of which room, both in whatever unit who keeps
// counts. All values of a Map are of one room.
type Taking struct{ Size, Room int }

type aged[V any] struct {
	value V
	size  int
}

// Find gives the value that was kept last under a key; ok is false where none was, or
// it is forgotten. It costs a look or two under a lock.
func (m *Map[K, V]) Find(key K) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x, ok := m.young[key]
	if !ok {
		if x, ok = m.old[key]; ok {
			m.young[key] = x
			m.taken += x.size
		}
	}
	return x.value, ok
}

// Keep keeps a value, in place of what was kept under its key. Those that nobody has
// asked for lately go when it does not fit.
func (m *Map[K, V]) Keep(key K, value V, t Taking) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.young == nil || m.taken > t.Room/2 {
		m.young, m.old, m.taken = map[K]aged[V]{}, m.young, 0
	}
	m.taken += t.Size - m.young[key].size
	m.young[key] = aged[V]{value, t.Size}
}
