package session

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/server/store"
)

// countedFamilies bounds what is counted one by one of a village as a session opens: that
// takes some milliseconds, and the feed reads all of it afterwards anyway. Of more it is told
// how many they are at most.
const countedFamilies = 10_000

// expected is how many families a village's feed will bring as the village stands, for
// progress and the audit trail: those changed past the cursor, and those of the RT that are
// back-filled; one that is both comes twice.
func (s *Session) expected(ctx context.Context, snap store.Snapshot, v store.Village, rows []store.Place, plan *syncing.VillagePlan) (uint64, error) {
	families, err := s.expectedNews(ctx, snap, v, rows, plan.After)
	if err != nil {
		return 0, err
	}
	for _, b := range plan.Backfills {
		n, err := s.unfilled(ctx, snap, rows, syncing.FeedTask{Village: v.Number, Place: b.GetPlace(), AfterFamily: b.GetLastFamilyId()})
		if err != nil {
			return 0, err
		}
		families += n
	}
	return families, nil
}

// expectedNews are families changed past a revision; many revisions may be of few families.
func (s *Session) expectedNews(ctx context.Context, snap store.Snapshot, v store.Village, rows []store.Place, after uint64) (uint64, error) {
	var all, held uint64
	for i := range rows {
		all += uint64(rows[i].Families)
		if s.holds(v.Number, rows[i].Place) {
			held += uint64(rows[i].Families)
		}
	}
	revisions := v.Revision - after
	if most := min(held, revisions); most == 0 || min(all, revisions) > countedFamilies {
		return most, nil
	}
	n, err := snap.CountStatesSince(ctx, v.Number, after, placesOf(s.scopes[v.Number]), countedFamilies)
	return uint64(n), err
}

// unfilled is how many families a back-fill is to bring; one that was broken off brings the
// rest.
func (s *Session) unfilled(ctx context.Context, snap store.Snapshot, rows []store.Place, task syncing.FeedTask) (families uint64, err error) {
	for i := range rows {
		if (task.Place == wholeVillage || task.Place == rows[i].Place.String()) && s.holds(task.Village, rows[i].Place) {
			families += uint64(rows[i].Families)
		}
	}
	if len(task.AfterFamily) == 0 || families == 0 || families > countedFamilies {
		return families, nil
	}
	places, err := s.placesOfTask(task)
	if err != nil {
		return 0, err
	}
	after, err := merge.IDFromBytes(task.AfterFamily)
	if err != nil {
		return 0, err
	}
	n, err := snap.CountStatesByID(ctx, task.Village, places, after, countedFamilies)
	return uint64(n), err
}
