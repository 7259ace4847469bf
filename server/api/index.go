package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
)

type indexService struct {
	ksv1.UnimplementedIndexServiceServer
	services *Services
}

func (i indexService) GetAreaIndex(ctx context.Context, r *ksv1.GetAreaIndexRequest) (*ksv1.GetAreaIndexResponse, error) {
	caller := callerOf(ctx)
	x, err := i.services.subjectIn(caller, r.GetArea(), r.GetPuskesmasCode(), r.GetSurveyYear())
	if err != nil {
		return nil, err
	}
	f, err := i.services.sumAt(ctx, x, r.GetDay())
	if err != nil {
		return nil, err
	}
	list, err := i.services.indexMessages(ctx, caller, counted{r.GetMembership(), r.GetBasis()}, []figured{f})
	if err != nil {
		return nil, err
	}
	return &ksv1.GetAreaIndexResponse{Index: list[0], SurveyYears: i.services.yearsOf(x)}, nil
}

func (i indexService) ListAreaIndexes(ctx context.Context, r *ksv1.ListAreaIndexesRequest) (*ksv1.ListAreaIndexesResponse, error) {
	caller := callerOf(ctx)
	x, err := i.services.subjectIn(caller, r.GetArea(), r.GetPuskesmasCode(), r.GetSurveyYear())
	if err != nil {
		return nil, err
	}
	whole, parts, err := i.services.wholeAndParts(ctx, caller, x, r.GetDay(), counted{r.GetMembership(), r.GetBasis()})
	if err != nil {
		return nil, err
	}
	page, next, total, err := arrange(parts, indexColumns, arrangement{r.GetOrderBy(), r.GetFilter(), r.GetPageToken(), r.GetPageSize()})
	if err != nil {
		return nil, err
	}
	return &ksv1.ListAreaIndexesResponse{Indexes: page, NextPageToken: next, TotalSize: uint32(total), Whole: whole}, nil
}

// wholeAndParts are the indexes of an area and of those right below it.
func (s *Services) wholeAndParts(ctx context.Context, caller *access.Caller, x *subject, day string, what counted) (whole *ksv1.AreaIndex, parts []*ksv1.AreaIndex, err error) {
	below, err := s.partsAt(ctx, caller, x, day)
	if err != nil {
		return nil, nil, err
	}
	sum, err := s.sumAt(ctx, x, day)
	if err != nil {
		return nil, nil, err
	}
	if parts, err = s.indexMessages(ctx, caller, what, below); err != nil {
		return nil, nil, err
	}
	above, err := s.indexMessages(ctx, caller, what, []figured{sum})
	if err != nil {
		return nil, nil, err
	}
	return above[0], parts, nil
}

// indexColumns are what lists of indexes can be sorted and filtered by.
var indexColumns = func() map[string]column[*ksv1.AreaIndex] {
	count := func(get func(*ksv1.AreaIndex) uint64) column[*ksv1.AreaIndex] {
		return column[*ksv1.AreaIndex]{number: func(x *ksv1.AreaIndex) (iks.Ratio, bool) { return iks.Ratio{Part: int64(get(x)), Whole: 1}, true }}
	}
	out := map[string]column[*ksv1.AreaIndex]{
		"area":        {text: (*ksv1.AreaIndex).GetArea},
		"name":        {text: (*ksv1.AreaIndex).GetName},
		"category":    {text: func(x *ksv1.AreaIndex) string { return x.GetCategory().String()[len("CATEGORY_"):] }},
		"surveyed":    count((*ksv1.AreaIndex).GetSurveyed),
		"complete":    count((*ksv1.AreaIndex).GetComplete),
		"sehat":       count((*ksv1.AreaIndex).GetSehat),
		"pra_sehat":   count((*ksv1.AreaIndex).GetPraSehat),
		"tidak_sehat": count((*ksv1.AreaIndex).GetTidakSehat),
		"targeted": {number: func(x *ksv1.AreaIndex) (iks.Ratio, bool) {
			return iks.Ratio{Part: int64(x.GetTargeted()), Whole: 1}, x.Targeted != nil
		}},
		"iks": {number: func(x *ksv1.AreaIndex) (iks.Ratio, bool) {
			return iks.Ratio{Part: int64(x.GetSehat()), Whole: int64(x.GetComplete())}, x.GetComplete() > 0
		}},
	}
	for n := 1; n <= iks.Indicators; n++ {
		out[coverageColumn(n)] = column[*ksv1.AreaIndex]{number: func(x *ksv1.AreaIndex) (iks.Ratio, bool) {
			c := x.GetCoverage()[n-1]
			return iks.Ratio{Part: 100 * int64(c.GetNumerator()), Whole: int64(c.GetDenominator())}, c.GetDenominator() > 0
		}}
	}
	return out
}()
