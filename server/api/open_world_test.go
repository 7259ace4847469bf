package api

import (
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil"
)

// openWorld is a district whose families move on the day under way, and who serves it.
type openWorld struct {
	*pasttest.World
	services *Services
}

func newOpenWorld(t *testing.T) *openWorld {
	t.Helper()
	w := &openWorld{World: pasttest.New(t)}
	w.services = figuresOnly(w.Store, w.Board, pasttest.Now)
	return w
}

// figuresOnly are services that know of figures alone, of which nothing is remembered yet.
func figuresOnly(s store.Store, board *tally.Board, now func() time.Time) *Services {
	days := &past.Days{Store: s, Board: board, Now: now}
	return &Services{Store: s, Board: board, Past: days, Now: now, Veil: &veil.Keeper{Store: s, Board: board, Past: days, Now: now}}
}

// readFrom has the services read from another store than that of the world.
func (w *openWorld) readFrom(s store.Store) {
	w.services.Store, w.services.Past.Store, w.services.Veil.Store = s, s, s
}

func (w *openWorld) district() area.Code {
	w.Helper()
	return w.Area(pasttest.District)
}
