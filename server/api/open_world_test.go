package api

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
)

// openWorld is a district whose families move on the day under way, and who serves it.
type openWorld struct {
	*pasttest.World
	services *Services
}

func newOpenWorld(t *testing.T) *openWorld {
	t.Helper()
	w := &openWorld{World: pasttest.New(t)}
	w.services = &Services{Store: w.Store, Board: w.Board, Past: w.past(), Now: pasttest.Now}
	return w
}

// past are its days that are over, of which nothing is remembered.
func (w *openWorld) past() *past.Days {
	return &past.Days{Store: w.Store, Board: w.Board, Now: pasttest.Now}
}

// readFrom has the services read from another store than that of the world.
func (w *openWorld) readFrom(s store.Store) { w.services.Store, w.services.Past.Store = s, s }

func (w *openWorld) district() area.Code {
	w.Helper()
	return w.Area(pasttest.District)
}
