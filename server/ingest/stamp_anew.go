package ingest

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// StampAnew gives new stamps to what came by a file and was stamped ahead of time, and to all
// that follows it, in order, each of its own source: nobody is there to do it. They come after what
// the store holds of their families. Changes that are nil are passed over.
func StampAnew(ctx context.Context, s store.Store, vault *Vault, changes []*ksv1.Change, nowMS uint64) error {
	first := slices.IndexFunc(changes, func(c *ksv1.Change) bool { return c != nil && merge.IsAhead(c, nowMS) })
	if first < 0 {
		return nil
	}
	rest := slices.DeleteFunc(slices.Clone(changes[first:]), func(c *ksv1.Change) bool { return c == nil })
	held, err := heldStamps(ctx, s, vault, rest)
	if err == nil {
		merge.Restamp(rest, &merge.Clock{}, nowMS, merge.Stamp{}, held)
	}
	return err
}

// heldStamps are the highest stamps that the store holds of the changes' families, as they
// are before the changes are judged, whoever brings them. What does not open is left out.
func heldStamps(ctx context.Context, s store.Store, vault *Vault, changes []*ksv1.Change) (map[merge.ID]merge.Stamp, error) {
	villages := map[merge.ID]uint32{}
	scope := store.Scope{Restricted: true}
	for _, c := range changes {
		if family, err := merge.IDFromBytes(c.GetFamilyId()); err == nil {
			villages[family] = c.GetVillage()
		}
		if !slices.Contains(scope.Villages, c.GetVillage()) {
			scope.Villages = append(scope.Villages, c.GetVillage())
		}
	}
	if _, operator := store.ScopeOf(ctx); !operator {
		ctx = store.WithScope(ctx, scope)
	}
	held := make(map[merge.ID]merge.Stamp, len(villages))
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for family, village := range villages {
			row, err := snap.FindFamily(ctx, []uint32{village}, family)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			_, _, state, err := vault.ReadFamily(ctx, snap, &row)
			switch {
			case Unopened(err):
			case err != nil:
				return err
			default:
				held[family] = state.HighestStamp()
			}
		}
		return nil
	})
	return held, err
}
