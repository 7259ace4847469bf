package device

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// reorderMax is up to how many changed families are put into their places one by
// one; with more, ordering everything anew is quicker.
const reorderMax = 32

// inOrder are all families as lists show them.
func (x *index) inOrder() []*Summary {
	if x.ordered == nil && len(x.families) > 0 {
		x.ordered = make([]*Summary, 0, len(x.families))
		for _, f := range x.families {
			x.ordered = append(x.ordered, f)
		}
		slices.SortFunc(x.ordered, compareSummaries)
	}
	return x.ordered
}

// reorder puts what is staged into its place, before it counts.
func (x *index) reorder() {
	if x.ordered == nil {
		return
	}
	if len(x.staged) > reorderMax {
		x.ordered = nil
		return
	}
	for id, s := range x.staged {
		x.place(id, s)
	}
}

func (x *index) place(id merge.ID, s *Summary) {
	if old := x.families[id]; old != nil {
		if at, ok := slices.BinarySearchFunc(x.ordered, old, compareSummaries); ok {
			x.ordered = slices.Delete(x.ordered, at, at+1)
		}
	}
	if s != nil {
		at, _ := slices.BinarySearchFunc(x.ordered, s, compareSummaries)
		x.ordered = slices.Insert(x.ordered, at, s)
	}
}
