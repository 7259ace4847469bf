package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Recomputed is what Recompute went through.
type Recomputed struct {
	// Families, Altered and Mended are as those of ingest.Recomputed; Sums are villages
	// whose sums were altered.
	Families, Altered, Mended, Sums int
	// Lost name the villages in which something does not open and could not be made anew.
	// Nothing of them was written.
	Lost []error
}

// Err says what was lost; nil: nothing.
func (r *Recomputed) Err() error {
	if len(r.Lost) == 0 {
		return nil
	}
	return fmt.Errorf("%d villages are as before, for what does not open there can't be made anew: %w", len(r.Lost), errors.Join(r.Lost...))
}

// String says how much was done.
func (r *Recomputed) String() string {
	return fmt.Sprintf("%d families recomputed: %d altered, %d of them damaged and made anew from their history; sums of %d villages altered",
		r.Families, r.Altered, r.Mended, r.Sums)
}

// Recompute recomputes the villages of an area (ingest.Core.Recompute), each on its own.
// progress is told villages done of all. Errors: store.ErrNotFound for an area without
// villages, but the nation.
func Recompute(ctx context.Context, core *ingest.Core, of area.Code, progress func(done, all int)) (*Recomputed, error) {
	return eachVillage(ctx, core.Store, of, progress, core.Recompute)
}

// Mend makes anew the families that do not open (ingest.Core.Mend). Lost are villages that
// differ otherwise, too.
func Mend(ctx context.Context, core *ingest.Core) (*Recomputed, error) {
	return eachVillage(ctx, core.Store, area.Code{}, func(int, int) {}, core.Mend)
}

func eachVillage(ctx context.Context, s store.Store, of area.Code, progress func(done, all int), do func(context.Context, uint32) (ingest.Recomputed, error)) (*Recomputed, error) {
	var villages []store.Village
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		villages, err = snap.VillagesUnder(ctx, of.Dotted())
		if err == nil && len(villages) == 0 && of.Level() != area.Nation {
			err = fmt.Errorf("area %s has no village in the tree: %w", of, store.ErrNotFound)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	all := &Recomputed{}
	for n, v := range villages {
		progress(n+1, len(villages))
		if v.Revision == 0 {
			continue
		}
		r, err := do(ctx, v.Number)
		if ingest.OfRecord(err) || ingest.Unopened(err) || errors.Is(err, ingest.ErrMoreThanDamage) {
			all.Lost = append(all.Lost, fmt.Errorf("village %s: %w", v.Code, err))
			continue
		}
		if err != nil {
			return nil, err
		}
		all.Families += r.Families
		all.Altered += r.Altered
		all.Mended += r.Mended
		if r.Sums {
			all.Sums++
		}
	}
	return all, nil
}
