package veil

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// allWithheld are all indicators on all memberships and bases.
var allWithheld = Mask{everyIndicator, everyIndicator, everyIndicator, everyIndicator}

// everyIndicator has the bits of all twelve.
const everyIndicator = 1<<(iks.Indicators+1) - 2

// Of an area on which nothing was decided all is withheld.
func TestAllIsWithheldOfAnAreaThatWasNotDecided(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 3)
	root := w.Area(veiltest.Villages[0])
	d, err := w.keeper.piece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := d.MaskOf(root.RT(9009).String()); m != allWithheld {
		t.Errorf("withheld is %v", m)
	}
}
