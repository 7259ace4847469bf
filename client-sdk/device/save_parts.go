package device

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// How much a change names of what it belongs to; as Change.other_parts and taken_from say.
const (
	maxOtherParts = 64
	maxTakenFrom  = 16
)

// saved is what a save has written before one of its parts.
type saved struct {
	drafts []*Draft
	// replaced are refused changes of the part's family that its changes say again.
	replaced []*ksv1.Change
}

// nameParts has the changes of a part name the changes by which other families get what they give
// away, and the families from which they take over: of this save, and of the refused ones that
// they say again. Where the other family has nothing new by this save, what it still waits to
// send brings it.
func (s *Store) nameParts(ctx context.Context, tx *sql.Tx, part Saving, draft *Draft, before saved) error {
	for _, c := range draft.changes {
		for _, r := range before.replaced {
			c.TakenFrom = append(c.TakenFrom, r.GetTakenFrom()...)
		}
		to := merge.LeadsTo(c)
		if len(to) > 0 {
			for _, r := range before.replaced {
				c.OtherParts = append(c.OtherParts, r.GetOtherParts()...)
			}
		}
		for _, family := range to {
			made, err := s.partsOf(ctx, tx, family, before.drafts)
			if err != nil {
				return err
			}
			c.OtherParts = append(c.OtherParts, made...)
		}
		for _, d := range before.drafts {
			if d.Family.ID == part.From {
				c.TakenFrom = append(c.TakenFrom, &ksv1.TakenFrom{FamilyId: part.From[:], Village: d.Family.Village})
			}
		}
		c.OtherParts = lastOf(c.OtherParts, maxOtherParts, bytes.Equal)
		c.TakenFrom = lastOf(c.TakenFrom, maxTakenFrom, func(a, b *ksv1.TakenFrom) bool { return proto.Equal(a, b) })
	}
	return nil
}

// partsOf are the ids of the changes by which a family gets something by a save.
func (s *Store) partsOf(ctx context.Context, tx *sql.Tx, family merge.ID, drafts []*Draft) (out [][]byte, err error) {
	for _, d := range drafts {
		if d.Family.ID != family {
			continue
		}
		for _, c := range d.changes {
			out = append(out, c.GetId())
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return collect[[]byte](ctx, tx, `SELECT id FROM change WHERE family_id = ? AND seq IN unsent ORDER BY seq`, family[:])
}

// lastOf are the last most elements of a list, each once.
func lastOf[T any](list []T, most int, same func(a, b T) bool) []T {
	var out []T
	for _, x := range list {
		if !slices.ContainsFunc(out, func(o T) bool { return same(o, x) }) {
			out = append(out, x)
		}
	}
	return out[max(0, len(out)-most):]
}

// undone tells whether a change was refused because another family did not get what this one
// gives away: nothing of it stands, and it is to be done again with that.
func (r *row) undone() bool {
	return r.status == StatusRefused && r.receipt.GetReason() == review.OtherPartRefused
}

// awaitsParts tells whether a change that is refused for another part's sake is to be sent again
// instead, because that part has no answer yet.
func (s *Store) awaitsParts(ctx context.Context, tx *sql.Tx, c *ksv1.Change, receipt *ksv1.Receipt) (bool, error) {
	if receipt.GetReason() != review.OtherPartRefused || len(c.GetOtherParts()) == 0 {
		return false, nil
	}
	var args []any
	for _, id := range c.GetOtherParts() {
		args = append(args, id)
	}
	waiting, err := collect[int64](ctx, tx, `SELECT seq FROM change WHERE seq IN unsent AND id IN (?`+strings.Repeat(`, ?`, len(args)-1)+`)`, args...)
	if err != nil {
		return false, fmt.Errorf("find other parts: %w", err)
	}
	return len(waiting) > 0, nil
}
