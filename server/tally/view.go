package tally

import "github.com/keluarga-sehat/sync/server/store"

// View is the board as of one moment. It holds within Look alone.
type View struct{ tree *tree }

// Look calls fn with the board as it is. fn must be quick, and must not call the
// board.
func (b *Board) Look(fn func(v View)) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	fn(View{b.tree})
}

// Directory is another whenever areas, Puskesmas or targets have changed.
func (v View) Directory() uint64 { return v.tree.number }

// Place is one area in a View.
type Place struct {
	// Code is dotted; of a Puskesmas, its own.
	Code    string
	Version uint64
	// Figures are the board's own, to be read within Look.
	Figures *Figures
	// Number is the village's; 0 for any other.
	Number uint32
	// Puskesmas is set for one.
	Puskesmas *store.Puskesmas
	node      *node
}

func placeOf(n *node) Place {
	return Place{Code: n.code, Version: n.version, Figures: &n.figures, Number: n.number, Puskesmas: n.puskesmas, node: n}
}

// Find looks an area up by its dotted code.
func (v View) Find(code string) (p Place, ok bool) {
	n := v.tree.areas[code]
	if n == nil {
		return p, false
	}
	return placeOf(n), true
}

// Parts are those right below, ascending by code.
func (p Place) Parts() []Place {
	out := make([]Place, len(p.node.parts))
	for i, n := range p.node.parts {
		out[i] = placeOf(n)
	}
	return out
}

// PuskesmasOf are the Puskesmas of a district, ascending by code.
func (v View) PuskesmasOf(district string) []Place {
	nodes := v.tree.byDistrict[district]
	out := make([]Place, len(nodes))
	for i, n := range nodes {
		out[i] = placeOf(n)
	}
	return out
}
