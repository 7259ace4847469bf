package promises

import (
	"context"
	"math/rand/v2"

	"github.com/keluarga-sehat/sync/server/store"
)

// otherPuskesmas serves the villages that leave the simulated one; nobody works there.
const otherPuskesmas = "P3204050102"

// newAreas draws which villages leave the Puskesmas, apart, so that what else happens does not
// depend on it.
func newAreas(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6172)) }

// workAreaStep lets, now and then, a village leave the Puskesmas, or come back.
func (w *World) workAreaStep(ctx context.Context) error {
	if w.areas.IntN(100) >= 2 {
		return nil
	}
	w.Report.Moved++
	return w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		p, err := tx.Snapshot().FindPuskesmas(ctx, puskesmasCode)
		if err != nil {
			return err
		}
		other := store.Puskesmas{Code: otherPuskesmas, Name: "Puskesmas Lain", District: p.District}
		stays := w.areas.IntN(len(villageCodes))
		if len(p.Villages) < len(villageCodes) {
			p.Villages = villageCodes
		} else {
			p.Villages, other.Villages = villageCodes[stays:stays+1], villageCodes[1-stays:2-stays]
		}
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{p, other})
	})
}
