package api

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

type progressService struct {
	ksv1.UnimplementedProgressServiceServer
	services *Services
}

func progressMessage(f *figured) *ksv1.GetProgressResponse {
	c, inti := &f.sum.Collection, f.sum.Provisional.Of(iks.Inti)
	count := func(n int) uint64 { return uint64(max(c[n], 0)) }
	out := &ksv1.GetProgressResponse{
		Area: f.id(), Name: f.name, Day: f.day, AsOf: timestamppb.New(f.sum.AsOf),
		Surveyed: uint64(inti.Surveyed()), Complete: uint64(inti.Complete()), CompleteBesar: uint64(f.sum.Provisional.Of(iks.Besar).Complete()),
		Verified: uint64(f.sum.Verified.Of(iks.Besar).Surveyed()),
		Families: count(collection.Families), Visited: count(collection.Visited), NotAtHome: count(collection.NotAtHome),
		Refused: count(collection.Refused), Moved: count(collection.Moved), Vacant: count(collection.Vacant), Partial: count(collection.Partial),
		DoubledElsewhere: count(collection.Doubled), Submitted: count(collection.Submitted), Approved: count(collection.Approved), Returned: count(collection.Returned),
		ChangedSinceApproval: count(collection.ChangedSinceApproval), Visits: count(collection.Visits),
	}
	if f.sum.HasTarget {
		targeted := uint64(f.sum.Targeted)
		out.Targeted = &targeted
	}
	return out
}

func (p progressService) GetProgress(ctx context.Context, r *ksv1.GetProgressRequest) (*ksv1.GetProgressResponse, error) {
	x, err := p.services.subjectOf(callerOf(ctx), r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	f, err := p.services.sumAt(ctx, x, r.GetDay())
	if err != nil {
		return nil, err
	}
	return progressMessage(&f), nil
}

func (p progressService) ListProgress(ctx context.Context, r *ksv1.ListProgressRequest) (*ksv1.ListProgressResponse, error) {
	caller := callerOf(ctx)
	x, err := p.services.subjectOf(caller, r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	whole, err := p.services.sumAt(ctx, x, "")
	if err != nil {
		return nil, err
	}
	parts, err := p.services.partsOf(ctx, caller, x)
	if err != nil {
		return nil, err
	}
	rows := make([]*ksv1.GetProgressResponse, 0, len(parts))
	for i := range parts {
		rows = append(rows, progressMessage(&parts[i]))
	}
	page, next, total, err := arrange(rows, progressColumns, arrangement{r.GetOrderBy(), r.GetFilter(), r.GetPageToken(), r.GetPageSize()})
	if err != nil {
		return nil, err
	}
	return &ksv1.ListProgressResponse{Progress: page, NextPageToken: next, TotalSize: uint32(total), Whole: progressMessage(&whole)}, nil
}

// progressColumns are what lists of progress can be sorted and filtered by.
var progressColumns = func() map[string]column[*ksv1.GetProgressResponse] {
	out := map[string]column[*ksv1.GetProgressResponse]{
		"area": {text: (*ksv1.GetProgressResponse).GetArea},
		"name": {text: (*ksv1.GetProgressResponse).GetName},
		"targeted": {number: func(x *ksv1.GetProgressResponse) (iks.Ratio, bool) {
			return iks.Ratio{Part: int64(x.GetTargeted()), Whole: 1}, x.Targeted != nil
		}},
	}
	for name, get := range progressCounts {
		out[name] = column[*ksv1.GetProgressResponse]{number: func(x *ksv1.GetProgressResponse) (iks.Ratio, bool) {
			return iks.Ratio{Part: int64(get(x)), Whole: 1}, true
		}}
	}
	return out
}()

// progressCounts are the counts of a status that are always there.
var progressCounts = map[string]func(*ksv1.GetProgressResponse) uint64{
	"families": (*ksv1.GetProgressResponse).GetFamilies, "visited": (*ksv1.GetProgressResponse).GetVisited,
	"surveyed": (*ksv1.GetProgressResponse).GetSurveyed, "complete": (*ksv1.GetProgressResponse).GetComplete,
	"complete_besar": (*ksv1.GetProgressResponse).GetCompleteBesar, "submitted": (*ksv1.GetProgressResponse).GetSubmitted,
	"approved": (*ksv1.GetProgressResponse).GetApproved, "returned": (*ksv1.GetProgressResponse).GetReturned,
	"not_at_home": (*ksv1.GetProgressResponse).GetNotAtHome, "refused": (*ksv1.GetProgressResponse).GetRefused,
	"moved": (*ksv1.GetProgressResponse).GetMoved, "vacant": (*ksv1.GetProgressResponse).GetVacant,
	"partial": (*ksv1.GetProgressResponse).GetPartial, "changed_since_approval": (*ksv1.GetProgressResponse).GetChangedSinceApproval,
	"visits": (*ksv1.GetProgressResponse).GetVisits, "verified": (*ksv1.GetProgressResponse).GetVerified,
}

func (p progressService) ListDailyProgress(ctx context.Context, r *ksv1.ListDailyProgressRequest) (*ksv1.ListDailyProgressResponse, error) {
	x, err := p.services.subjectOf(callerOf(ctx), r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	between, err := p.services.parsePeriod(r.GetFrom(), r.GetTo(), defaultDays)
	if err != nil {
		return nil, err
	}
	days, err := between.days()
	if err != nil {
		return nil, err
	}
	list, err := p.services.series(ctx, x, days)
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListDailyProgressResponse{}
	for i := range list {
		out.Days = append(out.Days, progressMessage(&list[i]))
	}
	return out, nil
}

func (p progressService) ListSurveyorProgress(ctx context.Context, r *ksv1.ListSurveyorProgressRequest) (*ksv1.ListSurveyorProgressResponse, error) {
	s, caller := p.services, callerOf(ctx)
	if caller.Account.Puskesmas == "" {
		return nil, errForbidden
	}
	between, err := s.parsePeriod(cmp.Or(r.GetFrom(), "1900-01-01"), r.GetTo(), 0)
	if err != nil {
		return nil, err
	}
	villages, err := workOf(caller, r.GetArea())
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListSurveyorProgressResponse{AsOf: timestamppb.New(s.Now())}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out.Surveyors = nil
		efforts, err := snap.Efforts(ctx, villages, between.from.Number(), between.to.Number())
		if err != nil {
			return err
		}
		for i := range efforts {
			if !caller.SeesWorkOf(efforts[i].Surveyor) {
				continue
			}
			message, err := p.surveyor(ctx, snap, &efforts[i])
			if err != nil {
				return err
			}
			out.Surveyors = append(out.Surveyors, message)
		}
		return nil
	})
	slices.SortStableFunc(out.Surveyors, func(a, b *ksv1.SurveyorProgress) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return out, err
}

// workOf are the caller's villages, or those in the area named. Who has none is given none;
// an area without one is not found.
func workOf(caller *access.Caller, areaText string) ([]uint32, error) {
	code, err := parseArea("area", areaText)
	if err != nil {
		return nil, err
	}
	var out []uint32
	for _, v := range caller.Work {
		own, err := area.Parse(v.Code)
		if err == nil && (code.Contains(own) || code == own) && caller.MaySeeAggregates(own) {
			out = append(out, v.Number)
		}
	}
	if len(out) == 0 && areaText != "" {
		return nil, errNotFound
	}
	return out, nil
}

func (p progressService) surveyor(ctx context.Context, snap store.Snapshot, e *store.Effort) (*ksv1.SurveyorProgress, error) {
	c := &e.Counts
	out := &ksv1.SurveyorProgress{
		Account: e.Surveyor, Visits: c[collection.Visits], VisitsNotAtHome: c[collection.VisitsNotAtHome], VisitsRefused: c[collection.VisitsRefused],
		Visited: c[collection.Visited], Surveyed: c[collection.Surveyed], Complete: c[collection.CompleteInti],
		Submitted: c[collection.Submitted], Approved: c[collection.Approved], Returned: c[collection.Returned],
	}
	if e.Surveyor == 0 {
		return out, nil
	}
	a, err := snap.FindAccount(ctx, e.Surveyor)
	if err != nil {
		return nil, err
	}
	out.Name, err = account.OpenFullName(p.services.Vault, &a)
	return out, err
}
