package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Recomputed is what a recompute went through.
type Recomputed struct {
	// Families read; Altered are those whose columns were not what follows from
	// their state. Sums tells whether the village's sums were not those of its
	// families.
	Families, Altered int
	// Mended are those of them whose state did not open, and was made anew from the history.
	Mended int
	Sums   bool
}

// Rules is the version of the rules by which a village's figures, and the columns of its
// families, follow from the families' states. It rises whenever the same states give others,
// as with a change of package iks, prokesga or collection; then servers compute them anew.
const Rules = 3

// recomputePage is how many families are read at a time.
const recomputePage = 500

// Recompute derives the columns of a village's families from their states, and
// all sums from the families, and writes what differs: after a change of the
// rules, or damage. A state that does not open is made anew from the history
// (Vault.ReadFamily); history and review stay as they are. The village is locked meanwhile.
// Where something does not open and can't be made anew, nothing of the village is written,
// and OfRecord or Unopened tells so of the error.
func (c *Core) Recompute(ctx context.Context, village uint32) (Recomputed, error) {
	return c.recomputeVillage(ctx, village, false)
}

// ErrMoreThanDamage is returned where more differs than what Mend is to mend.
var ErrMoreThanDamage = errors.New("more differs from recompute than families that do not open")

// Mend makes anew the families of a village that do not open, as Recompute does, and nothing
// else: of a restored village the sums are the witness that nothing is missing. Errors:
// ErrMoreThanDamage, with nothing written; those of Recompute.
func (c *Core) Mend(ctx context.Context, village uint32) (Recomputed, error) {
	return c.recomputeVillage(ctx, village, true)
}

func (c *Core) recomputeVillage(ctx context.Context, village uint32, mendOnly bool) (done Recomputed, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			done, err = c.recompute(ctx, tx.Snapshot(), v, mendOnly)
			return err
		})
	})
	if err != nil {
		return done, fmt.Errorf("recompute village %d: %w", village, err)
	}
	return done, nil
}

func (c *Core) recompute(ctx context.Context, snap store.Snapshot, v store.VillageTx, mendOnly bool) (done Recomputed, err error) {
	w, err := c.begin(ctx, snap, v, nil, nil)
	if err != nil {
		return done, err
	}
	before := w.row
	stored, err := snap.PlacesOf(ctx, before.Number)
	if err != nil {
		return done, err
	}
	for _, p := range stored {
		w.places[p.Place] = &store.Place{Place: p.Place}
	}
	w.row.Provisional, w.row.Verified = iks.Tally{}, iks.Tally{}
	w.row.Submitted, w.row.Approved, w.row.Returned = 0, 0, 0
	w.row.Collection, w.recomputing = collection.Counts{}, true
	if !mendOnly {
		w.row.Rules = Rules
	}
	w.years = yearSums{open: true, places: map[area.Place]*iks.YearTallies{}}
	var after merge.ID
	for {
		rows, err := snap.FamiliesByID(ctx, before.Number, nil, after, recomputePage)
		if err != nil {
			return done, err
		}
		for i := range rows {
			if err := w.recomputeFamily(ctx, &rows[i], &done); err != nil {
				return done, err
			}
		}
		done.Families += len(rows)
		if len(rows) < recomputePage {
			break
		}
		after = rows[len(rows)-1].ID
	}
	w.packYears()
	done.Altered = len(w.commit.Families)
	if err := w.lessStoredEfforts(ctx, snap); err != nil {
		return done, err
	}
	done.Sums = w.sumsDiffer(before, stored) || len(w.shares) > 0
	if done.Altered == 0 && !done.Sums && w.row.Rules == before.Rules {
		return done, nil
	}
	if mendOnly && (done.Sums || done.Altered > done.Mended) {
		return done, ErrMoreThanDamage
	}
	w.commit.Day = dayOf(w.now)
	return done, w.putAll(ctx)
}

// recomputeFamily adds a family to the sums, and to the commit where its columns
// or its digest are not what follows from its state, or that is damaged.
func (w *work) recomputeFamily(ctx context.Context, row *store.Family, done *Recomputed) error {
	digest, canonical, state, err := w.core.Vault.OpenFamily(row)
	damaged := err != nil
	if damaged {
		if digest, canonical, state, err = w.core.Vault.ReadFamily(ctx, w.past, row); err != nil {
			return err
		}
		done.Mended++
	}
	household, err := merge.View(&state)
	if err != nil {
		return err
	}
	f := &familyWork{row: *row, before: *row, content: content{state: state}}
	if f.row.Place, err = placeOf(&state); err != nil {
		return err
	}
	f.row.Years = "" // whatever it says, it is derived anew
	if err := w.compute(f, household); err != nil {
		return err
	}
	provisional, err := w.provisionalYears(&f.row, household)
	if err != nil {
		return err
	}
	approved, err := w.core.Vault.OpenApproved(row)
	if err != nil {
		return err
	}
	var verified iks.FamilyYears
	if f.row.Verified, verified, err = ValuesOf(approved); err != nil {
		return err
	}
	years := iks.Both(provisional, verified)
	f.row.SetYears(years)
	w.years.add(f.row.Place, years)
	right := w.digester.Family(canonical)
	if damaged || digest != right || f.row.Place != row.Place || !sameColumns(&f.row, row) {
		if err := w.core.Vault.sealFamily(&f.row, withDigest(right, canonical)); err != nil {
			return err
		}
		w.families[row.ID] = f
		w.commit.Families = append(w.commit.Families, f.row)
	}
	w.shares.Add(collection.SharesOf(f.row.Collected(), f.row.Surveyor, &state))
	counts := collection.Of(f.row.Collected())
	w.row.Collection.Add(counts)
	p := w.places[f.row.Place]
	if p == nil {
		p = &store.Place{Place: f.row.Place}
		w.places[f.row.Place] = p
	}
	p.Digest = p.Digest.Add(right)
	p.Families++
	p.Collection.Add(counts)
	p.Provisional.Add(f.row.Provisional)
	p.Verified.Add(f.row.Verified)
	w.row.Provisional.Add(f.row.Provisional)
	w.row.Verified.Add(f.row.Verified)
	w.countReview(f.row.ReviewState, +1)
	return nil
}

func sameColumns(a, b *store.Family) bool {
	return a.Provisional == b.Provisional && a.Verified == b.Verified && a.SurveyDate == b.SurveyDate && a.State == b.State &&
		a.Findings == b.Findings && a.Conflicts == b.Conflicts && a.Calls == b.Calls && a.Surveyor == b.Surveyor && a.Years == b.Years
}

// lessStoredEfforts leaves in the shares what the efforts kept are short of.
func (w *work) lessStoredEfforts(ctx context.Context, snap store.Snapshot) error {
	stored, err := snap.Efforts(ctx, []uint32{w.row.Number}, 0, math.MaxInt32)
	for _, e := range stored {
		w.shares.Sub(collection.Shares{e.Surveyor: e.Counts})
	}
	return err
}

func (w *work) sumsDiffer(before store.Village, stored []store.Place) bool {
	before.Rules = w.row.Rules // which is no sum
	if w.row != before || len(stored) != len(w.places) {
		return true
	}
	byPlace := map[area.Place]store.Place{}
	for _, p := range stored {
		byPlace[p.Place] = p
	}
	for _, p := range w.places {
		if byPlace[p.Place] != *p {
			return true
		}
	}
	return false
}
