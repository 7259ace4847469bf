package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// colVillage is the column that says where a family lives.
const colVillage = "survei_kelurahan_id"

// standing is a family's record in a village.
type standing struct {
	village store.Village
	state   merge.State
	// household is what the state shows; nil where the village has no record of it.
	household              *ksv1.Household
	restricted, superseded bool
	review                 ksv1.ReviewState
}

// stands: the village has a record of the family that it did not leave behind.
func (s *standing) stands() bool { return s.household != nil && !leftBehind(s.household) }

// leftBehind: the family went on to another village, where its rounds are.
func leftBehind(h *ksv1.Household) bool {
	return h.GetFamily().GetMovedTo() != "" && h.GetFamily().GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_MOVED
}

// immovable says why a record can't be taken to another village; "" where it can. Taken
// over it is the import's, whose values every later file overrules.
func (s *standing) immovable(importer uint32) string {
	switch {
	case s.household.GetFamily().GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_ERASED:
		return "where it was lawfully erased"
	case s.restricted:
		return "where its processing is restricted"
	case s.review == ksv1.ReviewState_REVIEW_STATE_SUBMITTED || s.review == ksv1.ReviewState_REVIEW_STATE_RETURNED:
		// Whoever judges it, or corrects it, has it in that village.
		return "where it is under review; bring the file again once it is approved there"
	}
	for i := range s.state.Records {
		for j := range s.state.Records[i].Registers {
			for _, v := range s.state.Records[i].Registers[j].Values {
				if v.Stamp.Device != importer {
					return "where it was worked on in this system; have it closed there as moved, or corrected in the source"
				}
			}
		}
	}
	return ""
}

// elsewhere settles a family of which other villages have a record, and gives the village
// into which it is to be brought as any other; 0 where all is done. A family that a file has
// in another village moves there, with its rounds: it is closed where it stood. A file of an
// earlier year brings its round to where the family stands since.
func (i *Importer) elsewhere(ctx context.Context, in incoming, id merge.ID, village uint32, others []uint32) (uint32, error) {
	here, there, behind, err := i.standings(ctx, id, village, others)
	if err != nil {
		return 0, err
	}
	for _, s := range behind {
		if err := i.supersede(ctx, s, true); err != nil {
			return 0, err
		}
	}
	if there == nil {
		return village, i.supersede(ctx, here, false)
	}
	if why := there.immovable(i.clock.Device); why != "" {
		i.refuse(in, colVillage, fmt.Sprintf("the family stands in village %s, %s", there.village.Code, why))
		return 0, nil
	}
	p, err := newPlan(&there.state, in, i.clock.Device)
	switch {
	case err != nil:
		return 0, err
	case p.older:
		i.Report.Families++
		i.Report.Older++
		i.warn(in, colVillage, fmt.Sprintf("the family stands in village %s by a newer file", there.village.Code))
		return 0, nil
	case p.history:
		i.warn(in, colVillage, fmt.Sprintf("the family stands in village %s by a later survey; this one is kept with it there", there.village.Code))
		return there.village.Number, nil
	}
	if here.stands() {
		return village, i.leave(ctx, in, there, here) // an import was broken off between the two
	}
	i.Report.Families++
	i.warn(in, colVillage, fmt.Sprintf("the family stood in village %s; it is closed there as moved, and stands here with its rounds", there.village.Code))
	i.tellNotes(in, p.notes)
	return 0, i.move(ctx, p, here, there)
}

// standings reads a family's record in a village, the one where it stands elsewhere, nil
// where it does nowhere, and those that it left behind for one of these: closed as moved by
// people, or by an import that was broken off.
func (i *Importer) standings(ctx context.Context, id merge.ID, village uint32, others []uint32) (here, there *standing, behind []*standing, err error) {
	scoped := store.WithScope(ctx, store.Scope{Villages: append(slices.Clone(others), village), Restricted: true})
	err = i.Core.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) (err error) {
		there, behind = nil, nil
		if here, err = i.standing(ctx, snap, village, id); err != nil {
			return err
		}
		for _, other := range others {
			s, err := i.standing(ctx, snap, other, id)
			if err != nil {
				return err
			}
			switch {
			case s.stands():
				there = s
			case s.household != nil:
				behind = append(behind, s)
			}
		}
		if there != nil && here.household != nil && !here.stands() {
			behind = append(behind, here)
		}
		return nil
	})
	return here, there, behind, err
}

func (i *Importer) standing(ctx context.Context, snap store.Snapshot, village uint32, id merge.ID) (*standing, error) {
	s := &standing{state: merge.State{Family: id}}
	var err error
	if s.village, err = snap.Village(ctx, village); err != nil {
		return nil, err
	}
	row, err := snap.FindFamily(ctx, []uint32{village}, id)
	if errors.Is(err, store.ErrNotFound) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if _, _, s.state, err = i.Core.Vault.ReadFamily(ctx, snap, &row); err != nil {
		return nil, err
	}
	s.restricted, s.superseded, s.review = row.Restricted, row.Superseded, ksv1.ReviewState(row.ReviewState)
	s.household, err = merge.View(&s.state)
	return s, err
}

// move opens a family in a village with what it was elsewhere and what the file says beyond,
// then closes it there: broken off in between, the next import of the file goes on.
func (i *Importer) move(ctx context.Context, p *plan, here, there *standing) error {
	said, err := p.edits()
	if err != nil {
		return err
	}
	all, err := merge.Edits(there.household)
	if err != nil {
		return err
	}
	for _, e := range all {
		merge.SetSourceYears(e.Set, merge.SourceYearsOf(&there.state, e.Key))
	}
	all = merge.Combine(append(all, said...)...)
	for n := range all {
		if family, ok := all[n].Set.(*ksv1.Family); ok {
			family.MovedTo, family.MovedFrom = nil, proto.String(there.village.Code)
			if all[n].Clear = append(all[n].Clear, fieldMovedTo); family.Removal == nil {
				all[n].Clear = append(all[n].Clear, fieldFamilyRemoval)
			}
		}
	}
	opened, err := i.writeTo(ctx, p.in, here, all)
	if err != nil || !opened {
		return err
	}
	return i.leave(ctx, p.in, there, here)
}

// leave closes a family's record, which went on to another village, and has devices hold the
// one there.
func (i *Importer) leave(ctx context.Context, in incoming, there, here *standing) error {
	closed, err := i.writeTo(ctx, in, there, []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{
		MovedTo: proto.String(here.village.Code),
		Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED},
	}}})
	if err != nil || !closed {
		return err
	}
	return errors.Join(i.supersede(ctx, here, false), i.supersede(ctx, there, true))
}

// supersede has devices hold a family's record no longer, or again: they hold a family in one
// village, and where they had two records of it their sums would differ from the server's for good.
func (i *Importer) supersede(ctx context.Context, s *standing, superseded bool) error {
	if s.superseded == superseded {
		return nil
	}
	s.superseded = superseded
	return i.Core.Supersede(ctx, ingest.Supersession{Village: s.village.Number, Family: s.state.Family, Superseded: superseded})
}

// writeTo commits edits for a family in a file to a record of it in a village; false where
// they were refused.
func (i *Importer) writeTo(ctx context.Context, in incoming, s *standing, edits []merge.RecordEdit) (bool, error) {
	c, err := i.write(&s.state, s.village.Number, edits)
	if err != nil || c == nil {
		return err == nil, err
	}
	return i.send(ctx, s.village.Number, []sending{i.prepare(c, in)})
}
