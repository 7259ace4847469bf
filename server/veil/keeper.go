package veil

import (
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Keeper keeps decisions that hold for every caller, until their figures change, and decides
// ahead of who asks. All fields must be set; an empty memory is ready. Safe for concurrent
// use.
type Keeper struct {
	Store store.Store
	Board *tally.Board
	// Past adds up days that are over, of the same store and board.
	Past *past.Days
	Now  func() time.Time

	kept  kept
	once  singleflight.Group // who asks while a piece is decided waits for it
	ahead ahead
}

// today is the day under way.
func (k *Keeper) today() prokesga.Date { return tally.Today(k.Now()) }

// Subject is whose figures are shown: an area or a Puskesmas.
type Subject struct {
	Area area.Code
	// Puskesmas is asked for in place of an area; nil: an area.
	Puskesmas *store.Puskesmas
	// Year is the survey year by whose rounds the figures are; 0: by each family's latest.
	Year int
	// Rows are those from which present figures in a village are shown; nil: none were read,
	// and it is decided of those that are there now.
	Rows *VillageRows
}

func (x *Subject) id() string {
	if x.Puskesmas != nil {
		return x.Puskesmas.Code
	}
	return x.Area.String()
}
