package judge

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Sums: index equals recompute, for RT and villages, and digests are
// the sums of their families'.
func (w *Judge) Sums(ctx context.Context, t *Truth) error {
	return w.Store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		for _, v := range villages {
			if err := errors.Join(w.checkVillage(ctx, snap, t, v), w.checkFigures(ctx, snap, t, v)); err != nil {
				return err
			}
		}
		return nil
	})
}

// areaSums are what families add up to, in an RT or a village.
type areaSums struct {
	provisional, verified iks.Tally
	years                 iks.YearTallies
	digest                merge.Digest
	families              int64
}

func (s *areaSums) add(other areaSums) {
	s.provisional.AddTally(&other.provisional)
	s.verified.AddTally(&other.verified)
	s.years.AddTallies(other.years)
	s.digest = s.digest.Add(other.digest)
	s.families += other.families
}

// packed is the tallies by survey year as they are stored beside the others.
func (s *areaSums) packed() iks.PackedYears { return s.years.Pack(&s.provisional, &s.verified) }

func (w *Judge) checkVillage(ctx context.Context, snap store.Snapshot, t *Truth, v store.Village) error {
	key, err := w.Ring.DigestKey(v.Number)
	if err != nil {
		return err
	}
	var whole areaSums
	places := map[area.Place]*areaSums{}
	for _, f := range t.Families {
		if f.Village != v.Number {
			continue
		}
		one, err := w.sumsOf(t, f, key)
		if err != nil {
			return err
		}
		if places[f.Place] == nil {
			places[f.Place] = &areaSums{}
		}
		places[f.Place].add(one)
		whole.add(one)
	}
	if whole.provisional != v.Provisional {
		w.Violate("index: tally of village %s differs from recompute", v.Code)
	}
	if whole.verified != v.Verified {
		w.Violate("index: verified tally of village %s differs from recompute", v.Code)
	}
	if v.YearsMissing || whole.packed() != v.Years {
		w.Violate("index: tallies by survey year of village %s differ from recompute", v.Code)
	}
	rows, err := snap.PlacesOf(ctx, v.Number)
	if err != nil {
		return err
	}
	for _, p := range rows {
		want := places[p.Place]
		if want == nil {
			want = &areaSums{}
		}
		if p.Years != want.packed() {
			w.Violate("index: RT %s of village %s differs from recompute by survey year", p.Place, v.Code)
		}
		if p.Provisional != want.provisional || p.Verified != want.verified || p.Families != want.families || p.Digest != want.digest {
			w.Violate("index: RT %s of village %s differs from recompute", p.Place, v.Code)
		}
	}
	return nil
}

// sumsOf is what one family adds, computed anew from its states.
func (w *Judge) sumsOf(t *Truth, f store.Family, key merge.DigestKey) (areaSums, error) {
	state := t.States[f.ID]
	household, err := merge.View(&state)
	if err != nil {
		return areaSums{}, err
	}
	kept, err := w.Vault.OpenApproved(&f)
	if err != nil {
		return areaSums{}, err
	}
	verified, past, err := approvedValues(kept)
	if err != nil {
		return areaSums{}, err
	}
	years := iks.Both(yearsOf(household), past)
	if told, err := f.ByYear(); err != nil || !slices.Equal(told, years) {
		w.Violate("index: survey years of family %s differ from recompute: %v", f.ID, err)
	}
	one := areaSums{digest: merge.FamilyDigest(key, state.Encode(nil)), families: 1}
	one.provisional.Add(iks.Assess(household, iks.AnyYear).Packed())
	one.verified.Add(verified)
	one.years.Add(years)
	return one, nil
}

// yearsOf is what a household counts with in every year there is, by the rule alone.
func yearsOf(h *ksv1.Household) (out iks.FamilyYears) {
	for year := iks.FirstYear; year <= iks.LastYear; year++ {
		if packed := iks.Assess(h, year).Packed(); packed != 0 {
			out = append(out, iks.YearValues{Year: year, Provisional: packed})
		}
	}
	return out
}

// approvedValues is what a family counts with as it was approved; nil: nothing.
func approvedValues(state *merge.State) (iks.Packed, iks.FamilyYears, error) {
	if state == nil {
		return 0, nil, nil
	}
	h, err := merge.View(state)
	if err != nil {
		return 0, nil, err
	}
	return iks.Assess(h, iks.AnyYear).Packed(), yearsOf(h), nil
}
