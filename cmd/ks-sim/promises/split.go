package promises

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// newSplits draws who splits which family in a world.
func newSplits(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x7370)) }

// splitStep lets, now and then, members of a family become one of their own.
func (w *World) splitStep(ctx context.Context) error {
	if w.splits.IntN(100) >= 3 {
		return nil
	}
	r := w.replicas[w.splits.IntN(len(w.replicas))]
	known, _ := r.store.Families(device.Query{Limit: 1000})
	if len(known) == 0 {
		return nil
	}
	from := known[w.splits.IntN(len(known))].ID
	f, err := r.store.Family(ctx, from)
	if err != nil {
		return fmt.Errorf("split: %w", err)
	}
	h, err := merge.View(&f.State)
	if err != nil {
		return err
	}
	s := merge.Split{From: from, LastDay: prokesga.DateOf(w.now).String()}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetRemoval() != nil || w.splits.IntN(2) == 0 {
			continue
		}
		id, err := merge.ParseID(m.GetMemberId())
		if err != nil {
			return err
		}
		s.Persons = append(s.Persons, merge.Leaving{Member: id})
	}
	_, changes, err := r.store.Split(ctx, s, func(_ *device.Draft, edits []merge.RecordEdit) ([]merge.RecordEdit, error) { return edits, nil })
	if errors.Is(err, merge.ErrNotMember) || errors.Is(err, merge.ErrNobodyStays) || errors.Is(err, merge.ErrNoFamily) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("split: %w", err)
	}
	w.Report.Splits++
	for _, c := range changes {
		w.noteSaved(r, c)
	}
	return nil
}

// checkSplits: who went to a family of their own is no member of the old one any
// more, unless their leaving is not merged.
func (w *World) checkSplits(t *judge.Truth) error {
	// Of a copied database the same member may stand in a family that was renumbered,
	// which it did not leave: what counts is the family that the leaving was of.
	type place struct{ family, member string }
	left := map[string][]place{} // by member
	for _, c := range t.Changes {
		if merge.LeavesFamily(c) {
			for _, write := range c.GetWrites() {
				member := string(write.GetMemberId())
				left[member] = append(left[member], place{string(c.GetFamilyId()), member})
			}
		}
	}
	shown := map[place]*ksv1.Member{}
	var arrived []*ksv1.Member
	for id := range t.States {
		state := t.States[id]
		h, err := merge.View(&state)
		if err != nil {
			return err
		}
		for _, m := range h.GetMembers() {
			member, err := merge.ParseID(m.GetMemberId())
			if err != nil {
				return err
			}
			shown[place{string(id[:]), string(member[:])}] = m.GetMember()
			if m.GetMember().GetFormerMemberId() != "" {
				arrived = append(arrived, m.GetMember())
			}
		}
	}
	for _, m := range arrived {
		id, err := merge.ParseID(m.GetFormerMemberId())
		if err != nil {
			return err
		}
		for _, from := range left[string(id[:])] {
			if was := shown[from]; was != nil && was.GetRemoval() == nil {
				w.Report.violate("split: member %s is in the old family and in the new one", id)
			}
		}
	}
	return nil
}
