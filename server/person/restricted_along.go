package person

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// RestrictedAlong finds which families are still restricted of those into which members of
// the families found were brought, by splits and unions, in any number of steps. What was
// restricted along with them (ingest) is lifted by itself alone, so who lifts one is to hear
// of the others. In order of village and id.
func (s *Service) RestrictedAlong(ctx context.Context, found []Found) (along []Found, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var others []Found
		for _, village := range villagesOf(found) {
			rows, err := snap.WithheldFamilies(ctx, village)
			if err != nil {
				return err
			}
			for i := range rows {
				f, err := s.read(ctx, snap, village, rows[i].ID)
				if err != nil {
					return err
				}
				if f.Row.Restricted && !slices.ContainsFunc(found, f.sameFamily) {
					others = append(others, *f)
				}
			}
		}
		along = broughtFrom(found, others)
		return nil
	})
	return along, err
}

func villagesOf(found []Found) (numbers []uint32) {
	for _, f := range found {
		numbers = append(numbers, f.Village.Number)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// broughtFrom are those of the others that somebody came to from the families found, by way
// of others or not.
func broughtFrom(found, others []Found) (out []Found) {
	for from := slices.Clone(found); len(from) > 0; from = from[1:] {
		others = slices.DeleteFunc(others, func(f Found) bool {
			if !from[0].broughtTo(f) {
				return false
			}
			from, out = append(from, f), append(out, f)
			return true
		})
	}
	slices.SortFunc(out, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Village.Code, b.Village.Code), bytes.Compare(a.Row.ID[:], b.Row.ID[:]))
	})
	return out
}

// broughtTo tells whether members went on from the family into another of its village: split
// off, or as the one that it is said to be the same as.
func (f *Found) broughtTo(other Found) bool {
	return f.Village.Number == other.Village.Number &&
		(other.Household.GetFamily().GetSplitFromId() == f.Row.ID.String() || f.Household.GetFamily().GetRemoval().GetKeptId() == other.Row.ID.String())
}

// sameFamily tells whether it is the same family of the same village.
func (f *Found) sameFamily(other Found) bool {
	return f.Village.Number == other.Village.Number && f.Row.ID == other.Row.ID
}
