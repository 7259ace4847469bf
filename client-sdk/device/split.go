package device

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Prepare makes the edits of one part of a split ready to be saved; an error of
// it refuses the whole.
type Prepare func(*Draft, []merge.RecordEdit) ([]merge.RecordEdit, error)

// Split makes members of a family a family of their own, in one transaction, and
// gives the new one's id and the changes, the new family's first. split says everything but ids: of each person only who
// they are in the old family. Errors: ErrNotFound, those of merge.SplitOff, where
// a family that is not counted any more has no members, and of prepare.
func (s *Store) Split(ctx context.Context, split merge.Split, prepare Prepare) (merge.ID, []*ksv1.Change, error) {
	confirmed, err := s.Known(ctx, split.From)
	if err != nil {
		return merge.ID{}, nil, err
	}
	old, err := s.Family(ctx, split.From)
	if err != nil {
		return merge.ID{}, nil, err
	}
	household, err := merge.View(&old.State)
	if err != nil {
		return merge.ID{}, nil, err
	}
	if household.GetFamily().GetRemoval() != nil {
		return merge.ID{}, nil, fmt.Errorf("family %s: %w", split.From, merge.ErrNotMember)
	}
	for i := range split.Persons {
		p := &split.Persons[i]
		// Whom the server does not know yet nobody else can split off, and their
		// ids may still be renumbered: new ids will do.
		known := confirmed.Record(merge.Key{Kind: merge.KindMember, Member: p.Member}) != nil
		if i == 0 {
			split.Family = s.splitID(known, split.From, p.Member)
		}
		p.As = s.splitID(known, split.Family, p.Member)
	}
	opens, leaves, err := merge.SplitOff(household, split)
	if err != nil {
		return merge.ID{}, nil, err
	}
	changes, err := s.SaveAll(ctx,
		Saving{Family: split.Family, Village: old.Village, Edit: func(d *Draft) ([]merge.RecordEdit, error) {
			there, err := merge.View(&d.Family.State)
			if err != nil {
				return nil, err
			}
			return prepare(d, merge.Reopen(there, opens))
		}},
		Saving{Family: split.From, Edit: func(d *Draft) ([]merge.RecordEdit, error) { return prepare(d, leaves) }})
	return split.Family, changes, err
}

func (s *Store) splitID(known bool, from, of merge.ID) merge.ID {
	if known {
		return merge.SplitID(from, of)
	}
	return s.NewFamilyID()
}
