package api

import "sync"

// aging keeps what was asked for lately, within room: what is not asked for while
// half of the room fills anew is forgotten. The zero value is empty.
type aging[K comparable, V any] struct {
	mu         sync.Mutex
	young, old map[K]aged[V] // guarded by mu
	taken      int           // by young, of half the room; guarded by mu
}

// taking is how much a value takes of which room.
type taking struct{ size, room int }

type aged[V any] struct {
	value V
	size  int
}

func (a *aging[K, V]) find(key K) (value V, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	x, ok := a.young[key]
	if !ok {
		if x, ok = a.old[key]; ok {
			a.young[key] = x
			a.taken += x.size
		}
	}
	return x.value, ok
}

// keep keeps a value.
func (a *aging[K, V]) keep(key K, value V, t taking) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.young == nil || a.taken > t.room/2 {
		a.young, a.old, a.taken = map[K]aged[V]{}, a.young, 0
	}
	a.taken += t.size - a.young[key].size
	a.young[key] = aged[V]{value, t.size}
}
