package field

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Stored is what the server holds, counted while its promises were checked.
type Stored struct {
	Families, Members, Changes, Conflicts int
}

// Verify recomputes every family from its history and every village's tally
// from its families, and compares both with what is stored. The error says what
// differs.
func (f *Field) Verify(ctx context.Context) (Stored, error) {
	var out Stored
	vault := ingest.NewVault(f.Ring, nil)
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = Stored{}
		list, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		for _, v := range list {
			var tally iks.Tally
			rows, err := snap.FamiliesByID(ctx, v.Number, nil, merge.ID{}, 1_000_000)
			if err != nil {
				return err
			}
			for i := range rows {
				packed, err := verifyFamily(&rows[i], vault, &out)
				if err != nil {
					return err
				}
				tally.Add(packed)
				history, err := snap.History(ctx, v.Number, rows[i].ID, 0, 1_000_000)
				if err != nil {
					return err
				}
				out.Changes += len(history)
			}
			if tally != v.Provisional {
				return fmt.Errorf("tally of village %s differs from recompute", v.Code)
			}
		}
		return nil
	})
	return out, err
}

func verifyFamily(row *store.Family, vault *ingest.Vault, out *Stored) (iks.Packed, error) {
	_, _, state, err := vault.OpenFamily(row)
	if err != nil {
		return 0, err
	}
	h, err := merge.View(&state)
	if err != nil {
		return 0, err
	}
	out.Families++
	out.Members += len(h.GetMembers())
	out.Conflicts += len(merge.Conflicts(&state))
	packed := iks.Assess(h, iks.AnyYear).Packed()
	if packed != row.Provisional {
		return 0, fmt.Errorf("values of family %s differ from recompute", row.ID)
	}
	return packed, nil
}
