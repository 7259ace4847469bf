package veil

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
)

// openWorld is a district whose families move on the day under way, with who decides what of
// their figures is withheld.
type openWorld struct {
	*pasttest.World
	keeper *Keeper
}

func newOpenWorld(t *testing.T) *openWorld {
	t.Helper()
	w := &openWorld{World: pasttest.New(t)}
	days := &past.Days{Store: w.Store, Board: w.Board, Now: pasttest.Now}
	w.keeper = &Keeper{Store: w.Store, Board: w.Board, Past: days, Now: pasttest.Now}
	return w
}

// readFrom has the keeper read from another store than that of the world.
func (w *openWorld) readFrom(s store.Store) { w.keeper.Store, w.keeper.Past.Store = s, s }

func (w *openWorld) district() area.Code {
	w.Helper()
	return w.Area(pasttest.District)
}
