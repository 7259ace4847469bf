package api

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

type reviewService struct {
	ksv1.UnimplementedReviewServiceServer
	services *Services
}

func (v reviewService) families() familyService { return familyService{services: v.services} }

// keyByTime continues a list that is ordered by an instant and an id.
func keyByTime(token string) (ms int64, id merge.ID, err error) {
	key, err := parsePageToken(token)
	if err != nil || key == "" {
		return 0, id, err
	}
	var text string
	if _, err := fmt.Sscanf(key, "%d %s", &ms, &text); err != nil {
		return 0, id, &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	if id, err = merge.ParseID(text); err != nil {
		return 0, id, &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	return ms, id, nil
}

// ListReviewQueue lists what waits for a verdict.
func (v reviewService) ListReviewQueue(ctx context.Context, r *ksv1.ListReviewQueueRequest) (*ksv1.ListReviewQueueResponse, error) {
	caller := callerOf(ctx)
	area, err := listQuery(caller, r.GetArea())
	if err != nil {
		return nil, err
	}
	q := store.ReviewQuery{
		Villages: area.Villages, From: area.From, To: area.To, Author: r.GetSurveyor(), BeforeMS: instant(r.GetWaitingBeforeMs()),
		Returned: r.GetReturned(), Limit: pageSize(r.GetPageSize()) + 1,
	}
	if q.AfterMS, q.AfterID, err = keyByTime(r.GetPageToken()); err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.ListSubject(caller, r.GetArea()))
	var rows []store.Family
	err = v.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.ListReview(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListReviewQueueResponse{AsOfMs: uint64(v.services.Now().UnixMilli())}
	if len(rows) == q.Limit {
		rows = rows[:q.Limit-1]
		last := rows[len(rows)-1]
		out.NextPageToken = pageToken(fmt.Sprintf("%d %s", last.ReviewSinceMS, last.ID))
	}
	out.Items, err = v.items(ctx, caller, rows)
	return out, err
}

// items are families as a reviewer sees them; those that the caller may not see
// are left out.
func (v reviewService) items(ctx context.Context, caller *access.Caller, rows []store.Family) ([]*ksv1.ReviewItem, error) {
	var out []*ksv1.ReviewItem
	names := map[uint32]string{}
	var person review.Person
	err := v.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		person, err = ingest.PersonOf(ctx, snap, caller.Account.Number)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		row := &rows[i]
		if !caller.Covers(row.Village, row.Place) {
			continue
		}
		x, err := v.services.openFamily(ctx, nil, row)
		if err != nil {
			return nil, err
		}
		stands, err := v.services.reviewFor(caller, row, &x.state)
		if err != nil {
			return nil, err
		}
		item := &ksv1.ReviewItem{Family: summaryOf(row, x.household), Review: stands, Digest: x.digest[:], Findings: v.services.findings(&x.state, x.household)}
		item.Overdue = review.Overdue(stands, x.household.GetVillageCode(), v.services.Now())
		item.MayJudge = caller.Has(ksv1.Right_RIGHT_REVIEW) && !person.Wrote(stands.GetAuthors()...)
		if item.SubmittedByName, err = v.services.userName(ctx, stands.GetSubmittedBy(), names); err != nil {
			return nil, err
		}
		out = append(out, item)
		audit.Of(ctx).Family(row.ID.String())
	}
	return out, nil
}

// GetReviewDifferences tells what has changed since the last verdict.
func (v reviewService) GetReviewDifferences(ctx context.Context, r *ksv1.GetReviewDifferencesRequest) (*ksv1.GetReviewDifferencesResponse, error) {
	caller := callerOf(ctx)
	row, err := v.families().findFamily(ctx, caller, r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	judged, err := v.services.Vault.OpenJudged(&row)
	if err != nil || judged == nil {
		return &ksv1.GetReviewDifferencesResponse{}, err
	}
	_, state, err := v.services.readFamily(ctx, nil, &row)
	if err != nil {
		return nil, err
	}
	out := &ksv1.GetReviewDifferencesResponse{Judged: true}
	for _, d := range merge.Differences(judged, &state) {
		m, err := familyview.Difference(&d)
		if err != nil {
			return nil, err
		}
		view := numbersOf(caller, &row)
		m.BeforeJson, m.AfterJson = maskValue(view, m.GetFieldName(), m.BeforeJson), maskValue(view, m.GetFieldName(), m.AfterJson)
		out.Differences = append(out.Differences, m)
	}
	return out, nil
}

// ListVerdicts lists every verdict on a family.
func (v reviewService) ListVerdicts(ctx context.Context, r *ksv1.ListVerdictsRequest) (*ksv1.ListVerdictsResponse, error) {
	row, err := v.families().findFamily(ctx, callerOf(ctx), r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	rows, next, err := pageBack(ctx, v.services.Store, r, func(ctx context.Context, snap store.Snapshot, before uint64, limit int) ([]store.Verdict, error) {
		return snap.Verdicts(ctx, row.Village, row.ID, before, limit)
	}, func(v *store.Verdict) uint64 { return v.Revision })
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListVerdictsResponse{NextPageToken: next}
	names := map[uint32]string{}
	for i := range rows {
		verdict, err := v.services.Vault.OpenVerdict(&rows[i], row.Salt)
		if err != nil {
			return nil, err
		}
		name, err := v.services.userName(ctx, rows[i].Author, names)
		if err != nil {
			return nil, err
		}
		out.Verdicts = append(out.Verdicts, &ksv1.VerdictEntry{Verdict: verdict, AuthorName: name})
	}
	return out, nil
}
