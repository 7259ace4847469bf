// Package exchange brings the national export's families into the store and
// writes them out again. An import takes what differs from what is stored, so
// it can be broken off anywhere and started again: what is in already differs
// no more. It never overrules what was entered here since the file was written.
package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Export says which families are written, and how.
type Export struct {
	Store store.Store
	Vault *ingest.Vault
	// Area is the code of the area; "" for everything.
	Area string
	// Year is that of the rounds written; 0 for each family's latest.
	Year   int
	Format rawsurvei.Format
	// Progress, where set, is told villages done of all; each counts twice.
	Progress func(done, all int)
}

// Exported is what an export did.
type Exported struct {
	// Written families; Left are those that RAW can't hold because they have no
	// member or no round (of the year).
	Written, Left int
}

// To writes the file. It goes through the families twice on one snapshot, to
// know the carried columns first.
func (e *Export) To(ctx context.Context, w io.Writer) (done Exported, err error) {
	err = e.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		done = Exported{}
		villages, err := snap.VillagesUnder(ctx, e.Area)
		if err != nil {
			return err
		}
		if len(villages) == 0 && e.Area != "" {
			return fmt.Errorf("area %q has no village in the tree: %w", e.Area, store.ErrNotFound)
		}
		villages = slices.DeleteFunc(villages, func(v store.Village) bool { return v.Revision == 0 })
		slices.SortFunc(villages, func(a, b store.Village) int { return cmp.Compare(a.Code, b.Code) })
		extra := map[string]bool{}
		err = e.each(ctx, snap, villages, 0, func(h *ksv1.Household) error {
			rawsurvei.Extra(extra, h)
			return nil
		})
		if err != nil {
			return err
		}
		out, err := rawsurvei.NewWriter(w, e.Format, extra)
		if err != nil {
			return err
		}
		err = e.each(ctx, snap, villages, len(villages), func(h *ksv1.Household) error {
			return done.write(out, h, e.Year)
		})
		return errors.Join(err, out.Close())
	})
	return done, err
}

func (d *Exported) write(out *rawsurvei.Writer, h *ksv1.Household, year int) error {
	round := roundOf(h, year)
	ok := false
	if round != nil {
		var err error
		if ok, err = out.Write(h, round); err != nil {
			return err
		}
	}
	if ok {
		d.Written++
	} else {
		d.Left++
	}
	return nil
}

// roundOf is the latest round, or the latest of a year (0: any), that the family
// did not withdraw from.
func roundOf(h *ksv1.Household, year int) *ksv1.HouseholdRound {
	for _, r := range slices.Backward(h.GetRounds()) {
		date := r.GetRound().GetSurveyDate()
		if r.GetRound().GetWithdrawal() == nil && date != "" && (year == 0 || date[:4] == fmt.Sprintf("%04d", year)) {
			return r
		}
	}
	return nil
}

// pageFamilies is how many families are read at a time.
const pageFamilies = 500

func (e *Export) each(ctx context.Context, snap store.Snapshot, villages []store.Village, before int, do func(*ksv1.Household) error) error {
	for n, v := range villages {
		if e.Progress != nil {
			e.Progress(before+n+1, 2*len(villages))
		}
		var after merge.ID
		for {
			rows, err := snap.FamiliesByID(ctx, v.Number, after, pageFamilies)
			if err != nil {
				return err
			}
			for i := range rows {
				if rows[i].Restricted {
					continue
				}
				_, _, state, err := e.Vault.OpenFamily(&rows[i])
				if err != nil {
					return err
				}
				h, err := merge.View(&state)
				if err != nil {
					return err
				}
				h.VillageCode = v.Code
				if err := do(h); err != nil {
					return err
				}
			}
			if len(rows) < pageFamilies {
				break
			}
			after = rows[len(rows)-1].ID
		}
	}
	return nil
}
