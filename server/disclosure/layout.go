package disclosure

import (
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Layout is what is published of a piece of the tree, and which are sums of which.
// Position 0 is the root. It holds as long as the directory does.
type Layout struct {
	root area.Code
	ids  []string
	at   map[string]int
	tree smallcell.Tree
	// villages are a district's by number, with their positions: the root's, the
	// kecamatan's, the own, the Puskesmas'.
	villages map[uint32][]int
}

// Above is the root of the piece that decides a root's cells; the nation's are nobody's
// part.
func Above(root area.Code) area.Code {
	above := root.Parent()
	if root.Level() == area.Village {
		above = above.Parent()
	}
	return above
}

// Root is the area at position 0.
func (l *Layout) Root() area.Code { return l.root }

// Areas are paths, and codes of Puskesmas, by position. They are the layout's own.
func (l *Layout) Areas() []string { return l.ids }

// Villages are a district's by number, with all positions that they are a part of, the
// root's first; nil in other layouts. They are the layout's own.
func (l *Layout) Villages() map[uint32][]int { return l.villages }

func newLayout(root area.Code) *Layout {
	l := &Layout{root: root, at: map[string]int{}}
	l.add(root.String())
	return l
}

// add finds or adds an area.
func (l *Layout) add(id string) int {
	i, ok := l.at[id]
	if !ok {
		i = len(l.ids)
		l.at[id] = i
		l.ids = append(l.ids, id)
	}
	return i
}

func (l *Layout) sum(whole int, parts []int) {
	if len(parts) > 0 {
		l.tree.Sums = append(l.tree.Sums, smallcell.Sum{Whole: whole, Parts: parts})
	}
}

// finish must be called when all areas and sums are there.
func (l *Layout) finish() *Layout {
	l.tree.Areas = len(l.ids)
	l.tree.Prepare()
	return l
}

// NewLayout lays out a piece above the villages; without parts where the board does not
// know its root.
func NewLayout(v tally.View, root area.Code) *Layout {
	l := newLayout(root)
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
func (l *Layout) addPuskesmas(v tally.View) {
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
