// Package judge reads a server's store and holds it against the promises,
// whatever brought it there: every state is what its history joins to, by the
// product's join and by the rule written once more; every sum is that of the
// families; nothing stands in the history twice.
package judge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Judge reads a store.
type Judge struct {
	Store store.Store
	Vault *ingest.Vault
	Ring  *record.Ring
	// Violate is told of every promise found broken.
	Violate func(format string, args ...any)
}

// Truth is what the server holds, taken apart for checking.
type Truth struct {
	Families map[merge.ID]store.Family
	States   map[merge.ID]merge.State
	// Changes are all of the history, by id, Authors whose they are there.
	Changes   map[merge.ID]*ksv1.Change
	Authors   map[merge.ID]uint32
	Conflicts int // registers in conflict
}

// Read reads everything, and checks each family's state.
func (w *Judge) Read(ctx context.Context) (*Truth, error) {
	t := &Truth{Families: map[merge.ID]store.Family{}, States: map[merge.ID]merge.State{}, Changes: map[merge.ID]*ksv1.Change{}, Authors: map[merge.ID]uint32{}}
	err := w.Store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		for _, v := range villages {
			rows, err := snap.FamiliesByID(ctx, v.Number, nil, merge.ID{}, 1_000_000)
			if err != nil {
				return err
			}
			for _, f := range rows {
				if err := w.readFamily(ctx, snap, t, f); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return t, err
}

// readFamily checks that the stored state is what its history joins to.
func (w *Judge) readFamily(ctx context.Context, snap store.Snapshot, t *Truth, f store.Family) error {
	_, canonical, state, err := w.Vault.OpenFamily(&f)
	if err != nil {
		return err
	}
	entries, err := snap.History(ctx, f.Village, f.ID, 0, 1_000_000)
	if err != nil {
		return err
	}
	joined := merge.State{Family: f.ID}
	var changes []*ksv1.Change
	for i := range entries {
		if len(entries[i].Payload) == 0 {
			continue // erased
		}
		plain, err := w.Vault.OpenHistory(f.Village, f.Salt, &entries[i])
		if err != nil {
			return err
		}
		c := &ksv1.Change{}
		if err := proto.Unmarshal(plain, c); err != nil {
			return err
		}
		delta, err := merge.FromChange(c)
		if err != nil {
			return err
		}
		joined = merge.Join(delta, joined)
		changes = append(changes, c)
		if _, twice := t.Changes[entries[i].Change]; twice {
			w.Violate("once: change %s is in the history twice", entries[i].Change)
		}
		t.Changes[entries[i].Change], t.Authors[entries[i].Change] = c, entries[i].Author
	}
	joined.Family = f.ID
	if !bytes.Equal(joined.Encode(nil), canonical) {
		w.Violate("convergence: family %s is not what its history joins to", f.ID)
	}
	if err := checkModel(&state, changes); err != nil {
		w.Violate("merge: family %s: %v", f.ID, err)
	}
	t.Conflicts += len(merge.Conflicts(&state))
	t.Families[f.ID], t.States[f.ID] = f, state
	return nil
}

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

func (w *Judge) checkVillage(ctx context.Context, snap store.Snapshot, t *Truth, v store.Village) error {
	raw, err := w.Ring.DigestKey(v.Number)
	if err != nil {
		return err
	}
	var whole, verified iks.Tally
	var villageYears iks.YearTallies
	byYear := map[area.Place]*iks.YearTallies{}
	approved := map[area.Place]*iks.Tally{}
	tallies, sums, counts := map[area.Place]*iks.Tally{}, map[area.Place]merge.Digest{}, map[area.Place]int64{}
	for id, f := range t.Families {
		if f.Village != v.Number {
			continue
		}
		state := t.States[id]
		household, err := merge.View(&state)
		if err != nil {
			return err
		}
		packed := iks.Assess(household, iks.AnyYear).Packed()
		current := yearsOf(household)
		whole.Add(packed)
		if tallies[f.Place] == nil {
			tallies[f.Place] = &iks.Tally{}
		}
		tallies[f.Place].Add(packed)
		kept, err := w.Vault.OpenApproved(&f)
		if err != nil {
			return err
		}
		values, past, err := approvedValues(kept)
		if err != nil {
			return err
		}
		years := iks.Both(current, past)
		if told, err := f.ByYear(); err != nil || !slices.Equal(told, years) {
			w.Violate("index: survey years of family %s differ from recompute: %v", id, err)
		}
		if byYear[f.Place] == nil {
			byYear[f.Place] = &iks.YearTallies{}
		}
		byYear[f.Place].Add(years)
		villageYears.Add(years)
		if approved[f.Place] == nil {
			approved[f.Place] = &iks.Tally{}
		}
		verified.Add(values)
		approved[f.Place].Add(values)
		sums[f.Place] = sums[f.Place].Add(merge.FamilyDigest(raw, state.Encode(nil)))
		counts[f.Place]++
	}
	if whole != v.Provisional {
		w.Violate("index: tally of village %s differs from recompute", v.Code)
	}
	if verified != v.Verified {
		w.Violate("index: verified tally of village %s differs from recompute", v.Code)
	}
	if v.YearsMissing || villageYears.Pack(&whole, &verified) != v.Years {
		w.Violate("index: tallies by survey year of village %s differ from recompute", v.Code)
	}
	rows, err := snap.PlacesOf(ctx, v.Number)
	if err != nil {
		return err
	}
	for _, p := range rows {
		want := tallies[p.Place]
		if want == nil {
			want, approved[p.Place], byYear[p.Place] = &iks.Tally{}, &iks.Tally{}, &iks.YearTallies{}
		}
		if p.Years != byYear[p.Place].Pack(want, approved[p.Place]) {
			w.Violate("index: RT %s of village %s differs from recompute by survey year", p.Place, v.Code)
		}
		if p.Provisional != *want || p.Verified != *approved[p.Place] || p.Families != counts[p.Place] || p.Digest != sums[p.Place] {
			w.Violate("index: RT %s of village %s differs from recompute", p.Place, v.Code)
		}
	}
	return nil
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

// Saying is a hash of what a change says whatever its ids are: its author and
// the fields written, by kind, but for those that name other records.
func Saying(c *ksv1.Change) [32]byte {
	b := binary.BigEndian.AppendUint32(nil, c.GetAuthor())
	for _, write := range c.GetWrites() {
		fields := withoutLinks(merge.Kind(write.GetKind()), write.GetFields())
		b = append(b, byte(write.GetKind()))
		b = binary.BigEndian.AppendUint32(b, uint32(len(fields)))
		b = append(b, fields...)
	}
	return sha256.Sum256(b)
}

func withoutLinks(kind merge.Kind, fields []byte) []byte {
	elements, err := merge.SplitFields(fields)
	if err != nil {
		return fields
	}
	var out []byte
	for _, e := range elements {
		if !merge.IsLink(kind, e.Field) {
			out = append(out, e.Bytes...)
		}
	}
	return out
}
