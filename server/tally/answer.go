package tally

import (
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// Find looks an area up by its dotted code ("" the nation); ok is false for one
// that the directory has not.
func (b *Board) Find(code string) (part Part, ok bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.partOf(b.tree.areas[code])
}

// FindPuskesmas looks a Puskesmas up by its code.
func (b *Board) FindPuskesmas(code string) (part Part, p store.Puskesmas, ok bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n := b.tree.puskesmas[code]
	if part, ok = b.partOf(n); ok {
		p = *n.puskesmas
	}
	return part, p, ok
}

// partOf is a node as answers give it; b.mu must be held.
func (b *Board) partOf(n *node) (Part, bool) {
	if n == nil {
		return Part{}, false
	}
	part := Part{Code: n.code, Name: n.name, Sum: n.sum(), Version: n.version}
	part.Sum.AsOf = b.asOf
	return part, true
}

// Area is the sum of an area by its dotted code; zero for one that is unknown.
func (b *Board) Area(code string) Sum {
	part, _ := b.Find(code)
	return part.Sum
}

// Parts are the areas right below one, ascending by code, as of one moment.
func (b *Board) Parts(code string) []Part {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.partsOf(b.tree.areas[code])
}

// PuskesmasParts are the villages of a Puskesmas, ascending by code.
func (b *Board) PuskesmasParts(code string) []Part {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.partsOf(b.tree.puskesmas[code])
}

func (b *Board) partsOf(n *node) []Part {
	if n == nil {
		return nil
	}
	out := make([]Part, 0, len(n.parts))
	for _, p := range n.parts {
		part, _ := b.partOf(p)
		out = append(out, part)
	}
	return out
}

// Numbers are the numbers of the villages in an area, ascending.
func (b *Board) Numbers(code string) []uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if n := b.tree.areas[code]; n != nil {
		return n.numbers()
	}
	return nil
}

// PuskesmasNumbers are the numbers of the villages of a Puskesmas, ascending.
func (b *Board) PuskesmasNumbers(code string) []uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if n := b.tree.puskesmas[code]; n != nil {
		return n.numbers()
	}
	return nil
}

// Villages is how many there are in an area above a village, by its dotted code; 0
// for one that is unknown.
func (b *Board) Villages(code string) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if n := b.tree.areas[code]; n != nil {
		return n.villages
	}
	return 0
}

// Turn counts the looks at the store: while it stays, so does everything here.
func (b *Board) Turn() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.turn
}

// Next is closed when the board has looked at the store once more.
func (b *Board) Next() <-chan struct{} {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.next
}

// AsOf is when the figures were last known to be the store's.
func (b *Board) AsOf() time.Time {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.asOf
}

// Version of the nation, which changes whenever anything does.
func (b *Board) Version() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.areas[""].version
}

// VersionOf an area, by its dotted code, as Part has it; 0 for one that is unknown.
func (b *Board) VersionOf(code string) uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.areas[code].versionOrNone()
}

// PuskesmasVersion is that of a Puskesmas.
func (b *Board) PuskesmasVersion(code string) uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.puskesmas[code].versionOrNone()
}

func (n *node) versionOrNone() uint64 {
	if n == nil {
		return 0
	}
	return n.version
}

// Directory is another whenever areas, Puskesmas or targets have changed. It means
// nothing to another Board.
func (b *Board) Directory() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.number
}

// Fingerprint tells which villages a district or province has (store.AreaDay): that
// of the nation is 0, for whatever village there is, is in it.
func (b *Board) Fingerprint(code string) int64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if n := b.tree.areas[code]; n != nil {
		return n.fingerprint
	}
	return 0
}

// Codes are the dotted codes right below an area, ascending.
func (b *Board) Codes(code string) []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	n := b.tree.areas[code]
	if n == nil {
		return nil
	}
	out := make([]string, len(n.parts))
	for i, p := range n.parts {
		out[i] = p.code
	}
	return out
}
