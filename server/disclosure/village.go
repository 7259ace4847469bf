package disclosure

import "github.com/keluarga-sehat/sync/internal/area"

// Sight is of which families of a village somebody may see the answers: their cells are
// not withheld, and cover nothing else. The zero value is of who sees none.
type Sight struct {
	// Own: the decision is for one caller alone, and nobody else is shown what that one is.
	Own bool
	// Whole: all of the village.
	Whole bool
	// Covers tells of each RT; nil: of none.
	Covers func(area.Place) bool
}

// NewVillageLayout lays out the RW and RT of a village; without any it is the village
// alone.
func NewVillageLayout(root area.Code, places []area.Place, sight Sight) *Layout {
	l := newLayout(root)
	parts := map[int][]int{}
	for _, place := range places {
		rt := root.RT(place)
		rw, _ := rt.At(area.RW)
		if _, ok := l.at[rw.String()]; !ok {
			parts[0] = append(parts[0], l.add(rw.String()))
		}
		i := l.at[rw.String()]
		parts[i] = append(parts[i], l.add(rt.String()))
	}
	for i := range l.ids {
		l.sum(i, parts[i])
	}
	l.markSeen(sight, places, parts)
	return l.finish()
}

// markSeen marks what somebody sees the families of: RT, and sums of nothing else.
func (l *Layout) markSeen(sight Sight, places []area.Place, parts map[int][]int) {
	l.tree.Seen = make([]bool, len(l.ids))
	if sight.Own {
		l.tree.Root = -1
	}
	if sight.Covers != nil {
		for _, place := range places {
			l.tree.Seen[l.at[l.root.RT(place).String()]] = sight.Covers(place)
		}
	}
	for i := len(l.ids) - 1; i >= 0; i-- {
		if len(parts[i]) > 0 && i != 0 {
			l.tree.Seen[i] = allOf(l.tree.Seen, parts[i])
		}
	}
	l.tree.Seen[0] = sight.Whole || len(parts[0]) > 0 && allOf(l.tree.Seen, parts[0])
}

func allOf(marked []bool, positions []int) bool {
	for _, i := range positions {
		if !marked[i] {
			return false
		}
	}
	return true
}

// PositionsOf are those of an RT, its RW and the village in a village's layout.
func (l *Layout) PositionsOf(place area.Place) [3]int {
	rt := l.root.RT(place)
	rw, _ := rt.At(area.RW)
	return [3]int{0, l.at[rw.String()], l.at[rt.String()]}
}
