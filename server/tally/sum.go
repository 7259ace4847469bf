package tally

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// Figures are what the families of an area add up to.
type Figures struct {
	Provisional, Verified iks.Tally
	Collection            collection.Counts
}

// Add adds those of another area.
func (f *Figures) Add(o *Figures) {
	f.Provisional.AddTally(&o.Provisional)
	f.Verified.AddTally(&o.Verified)
	f.Collection.Add(o.Collection)
}

// Sub takes them out again.
func (f *Figures) Sub(o *Figures) {
	f.Provisional.SubTally(&o.Provisional)
	f.Verified.SubTally(&o.Verified)
	f.Collection.Sub(o.Collection)
}

// figuresOf are a village's.
func figuresOf(v *store.Village) Figures {
	return Figures{Provisional: v.Provisional, Verified: v.Verified, Collection: v.Collection}
}

// Sum is an area's figures, with what stands beside them.
type Sum struct {
	Figures
	// Targeted is how many families are to be surveyed; HasTarget: it is known.
	Targeted  int64
	HasTarget bool
	// AsOf is when the figures were last known to be the store's; for a past day,
	// its end.
	AsOf time.Time
}
