package server

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Verified is what Verify went through.
type Verified struct {
	Villages, Families, Changes int
	// Older are villages whose figures are of earlier rules (ingest.Rules), and so not held
	// against these; that their sums are those of their families is.
	Older int
	// Differences say what is stored otherwise than it follows from the
	// history; none is how it should be.
	Differences []string
	// Misfound are families that the index of NIK and NKK has by others than their own, or
	// not at all, though it has come that far. No figure hangs on it.
	Misfound int
}

// verifyPage is how many families are read at a time.
const verifyPage = 500

// maxDifferences bounds the report.
const maxDifferences = 100

// Verify joins every family's history anew, recomputes its values, and sums
// digests and tallies by RT and village; it compares all of it with what is
// stored. A village is read on one snapshot. progress, where not nil, is told
// villages done of all.
func Verify(ctx context.Context, s store.Store, ring *record.Ring, progress func(done, all int)) (*Verified, error) {
	v := &verifier{vault: ingest.NewVault(ring, nil), ring: ring, out: &Verified{}}
	ctx = store.AsOperator(ctx)
	var villages []store.Village
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		villages, err = snap.VillagesUnder(ctx, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	for n, village := range villages {
		if progress != nil {
			progress(n+1, len(villages))
		}
		if village.Revision == 0 {
			continue
		}
		err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error { return v.village(ctx, snap, village.Number) })
		if err != nil {
			return nil, fmt.Errorf("verify village %s: %w", village.Code, err)
		}
		v.out.Villages++
	}
	return v.out, nil
}

type verifier struct {
	vault *ingest.Vault
	ring  *record.Ring
	out   *Verified

	whole, verified iks.Tally
	years           iks.YearTallies
	placeYears      map[area.Place]*iks.YearTallies
	counts          collection.Counts
	shares          collection.Shares
	places          map[area.Place]*store.Place
	key             merge.DigestKey
	// yearsMissing: the village's survey years are still to be counted.
	yearsMissing bool
	// older: the village's figures are of earlier rules.
	older bool
	found foundBy
}

func (v *verifier) differ(format string, args ...any) {
	if len(v.out.Differences) < maxDifferences {
		v.out.Differences = append(v.out.Differences, fmt.Sprintf(format, args...))
	}
}

func (v *verifier) village(ctx context.Context, snap store.Snapshot, number uint32) error {
	row, err := snap.Village(ctx, number)
	if err != nil {
		return err
	}
	if v.key, err = v.ring.DigestKey(number); err != nil {
		return err
	}
	v.whole, v.verified, v.places = iks.Tally{}, iks.Tally{}, map[area.Place]*store.Place{}
	v.counts, v.shares = collection.Counts{}, collection.Shares{}
	v.yearsMissing = row.YearsMissing
	if v.older = row.Rules < ingest.Rules; v.older {
		v.out.Older++
	}
	v.years, v.placeYears = nil, map[area.Place]*iks.YearTallies{}
	if err := v.beginFound(ctx, snap, number); err != nil {
		return err
	}
	err = store.EachFamily(ctx, snap, number, nil, verifyPage, func(f *store.Family) error { return v.family(ctx, snap, f) })
	if err == nil {
		err = v.compareFound(ctx, snap, number)
	}
	if err != nil {
		return err
	}
	if v.whole != row.Provisional {
		v.differ("tally of village %s", row.Code)
	}
	if v.verified != row.Verified {
		v.differ("verified tally of village %s", row.Code)
	}
	if !row.YearsMissing && v.years.Pack(&v.whole, &v.verified) != row.Years {
		v.differ("tallies by survey year of village %s", row.Code)
	}
	if v.counts != row.Collection {
		v.differ("status of collection of village %s", row.Code)
	}
	if err := v.efforts(ctx, snap, &row); err != nil {
		return err
	}
	stored, err := snap.PlacesOf(ctx, number)
	if err != nil {
		return err
	}
	for _, p := range stored {
		want := v.places[p.Place]
		if want == nil {
			want = &store.Place{Place: p.Place}
		} else if !row.YearsMissing {
			want.Years = v.placeYears[p.Place].Pack(&want.Provisional, &want.Verified)
		}
		if p.Digest != want.Digest || p.Families != want.Families || p.Provisional != want.Provisional || p.Verified != want.Verified ||
			p.Collection != want.Collection || p.Years != want.Years {
			v.differ("sums of village %s RT %s", row.Code, p.Place)
		}
	}
	return nil
}

func (v *verifier) family(ctx context.Context, snap store.Snapshot, f *store.Family) error {
	digest, canonical, state, err := v.vault.OpenFamily(f)
	opens := err == nil
	if err != nil {
		v.differ("family %s does not open: %v", f.ID, err)
		if digest, canonical, state, err = v.vault.ReadFamily(ctx, snap, f); err != nil {
			if ingest.Unopened(err) {
				return nil
			}
			return err
		}
	}
	v.out.Families++
	joined, err := v.history(ctx, snap, f)
	if err != nil {
		return err
	}
	if !bytes.Equal(joined.Encode(nil), canonical) {
		v.differ("family %s is not what its history joins to", f.ID)
	}
	if digest != merge.FamilyDigest(v.key, canonical) {
		v.differ("digest of family %s", f.ID)
	}
	household, err := merge.View(&state)
	if err != nil {
		return err
	}
	if opens { // else the index keeps what it had of it
		if err := v.expect(ctx, snap, f, household); err != nil {
			return err
		}
	}
	if calls := collection.CallsOf(household); calls != f.Calls && !v.older {
		v.differ("visits of family %s", f.ID)
	}
	approved, err := v.vault.OpenApproved(f)
	if err != nil {
		v.differ("approved state of family %s does not open: %v", f.ID, err)
		return nil
	}
	values, err := v.valuesOf(f, &state, approved)
	if err != nil {
		return err
	}
	if values.provisional != f.Provisional {
		v.differ("values of family %s", f.ID)
	}
	if values.verified != f.Verified {
		v.differ("verified values of family %s", f.ID)
	}
	v.addYears(f, values.years)
	v.whole.Add(values.provisional)
	v.verified.Add(values.verified)
	counts := collection.Of(f.Collected())
	v.counts.Add(counts)
	v.shares.Add(collection.SharesOf(f.Collected(), f.Surveyor, &state))
	v.addToPlace(f, digest, &values, counts)
	return nil
}

func (v *verifier) addToPlace(f *store.Family, digest merge.Digest, values *values, counts collection.Counts) {
	p := v.places[f.Place]
	if p == nil {
		p = &store.Place{}
		v.places[f.Place] = p
	}
	p.Digest = p.Digest.Add(digest)
	p.Families++
	p.Provisional.Add(values.provisional)
	p.Collection.Add(counts)
	p.Verified.Add(values.verified)
}

// values are what a family counts with.
type values struct {
	provisional, verified iks.Packed
	years                 iks.FamilyYears
}

// valuesOf are those that follow from a family's states by these rules; in a village whose
// figures are of earlier ones, those that are kept, which its sums are then held against.
func (v *verifier) valuesOf(f *store.Family, state, approved *merge.State) (out values, err error) {
	if v.older {
		out.provisional, out.verified = f.Provisional, f.Verified
		if kept, err := f.ByYear(); err == nil { // else addYears tells so
			out.years = kept
		}
		return out, nil
	}
	var provisional, verified iks.FamilyYears
	if out.provisional, provisional, err = ingest.ValuesOf(state); err != nil {
		return out, err
	}
	out.verified, verified, err = ingest.ValuesOf(approved)
	out.years = iks.Both(provisional, verified)
	return out, err
}

// addYears counts a family in its survey years, and holds them against what is kept of
// it.
func (v *verifier) addYears(f *store.Family, years iks.FamilyYears) {
	if kept, err := f.ByYear(); !v.yearsMissing && (err != nil || !slices.Equal(kept, years)) {
		v.differ("survey years of family %s", f.ID)
	}
	v.years.Add(years)
	if v.placeYears[f.Place] == nil {
		v.placeYears[f.Place] = &iks.YearTallies{}
	}
	v.placeYears[f.Place].Add(years)
}

// efforts compares what is kept of each account's work with the families.
func (v *verifier) efforts(ctx context.Context, snap store.Snapshot, row *store.Village) error {
	stored, err := snap.Efforts(ctx, []uint32{row.Number}, 0, math.MaxInt32)
	for _, e := range stored {
		v.shares.Sub(collection.Shares{e.Surveyor: e.Counts})
	}
	for account := range v.shares {
		v.differ("work of account %d in village %s", account, row.Code)
	}
	return err
}

// history joins all changes of a family.
func (v *verifier) history(ctx context.Context, snap store.Snapshot, f *store.Family) (merge.State, error) {
	joined := merge.State{Family: f.ID}
	err := v.vault.EachChange(ctx, snap, f, func(_ *store.Entry, c *ksv1.Change, err error) error {
		if err != nil {
			v.differ("%v", err)
			return nil
		}
		v.out.Changes++
		if c == nil {
			return nil // erased: its place and hashes are left
		}
		delta, err := merge.FromChange(c)
		if err == nil {
			joined = merge.Join(joined, delta)
		}
		return err
	})
	return joined, err
}
