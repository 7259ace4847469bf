package api

import (
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/tally"
)

// layout is what is published of a piece of the tree, and which are sums of which.
// Position 0 is the root. It holds as long as the directory does.
type layout struct {
	root area.Code
	// directory is the board's when it was made.
	directory uint64
	ids       []string
	at        map[string]int
	tree      smallcell.Tree
	// villages are a district's by number, with their positions: the root's, the
	// kecamatan's, the own, the Puskesmas'.
	villages map[uint32][]int
}

func newLayout(root area.Code) *layout {
	l := &layout{root: root, at: map[string]int{}}
	l.add(root.String())
	return l
}

// add finds or adds an area.
func (l *layout) add(id string) int {
	i, ok := l.at[id]
	if !ok {
		i = len(l.ids)
		l.at[id] = i
		l.ids = append(l.ids, id)
	}
	return i
}

func (l *layout) sum(whole int, parts []int) {
	if len(parts) > 0 {
		l.tree.Sums = append(l.tree.Sums, smallcell.Sum{Whole: whole, Parts: parts})
	}
}

// finish must be called when all areas and sums are there.
func (l *layout) finish() *layout {
	l.tree.Areas = len(l.ids)
	l.tree.Prepare()
	return l
}

// layoutOf lays out a piece above the villages.
func layoutOf(v tally.View, root area.Code) *layout {
	l := newLayout(root)
	l.directory = v.Directory()
	whole, ok := v.Find(root.Dotted())
	if !ok {
		return l.finish()
	}
	var below []int
	for _, part := range whole.Parts() {
		below = append(below, l.add(pathOf(part.Code)))
	}
	l.sum(0, below)
	if root.Level() == area.District {
		l.villages = map[uint32][]int{}
		for i, kecamatan := range whole.Parts() {
			var villages []int
			for _, village := range kecamatan.Parts() {
				p := l.add(pathOf(village.Code))
				villages = append(villages, p)
				l.villages[village.Number] = []int{0, below[i], p}
			}
			l.sum(below[i], villages)
		}
		l.addPuskesmas(v)
	}
	return l.finish()
}

// addPuskesmas adds those of a district, which are sums over its villages. All of
// them, with the villages that none serves, are the district again. One that
// serves a village of another district is no sum here.
func (l *layout) addPuskesmas(v tally.View) {
	var whole []int
	served := map[int]bool{}
	for _, health := range v.PuskesmasOf(l.root.Dotted()) {
		position, inside := l.add(health.Code), true
		var parts []int
		for _, village := range health.Parts() {
			positions, ok := l.villages[village.Number]
			if !ok {
				inside = false
				continue
			}
			own := positions[2]
			parts = append(parts, own)
			served[own] = true
			l.villages[village.Number] = append(positions, position)
		}
		if inside {
			l.sum(position, parts)
			whole = append(whole, position)
		} else {
			whole = append(whole, parts...)
		}
	}
	for i, id := range l.ids {
		if !served[i] && isVillage(id) {
			whole = append(whole, i)
		}
	}
	l.sum(0, whole)
}

func isVillage(id string) bool {
	code, err := area.Parse(id)
	return err == nil && code.Level() == area.Village
}

// pathOf is a dotted code as area.Code writes it.
func pathOf(dotted string) string {
	code, err := area.Parse(dotted)
	if err != nil {
		return dotted
	}
	return code.String()
}

// cells are what an area's cells are made of.
type cells [variants]struct {
	complete     int32
	denominators [iks.Indicators]int32
}

// add counts the families of two tallies.
func (c *cells) add(f *tally.Figures) {
	for v := range c {
		t := &f.Provisional
		if v >= variants/2 {
			t = &f.Verified
		}
		summary := t.Of(membershipsOf[v%2])
		c[v].complete += int32(summary.Complete())
		for n := range c[v].denominators {
			c[v].denominators[n] += int32(summary.Coverage(n + 1).Whole)
		}
	}
}

// cellsOf are a layout's present cells, by position.
func (l *layout) cellsOf(v tally.View) []cells {
	out := make([]cells, len(l.ids))
	whole, ok := v.Find(l.root.Dotted())
	if !ok {
		return out
	}
	out[0].add(whole.Figures)
	for _, part := range whole.Parts() {
		if i, ok := l.at[pathOf(part.Code)]; ok {
			out[i].add(part.Figures)
		}
		if l.root.Level() != area.District {
			continue
		}
		for _, village := range part.Parts() {
			if positions := l.villages[village.Number]; len(positions) > 2 {
				out[positions[2]].add(village.Figures)
			}
		}
	}
	if l.root.Level() == area.District {
		for _, health := range v.PuskesmasOf(l.root.Dotted()) {
			out[l.at[health.Code]].add(health.Figures)
		}
	}
	return out
}
