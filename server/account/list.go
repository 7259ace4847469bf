package account

import (
	"context"
	"slices"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Bounds of lists: rows of one read, and rows looked at for one page.
const (
	pageRows    = 1000
	maxLookedAt = 20_000
)

// unusedAfter is when an access review remarks on an account.
const unusedAfter = 90 * 24 * time.Hour

// Listed is an account as the caller sees it.
type Listed struct {
	store.Account
	Person Person
	Over   access.OverAccount
}

// List lists accounts that the caller may read, by number, after one, at most
// limit; next is where to go on, 0: nothing follows. areaCode is for the
// national level alone, "" its own staff. Errors: store.ErrNotFound for an area
// that is not the caller's.
func (s *Service) List(ctx context.Context, c *access.Caller, areaCode string, after uint32, limit int) (list []Listed, next uint32, err error) {
	q := store.AccountQuery{Puskesmas: c.Account.Puskesmas, Area: c.Account.Area, After: after, Limit: pageRows}
	q.Below = q.Puskesmas == "" && slices.Contains(c.Account.Roles, int32(ksv1.Role_ROLE_DISTRICT))
	if areaCode != "" && areaCode != q.Area {
		if !slices.Contains(c.Account.Roles, int32(ksv1.Role_ROLE_NATIONAL)) {
			return nil, 0, store.ErrNotFound
		}
		q.Area, q.Below = areaCode, true
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		list, next, q.After = nil, 0, after
		seen := seenPlaces{}
		for looked := 0; ; {
			page, err := snap.ListAccounts(ctx, q)
			if err != nil {
				return err
			}
			for i := range page {
				q.After = page[i].Number
				one, err := s.listed(ctx, snap, c, seen, page[i])
				if err != nil {
					return err
				}
				if !one.Over.Read {
					continue
				}
				if len(list) == limit {
					next = list[limit-1].Number
					return nil
				}
				list = append(list, one)
			}
			if looked += len(page); len(page) < pageRows {
				return nil
			}
			if looked >= maxLookedAt {
				next = q.After
				return nil
			}
		}
	})
	return list, next, err
}

func (s *Service) listed(ctx context.Context, snap store.Snapshot, c *access.Caller, seen seenPlaces, a store.Account) (Listed, error) {
	one := Listed{Account: a}
	var err error
	if one.Over, err = seen.over(ctx, snap, c, &a); err != nil || !one.Over.Read {
		return one, err
	}
	one.Person, err = OpenPerson(s.Vault, &a)
	return one, err
}

// Reviewed is one line of an access review.
type Reviewed struct {
	Listed
	Rights            []ksv1.Right
	Devices, Sessions int
	SyncedMS          int64
	Remarks           []ksv1.AccessRemark
}

// Review lists accounts that are not disabled with what should be looked at; as
// List otherwise.
func (s *Service) Review(ctx context.Context, c *access.Caller, areaCode string, after uint32, limit int) (out []Reviewed, next uint32, err error) {
	list, next, err := s.List(ctx, c, areaCode, after, limit)
	if err != nil {
		return nil, 0, err
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		for _, one := range list {
			if one.Disabled {
				continue
			}
			r, err := s.review(ctx, snap, one)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, next, err
}

func (s *Service) review(ctx context.Context, snap store.Snapshot, one Listed) (Reviewed, error) {
	r := Reviewed{Listed: one}
	now := s.Now().UnixMilli()
	devices, err := snap.DevicesOf(ctx, one.Number)
	if err != nil {
		return r, err
	}
	for _, d := range devices {
		r.SyncedMS = max(r.SyncedMS, d.SyncedMS)
		if !d.Revoked {
			r.Devices++
		}
	}
	sessions, err := renewable(ctx, snap, one.Number, now)
	if err != nil {
		return r, err
	}
	r.Sessions = len(sessions)
	c := access.Caller{Account: one.Account}
	acting := access.Acts(&one.Account, s.Now())
	if acting {
		c.Account.Roles = append(slices.Clone(c.Account.Roles), int32(ksv1.Role_ROLE_SUPERVISOR))
	}
	r.Rights = c.Rights()
	surveys := slices.Contains(one.Roles, int32(ksv1.Role_ROLE_SURVEYOR))
	for remark, is := range map[ksv1.AccessRemark]bool{
		ksv1.AccessRemark_ACCESS_REMARK_UNUSED:               max(one.UsedMS, one.CreatedMS) < s.Now().Add(-unusedAfter).UnixMilli(),
		ksv1.AccessRemark_ACCESS_REMARK_CODE_EXPIRED:         one.Waiting() && one.CodeHash != nil && one.CodeExpiresMS < now,
		ksv1.AccessRemark_ACCESS_REMARK_COLLECTS_AND_REVIEWS: surveys && c.Has(ksv1.Right_RIGHT_REVIEW),
		ksv1.AccessRemark_ACCESS_REMARK_ACTING:               acting,
		ksv1.AccessRemark_ACCESS_REMARK_WITHOUT_AREA:         surveys && len(one.Assigned) == 0,
		ksv1.AccessRemark_ACCESS_REMARK_SEVERAL_DEVICES:      r.Devices > 1,
		ksv1.AccessRemark_ACCESS_REMARK_PERSON_UNKNOWN:       one.NIKHash == nil,
	} {
		if is {
			r.Remarks = append(r.Remarks, remark)
		}
	}
	slices.Sort(r.Remarks)
	return r, nil
}
