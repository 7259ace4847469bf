package device

import (
	"context"
	"database/sql"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// restamp gives pending changes new stamps by the server's clock, in order,
// unseen by the user; they are then read for sending again. What a server has
// acked before and is offered again keeps its stamp, which others know it by,
// unless it lies ahead itself. ahead are those that the server has refused as such.
func (s *Store) restamp(ctx context.Context, tx *sql.Tx, serverMS uint64, ahead []*ksv1.Change) error {
	s.identity.offsetMS = sql.NullInt64{Int64: s.nowMS() - int64(serverMS), Valid: true}
	if planted.Is(planted.RestampForgotten) {
		return nil
	}
	pending, err := s.changes(ctx, tx, `WHERE status = ? ORDER BY seq`, StatusPending)
	if err != nil {
		return err
	}
	pending = slices.DeleteFunc(pending, func(r row) bool {
		return r.ackedMS > 0 && r.change.GetStamp().GetTimeMs() <= serverMS+merge.AheadLimitMS
	})
	changes := make([]*ksv1.Change, len(pending))
	for i := range pending {
		changes[i] = pending[i].change
	}
	held, err := s.heldStamps(ctx, tx, changes, ahead)
	if err != nil {
		return err
	}
	merge.Restamp(changes, &s.identity.clock, serverMS, s.identity.confirmedHigh(serverMS), held)
	for i := range pending {
		if err := s.rewriteChange(ctx, tx, pending[i].seq, changes[i]); err != nil {
			return err
		}
	}
	// Not before: one of a family that comes later may still lie before what it follows, and
	// can't be read.
	done := map[merge.ID]bool{}
	for _, c := range changes {
		family := merge.ID(c.GetFamilyId())
		if done[family] {
			continue
		}
		done[family] = true
		if err := s.reindex(ctx, tx, family); err != nil {
			return err
		}
	}
	s.order = sendOrder{}
	return nil
}

// heldStamps are the highest stamps that the server is known to hold of the families of
// pending changes, be they ahead of its clock: it takes what follows them (merge.StepsFrom).
// Where it has refused what does, ahead, it does not hold them any more, or is older than that.
func (s *Store) heldStamps(ctx context.Context, tx *sql.Tx, pending, ahead []*ksv1.Change) (map[merge.ID]merge.Stamp, error) {
	held := map[merge.ID]merge.Stamp{}
	for _, c := range pending {
		family := merge.ID(c.GetFamilyId())
		if _, met := held[family]; met {
			continue
		}
		confirmed := &Family{ID: family}
		if _, err := s.readConfirmed(ctx, tx, confirmed); err != nil {
			return nil, err
		}
		highest := confirmed.State.HighestStamp()
		applied, err := s.changes(ctx, tx, `WHERE family_id = ? AND status = ?`, family[:], StatusApplied)
		if err != nil {
			return nil, err
		}
		for _, r := range applied {
			highest = merge.MaxStamp(highest, merge.StampOf(r.change.GetStamp()))
		}
		held[family] = highest
	}
	for _, c := range ahead {
		if family := merge.ID(c.GetFamilyId()); merge.StepsFrom(held[family], c) {
			delete(held, family)
		}
	}
	return held, nil
}

// confirmedHigh is a stamp that no confirmed stamp may lie far above: the
// server accepts none more than AheadLimitMS ahead of its clock. New stamps
// stay below that limit too, so a floor is only needed where the last stamp
// seen lies within it.
func (i *identity) confirmedHigh(serverMS uint64) merge.Stamp {
	if i.clock.Last.TimeMS <= serverMS+merge.AheadLimitMS {
		return i.clock.Last
	}
	return merge.Stamp{TimeMS: serverMS, Device: i.device, Incarnation: i.incarnation}
}
