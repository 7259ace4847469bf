package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// interventionService names the families behind figures.
type interventionService struct {
	ksv1.UnimplementedInterventionServiceServer
	services *Services
}

// familiesIn are the villages of an area or Puskesmas in which the caller may see
// families, and whether a place in one of them is asked for.
func (i interventionService) familiesIn(ctx context.Context, areaText, puskesmasCode string) (villages []uint32, covers func(uint32, area.Place) bool, err error) {
	caller := callerOf(ctx)
	x, err := i.services.subjectOf(caller, areaText, puskesmasCode)
	if err != nil {
		return nil, nil, err
	}
	q := store.FamilyQuery{Villages: caller.Villages()}
	if x.puskesmas == nil {
		if q, err = listQuery(caller, areaText); err != nil {
			return nil, nil, err
		}
	}
	audit.Of(ctx).Subject(audit.ListSubject(caller, areaText))
	return q.Villages, func(village uint32, place area.Place) bool {
		return caller.Covers(village, place) && (q.To == 0 || place >= q.From && place <= q.To)
	}, nil
}

// familyKey names a family's row: one that moved has one in each village.
type familyKey struct {
	village uint32
	id      merge.ID
}

func (i interventionService) ListChangedFamilies(ctx context.Context, r *ksv1.ListChangedFamiliesRequest) (*ksv1.ListChangedFamiliesResponse, error) {
	s, what := i.services, counted{r.GetMembership(), r.GetBasis()}.named()
	villages, covers, err := i.familiesIn(ctx, r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	if err := s.checkYear(int(r.GetSurveyYear())); err != nil {
		return nil, err
	}
	p, err := s.parsePeriod(r.GetFrom(), r.GetTo(), defaultDays)
	if err != nil {
		return nil, err
	}
	if _, err := p.days(); err != nil {
		return nil, err
	}
	out := &ksv1.ListChangedFamiliesResponse{}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		shown := map[familyKey]bool{}
		err := snap.FamilyValues(ctx, villages, func(f store.FamilyValue) error {
			if covers(f.Village, f.Place) {
				shown[familyKey{f.Village, f.ID}] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		var found []movedFamily
		err = snap.MovementsBetween(ctx, villages, p.from.Number(), p.to.Number(), func(m store.Movement) error {
			return m.In(int(r.GetSurveyYear()), func(m *store.Movement) {
				x := movedOn(m, what.basis)
				if x.before != x.after && shown[x.key] && (r.GetCause() == 0 || r.GetCause() == x.cause) {
					found = append(found, x)
				}
			})
		})
		if err != nil {
			return err
		}
		slices.SortStableFunc(found, func(a, b movedFamily) int {
			return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(b.revision, a.revision))
		})
		page, next, total, err := arrange(found, nil, arrangement{pageToken: r.GetPageToken(), pageSize: r.GetPageSize()})
		out.Families, out.NextPageToken, out.TotalSize = nil, next, uint32(total)
		for k := range page {
			row, family, err := i.open(ctx, snap, page[k].key)
			if err != nil {
				return err
			}
			out.Families = append(out.Families, page[k].message(row, family, basisOf(what.membership)))
		}
		return err
	})
	return out, err
}

// movedFamily is a movement on one basis.
type movedFamily struct {
	key           familyKey
	day           int
	revision      uint64
	cause         ksv1.ChangeCause
	before, after iks.Packed
}

// movedOn reads a movement as ExplainChange counts it.
func movedOn(m *store.Movement, basis ksv1.Basis) movedFamily {
	x := movedFamily{familyKey{m.Village, m.Family}, m.Day, m.Revision, ksv1.ChangeCause(m.Cause), m.ProvisionalBefore, m.ProvisionalAfter}
	if basis == ksv1.Basis_BASIS_VERIFIED {
		x.before, x.after = m.VerifiedBefore, m.VerifiedAfter
		if m.Cause != store.CauseRules {
			x.cause = ksv1.ChangeCause_CHANGE_CAUSE_VERDICT
		}
	}
	return x
}

// message tells a movement; of a family that has withdrawn from a round not its values: they may
// be that round's, which is shown to nobody.
func (m *movedFamily) message(row *store.Family, family *openedFamily, basis iks.Basis) *ksv1.ChangedFamily {
	out := &ksv1.ChangedFamily{Family: summaryOf(row, family.household), Day: prokesga.DateOfNumber(m.day).String(), Cause: m.cause}
	if family.withdrew {
		return out
	}
	if m.before != 0 {
		out.Before = familyview.Values(m.before.Of(basis))
	}
	if m.after != 0 {
		out.After = familyview.Values(m.after.Of(basis))
	}
	return out
}

// open reads and opens one family, and records that it was shown.
func (i interventionService) open(ctx context.Context, snap store.Snapshot, k familyKey) (*store.Family, *openedFamily, error) {
	row, err := snap.FindFamily(ctx, []uint32{k.village}, k.id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, errNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	audit.Of(ctx).Family(row.ID.String())
	x, err := i.services.openFamily(ctx, snap, &row)
	return &row, x, err
}

// priorityRow is a family in a list by urgency.
type priorityRow struct {
	store.FamilyValue
	area     string
	values   iks.Values
	category iks.Category
	failing  []uint32
}

func (i interventionService) ListPriorityFamilies(ctx context.Context, r *ksv1.ListPriorityFamiliesRequest) (*ksv1.ListPriorityFamiliesResponse, error) {
	what := counted{r.GetMembership(), r.GetBasis()}.named()
	villages, covers, err := i.familiesIn(ctx, r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	order := arrangement{cmp.Or(r.GetOrderBy(), "iks"), r.GetFilter(), r.GetPageToken(), r.GetPageSize()}
	out := &ksv1.ListPriorityFamiliesResponse{AsOf: timestamppb.New(i.services.Now())}
	err = i.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var rows []priorityRow
		err := snap.FamilyValues(ctx, villages, func(f store.FamilyValue) error {
			if row, ok := priorityOf(callerOf(ctx), f, what); ok && covers(f.Village, f.Place) {
				rows = append(rows, row)
			}
			return nil
		})
		if err != nil {
			return err
		}
		page, next, total, err := arrange(rows, priorityColumns, order)
		out.Families, out.NextPageToken, out.TotalSize = nil, next, uint32(total)
		for k := range page {
			row, family, err := i.open(ctx, snap, familyKey{page[k].Village, page[k].ID})
			if err != nil {
				return err
			}
			summary := summaryOf(row, family.household)
			if basisOf(what.membership) == iks.Besar && page[k].SurveyDate != 0 {
				summary.SurveyDate = prokesga.DateOfNumber(page[k].SurveyDate).String()
			}
			out.Families = append(out.Families, &ksv1.PriorityFamily{
				Family: summary, Values: familyview.Values(page[k].values, page[k].category), Failing: page[k].failing,
			})
		}
		return err
	})
	return out, err
}

// priorityOf is a family's row; ok is false where it does not count, or nothing
// fails.
func priorityOf(caller *access.Caller, f store.FamilyValue, what counted) (row priorityRow, ok bool) {
	packed := f.Provisional
	if what.basis == ksv1.Basis_BASIS_VERIFIED {
		packed = f.Verified
	}
	row = priorityRow{FamilyValue: f, area: villageCode(caller, f.Village) + "/" + f.Place.String()}
	row.values, row.category = packed.Of(basisOf(what.membership))
	for n, v := range row.values {
		if packed != 0 && v == iks.T {
			row.failing = append(row.failing, uint32(n+1))
		}
	}
	return row, len(row.failing) > 0
}

// priorityColumns are what the list can be sorted and filtered by.
var priorityColumns = func() map[string]column[priorityRow] {
	out := map[string]column[priorityRow]{
		"area":        {text: func(x priorityRow) string { return x.area }},
		"category":    {text: func(x priorityRow) string { return ksv1.Category(x.category).String()[len("CATEGORY_"):] }},
		"survey_date": {text: func(x priorityRow) string { return prokesga.DateOfNumber(x.SurveyDate).String() }},
		"failing":     {number: func(x priorityRow) (iks.Ratio, bool) { return iks.Ratio{Part: int64(len(x.failing)), Whole: 1}, true }},
		"iks": {number: func(x priorityRow) (iks.Ratio, bool) {
			index := x.values.Index()
			return iks.Ratio{Part: int64(index.Y), Whole: int64(index.D)}, x.category.Complete()
		}},
	}
	for n := range iks.Indicators {
		out[fmt.Sprintf("indicator_%d", n+1)] = column[priorityRow]{text: func(x priorityRow) string { return x.values[n].String() }}
	}
	return out
}()
