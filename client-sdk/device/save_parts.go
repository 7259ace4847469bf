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

// saved is what a save has written before one of its parts.
type saved struct {
	drafts []*Draft
	// replaced are refused changes of the part's family that its changes say again.
	replaced []*ksv1.Change
}

// nameParts has the changes of a part name the changes by which other families get what they give
// away, and the families from which they take over: of this save, and of the refused ones that
// they say again. By a save another family gets no more than what it does not show already, so
// all of it is named that the server has not merged.
func (s *Store) nameParts(ctx context.Context, tx *sql.Tx, part Saving, draft *Draft, before saved) error {
	for _, c := range draft.changes {
		for _, r := range before.replaced {
			c.TakenFrom = append(c.TakenFrom, r.GetTakenFrom()...)
		}
		to := merge.LeadsTo(c)
		if len(to) > 0 {
			said, err := s.partsSaid(ctx, tx, before.replaced)
			if err != nil {
				return err
			}
			c.OtherParts = append(c.OtherParts, said...)
		}
		for _, family := range to {
			parts, err := s.partsOf(ctx, tx, family)
			if err != nil {
				return err
			}
			c.OtherParts = append(c.OtherParts, parts...)
		}
		for _, d := range before.drafts {
			if d.Family.ID == part.From {
				c.TakenFrom = append(c.TakenFrom, &ksv1.TakenFrom{FamilyId: part.From[:], Village: d.Family.Village})
			}
		}
		c.OtherParts = lastOf(c.OtherParts, merge.MaxOtherParts, bytes.Equal)
		c.TakenFrom = lastOf(c.TakenFrom, merge.MaxTakenFrom, func(a, b *ksv1.TakenFrom) bool { return proto.Equal(a, b) })
	}
	return nil
}

// partsSaid are the other parts that refused changes named, but for those which another change has
// taken the place of: that is one of the family's own (partsOf).
func (s *Store) partsSaid(ctx context.Context, tx *sql.Tx, refused []*ksv1.Change) (out [][]byte, err error) {
	for _, r := range refused {
		for _, id := range r.GetOtherParts() {
			replaced, err := collect[int64](ctx, tx, `SELECT seq FROM change WHERE id = ? AND status > 0 AND status = ?`, id, StatusReplaced)
			if err != nil {
				return nil, fmt.Errorf("find other parts: %w", err)
			}
			if len(replaced) == 0 {
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// partsOf are the ids of the changes by which a family gets what the server has not merged yet.
func (s *Store) partsOf(ctx context.Context, tx *sql.Tx, family merge.ID) (out [][]byte, err error) {
	rows, err := s.changes(ctx, tx, `WHERE family_id = ? AND status IN (?, ?, ?) ORDER BY seq`,
		family[:], StatusPending, StatusRefused, StatusQuarantined)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		stands, err := r.stands()
		if err != nil {
			return nil, fmt.Errorf("read other parts: %w", err)
		}
		if len(stands.GetWrites()) > 0 {
			out = append(out, r.change.GetId())
		}
	}
	return out, nil
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

// stands is a change, or what stands of one that was refused because another family did not get
// what this one gives away: whom that did not get has not left, and that is to be done again.
// What else the user saved with it stands. No writes: nothing does. Errors:
// merge.ErrMalformedChange.
func (r *row) stands() (*ksv1.Change, error) {
	if r.status != StatusRefused || r.receipt.GetReason() != review.OtherPartRefused {
		return r.change, nil
	}
	return merge.WithoutLeaving(r.change)
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
