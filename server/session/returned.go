package session

import (
	"bytes"
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

const (
	// returnedBytes bounds what comes ahead of a village's feed, before compression: some
	// kilobytes on the wire, which a slow link carries in seconds.
	returnedBytes = 24 << 10
	// returnedRows bounds the families that are looked at for it.
	returnedRows = 200
)

// readReturned reads a page of what was returned, the latest first, that the device has
// not got: past its cursor, or in an RT that is not there yet. More of them come with the
// rest.
func (s *Session) readReturned(ctx context.Context, snap store.Snapshot, task syncing.FeedTask, maxBytes int) (syncing.FeedRead, error) {
	after := task.After
	if len(task.Missing) > 0 {
		after = 0
	}
	rows, err := snap.ReturnedSince(ctx, task.Village, after, placesOf(s.scopes[task.Village]), returnedRows)
	if err != nil {
		return syncing.FeedRead{}, err
	}
	rows = slices.DeleteFunc(rows, func(f store.Family) bool { return f.Revision <= task.After && !missing(&f, task.Missing) })
	if len(rows) == 0 {
		return syncing.FeedRead{}, nil
	}
	page := &ksv1.FeedPage{Village: task.Village}
	if _, err := s.addFamilies(ctx, snap, page, rows, min(maxBytes, returnedBytes)); err != nil {
		return syncing.FeedRead{}, err
	}
	return syncing.FeedRead{Page: page}, nil
}

// missing tells whether a back-fill is still to bring the family.
func missing(f *store.Family, backfills []*ksv1.BackfillCursor) bool {
	return slices.ContainsFunc(backfills, func(b *ksv1.BackfillCursor) bool {
		return (b.GetPlace() == wholeVillage || b.GetPlace() == f.Place.String()) && bytes.Compare(f.ID[:], b.GetLastFamilyId()) > 0
	})
}
