package session

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// read carries out one feed task on one snapshot.
func (s *Session) read(ctx context.Context, task syncing.FeedTask, maxBytes int) (syncing.ServerEvent, error) {
	var event syncing.FeedRead
	if s.backend.FeedBytes > 0 {
		maxBytes = min(maxBytes, s.backend.FeedBytes)
	}
	err := s.backend.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		switch task.Kind {
		case syncing.FeedReturned:
			event, err = s.readReturned(ctx, snap, task, maxBytes)
		case syncing.FeedMain, syncing.FeedTail:
			event, err = s.readMain(ctx, snap, task, maxBytes)
		case syncing.FeedBackfill, syncing.FeedRepair:
			event, err = s.readPlace(ctx, snap, task, maxBytes)
		case syncing.FeedNotices:
			event, err = s.readNotices(ctx, snap, task)
		default:
			err = fmt.Errorf("unknown feed task %d", task.Kind)
		}
		return err
	})
	return event, err
}

// readMain reads what lies past a revision: families in scope, and departures
// from it. The cursor moves to the page's last family, or to the village's
// revision where nothing more follows.
func (s *Session) readMain(ctx context.Context, snap store.Snapshot, task syncing.FeedTask, maxBytes int) (syncing.FeedRead, error) {
	village, err := snap.Village(ctx, task.Village)
	if err != nil {
		return syncing.FeedRead{}, err
	}
	page := &ksv1.FeedPage{Village: task.Village}
	upTo, more := village.Revision, false
	if village.Revision > task.After { // of most villages a session reads no news
		if upTo, more, err = s.addNews(ctx, snap, page, task, maxBytes, village.Revision); err != nil {
			return syncing.FeedRead{}, err
		}
	}
	event := syncing.FeedRead{More: more}
	if upTo > task.After || task.Announce {
		hash := village.Hash
		if upTo != village.Revision {
			if hash, _, err = snap.HashAt(ctx, task.Village, upTo); err != nil {
				return syncing.FeedRead{}, err
			}
		}
		page.Cursor = &ksv1.VillageMark{Village: task.Village, Revision: upTo, Hash: hash[:]}
		event.Page = page
	}
	if task.Kind == syncing.FeedTail && !more {
		event.Digests, err = s.digests(ctx, snap, task.Village, village.Revision)
	}
	return event, err
}

// addNews adds the families and departures past a revision, up to the last of a
// village, as many as a page holds; it tells how far that goes, and whether more follows.
func (s *Session) addNews(ctx context.Context, snap store.Snapshot, page *ksv1.FeedPage, task syncing.FeedTask, maxBytes int, last uint64) (upTo uint64, more bool, err error) {
	limit := rowsOf(maxBytes)
	rows, err := snap.StatesSince(ctx, task.Village, task.After, placesOf(s.scopes[task.Village]), limit)
	if err != nil {
		return 0, false, err
	}
	taken, err := s.addFamilies(ctx, snap, page, rows, maxBytes)
	if err != nil {
		return 0, false, err
	}
	upTo = last
	if taken < len(rows) || len(rows) == limit {
		upTo, more = rows[taken-1].Revision, true
	}
	if planted.Is(planted.CursorPastUnread) {
		upTo, more = last, false
	}
	return upTo, more, s.addDepartures(ctx, snap, page, task, upTo)
}

// familyBytes is about what a family of four takes in a page: more rows than fit
// would be read for nothing.
const familyBytes = 800

func rowsOf(maxBytes int) int { return min(max(maxBytes/familyBytes, 1), syncing.PageFamilies) }

// addFamilies adds rows to a page until it is full; at least one goes in. A family
// whose processing is restricted, or that goes on in another village, leaves the device
// that may hold it.
func (s *Session) addFamilies(ctx context.Context, snap store.Snapshot, page *ksv1.FeedPage, rows []store.Family, maxBytes int) (taken int, err error) {
	for i := range rows {
		if rows[i].Restricted || rows[i].Superseded {
			page.DepartedFamilyIds = append(page.DepartedFamilyIds, slices.Clone(rows[i].ID[:]))
			continue
		}
		f, err := s.feedFamily(ctx, snap, &rows[i])
		if err != nil {
			return 0, err
		}
		size := proto.Size(f) + 4
		if i > 0 && size > maxBytes {
			return i, nil
		}
		page.Families = append(page.Families, f)
		maxBytes -= size
	}
	return len(rows), nil
}

func (s *Session) feedFamily(ctx context.Context, snap store.Snapshot, row *store.Family) (*ksv1.FeedFamily, error) {
	_, canonical, err := s.backend.Vault.ReadCanonical(ctx, snap, row)
	if err != nil {
		return nil, err
	}
	f := &ksv1.FeedFamily{State: canonical, Revision: row.Revision}
	if f.Review, err = s.backend.Vault.FamilyReview(row); err != nil {
		return nil, err
	}
	f.Review = review.ForScope(f.Review, s.holds)
	return f, nil
}

// holds tells whether a place lies in what the device may hold.
func (s *Session) holds(village uint32, place area.Place) bool {
	scope, ok := s.scopes[village]
	return ok && (scope.All || slices.Contains(scope.Places, place))
}

// addDepartures adds who left the scope for an RT outside it.
func (s *Session) addDepartures(ctx context.Context, snap store.Snapshot, page *ksv1.FeedPage, task syncing.FeedTask, upTo uint64) error {
	scope := s.scopes[task.Village]
	if scope.All {
		return nil
	}
	departures, err := snap.DeparturesSince(ctx, task.Village, task.After, upTo)
	if err != nil {
		return err
	}
	inScope := func(p area.Place) bool { return slices.Contains(scope.Places, p) }
	entered := map[merge.ID]area.Place{}
	for _, d := range departures {
		entered[d.Family] = d.Entered
	}
	told := map[merge.ID]bool{}
	for _, d := range departures {
		if inScope(d.Left) && !told[d.Family] && !inScope(entered[d.Family]) {
			told[d.Family] = true
			page.DepartedFamilyIds = append(page.DepartedFamilyIds, d.Family[:])
		}
	}
	return nil
}

// digests are the sums of the RT in scope, without the families that no device
// holds.
func (s *Session) digests(ctx context.Context, snap store.Snapshot, village uint32, revision uint64) (*ksv1.VillageDigests, error) {
	rows, err := snap.PlacesOf(ctx, village)
	if err != nil {
		return nil, err
	}
	withheld, err := snap.WithheldFamilies(ctx, village)
	if err != nil {
		return nil, err
	}
	scope := s.scopes[village]
	outside := func(p area.Place) bool { return !scope.All && !slices.Contains(scope.Places, p) }
	withheld = slices.DeleteFunc(withheld, func(f store.Family) bool { return outside(f.Place) }) // each is opened
	if err := s.without(ctx, snap, rows, withheld); err != nil {
		return nil, err
	}
	d := &ksv1.VillageDigests{Village: village, Revision: revision}
	for _, r := range rows {
		if r.Families == 0 || outside(r.Place) {
			continue
		}
		d.Places = append(d.Places, &ksv1.PlaceDigest{
			Place: r.Place.String(), Sum: append([]byte{}, r.Digest[:]...), Families: uint64(r.Families),
		})
	}
	return d, nil
}

// without takes families out of the sums of their RT.
func (s *Session) without(ctx context.Context, snap store.Snapshot, rows []store.Place, withheld []store.Family) error {
	for i := range withheld {
		f := &withheld[i]
		digest, _, err := s.backend.Vault.ReadCanonical(ctx, snap, f)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(p store.Place) bool { return p.Place == f.Place })
		if at < 0 {
			return fmt.Errorf("family %s stands in RT %s, which has no sums", f.ID, f.Place)
		}
		rows[at].Digest = rows[at].Digest.Sub(digest)
		rows[at].Families--
	}
	return nil
}

// readPlace reads an RT's current states in order of family id, for a back-fill
// or a repair.
func (s *Session) readPlace(ctx context.Context, snap store.Snapshot, task syncing.FeedTask, maxBytes int) (syncing.FeedRead, error) {
	places, err := s.placesOfTask(task)
	if err != nil {
		return syncing.FeedRead{}, err
	}
	after, err := merge.IDFromBytes(task.AfterFamily)
	if err != nil {
		return syncing.FeedRead{}, err
	}
	limit := rowsOf(maxBytes)
	rows, err := snap.StatesByID(ctx, task.Village, places, after, limit)
	if err != nil {
		return syncing.FeedRead{}, err
	}
	page := &ksv1.FeedPage{Village: task.Village}
	taken, err := s.addFamilies(ctx, snap, page, rows, maxBytes)
	if err != nil {
		return syncing.FeedRead{}, err
	}
	complete := taken == len(rows) && len(rows) < limit
	last := task.AfterFamily
	if taken > 0 {
		last = append([]byte{}, rows[taken-1].ID[:]...)
	}
	if task.Kind == syncing.FeedBackfill {
		page.Backfill = &ksv1.BackfillProgress{Place: task.Place, LastFamilyId: last, Complete: complete}
	} else {
		page.Repair = &ksv1.RepairProgress{Place: task.Place, LastFamilyId: last, Complete: complete, First: len(task.AfterFamily) == 0}
	}
	return syncing.FeedRead{Page: page, More: !complete}, nil
}

// placesOfTask is the RT read; it must lie in the caller's scope.
func (s *Session) placesOfTask(task syncing.FeedTask) ([]area.Place, error) {
	scope := s.scopes[task.Village]
	if task.Place == wholeVillage {
		return placesOf(scope), nil
	}
	place, err := area.ParsePlace(task.Place)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", syncing.ErrProtocol, err)
	}
	if !scope.All && !slices.Contains(scope.Places, place) {
		return []area.Place{}, nil
	}
	return []area.Place{place}, nil
}

// noticesPage bounds the decisions of one page.
const noticesPage = 100

func (s *Session) readNotices(ctx context.Context, snap store.Snapshot, task syncing.FeedTask) (syncing.FeedRead, error) {
	rows, err := snap.NoticesSince(ctx, s.caller.Account.Number, task.After, noticesPage)
	if err != nil || len(rows) == 0 {
		return syncing.FeedRead{}, err
	}
	page := &ksv1.FeedPage{}
	for i := range rows {
		plain, err := s.backend.Vault.OpenNotice(&rows[i])
		if err != nil {
			return syncing.FeedRead{}, err
		}
		n := &ksv1.FeedNotice{}
		if err := proto.Unmarshal(plain, n); err != nil {
			return syncing.FeedRead{}, fmt.Errorf("decode notice: %w", err)
		}
		n.Revision = rows[i].Revision
		page.Notices = append(page.Notices, n)
	}
	return syncing.FeedRead{Page: page, More: len(rows) == noticesPage}, nil
}
