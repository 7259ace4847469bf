package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

type familyService struct {
	ksv1.UnimplementedFamilyServiceServer
	services *Services
}

// findFamily reads a family that the caller may see.
func (f familyService) findFamily(ctx context.Context, caller *access.Caller, text string) (store.Family, error) {
	return f.findFor(ctx, caller, ksv1.Right_RIGHT_SEE_FAMILIES, text)
}

// findFor reads a family over which the caller has the right.
func (f familyService) findFor(ctx context.Context, caller *access.Caller, right ksv1.Right, text string) (store.Family, error) {
	id, err := merge.ParseID(text)
	if err != nil {
		return store.Family{}, &errBadRequest{"family_id", "is no UUID", textStale}
	}
	var row store.Family
	err = f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindFamily(ctx, caller.VillagesFor(right), id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !caller.CoversFor(right, row.Village, row.Place) {
		return store.Family{}, errNotFound
	}
	audit.Of(ctx).Subject(audit.FamilySubject(row.ID))
	return row, err
}

func villageCode(caller *access.Caller, number uint32) string {
	for _, v := range caller.Work {
		if v.Number == number {
			return v.Code
		}
	}
	return ""
}

// openedFamily is a family's state, and the household that people read in it.
type openedFamily struct {
	digest    merge.Digest
	state     merge.State
	household *ksv1.Household
	// withdrew: there are rounds from which it withdrew, which are not in household.
	withdrew bool
}

// errFamilyDamaged says that a family can't be read, neither as it is stored nor from its
// history.
var errFamilyDamaged = errors.New("a family's data are damaged and can't be read; the server's log and ks-server verify name it")

// readFamily opens a family as it is stored, damaged or not; past is the snapshot that the
// row is of, nil where that is over. Errors: errFamilyDamaged.
func (s *Services) readFamily(ctx context.Context, past ingest.Past, row *store.Family) (d merge.Digest, state merge.State, err error) {
	if past != nil {
		d, _, state, err = s.Vault.ReadFamily(ctx, past, row)
	} else {
		d, _, state, err = s.Vault.ReadLater(ctx, s.Store, row)
	}
	if ingest.OfRecord(err) {
		err = fmt.Errorf("%w: %w", errFamilyDamaged, err)
	}
	return d, state, err
}

// openFamily opens a family for the caller, as readFamily does: without rounds from which it
// withdrew, which are shown to nobody.
func (s *Services) openFamily(ctx context.Context, past ingest.Past, row *store.Family) (*openedFamily, error) {
	out := &openedFamily{}
	var err error
	if out.digest, out.state, err = s.readFamily(ctx, past, row); err != nil {
		return nil, err
	}
	if out.household, err = merge.View(&out.state); err != nil {
		return nil, err
	}
	out.household.VillageCode = villageCode(callerOf(ctx), row.Village)
	rounds := len(out.household.GetRounds())
	familyview.HideWithdrawn(out.household)
	out.withdrew = len(out.household.GetRounds()) < rounds
	return out, nil
}

func (f familyService) GetFamily(ctx context.Context, r *ksv1.GetFamilyRequest) (*ksv1.GetFamilyResponse, error) {
	caller := callerOf(ctx)
	row, err := f.findFamily(ctx, caller, r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	x, err := f.services.openFamily(ctx, nil, &row)
	if err != nil {
		return nil, err
	}
	out := &ksv1.GetFamilyResponse{Household: x.household, Index: familyview.Index(x.household), Revision: row.Revision}
	out.Findings, out.Digest = f.services.findings(&x.state, x.household), x.digest[:]
	names := map[uint32]string{}
	if out.Conflicts, err = f.services.conflicts(ctx, &row, x.digest, &x.state, names); err != nil {
		return nil, err
	}
	view := numbersOf(caller, &row)
	maskHousehold(view, x.household)
	maskConflicts(view, out.Conflicts)
	out.Review, err = f.services.reviewFor(caller, &row, &x.state)
	return out, err
}

// reviewFor is where a family stands in review, with what it shares with families
// that the caller may see too: without values that the caller is not shown.
func (s *Services) reviewFor(caller *access.Caller, row *store.Family, state *merge.State) (*ksv1.FamilyReview, error) {
	found, err := s.Vault.FamilyReview(row)
	shown := review.Shown(review.ForScope(found, caller.Covers), state)
	return maskReview(numbersOf(caller, row), shown), err
}

// findings are what a reviewer should look at.
func (s *Services) findings(state *merge.State, household *ksv1.Household) []*ksv1.Finding {
	return familyview.Findings(ingest.Findings(state, household, s.Now()))
}

// listQuery bounds a list of families by an area within the caller's.
func listQuery(caller *access.Caller, areaText string) (store.FamilyQuery, error) {
	q := store.FamilyQuery{Villages: caller.Villages()}
	if areaText == "" {
		return q, nil
	}
	code, err := parseArea("area", areaText)
	if err != nil {
		return q, err
	}
	var inside []uint32
	for _, v := range caller.Work {
		village, err := area.Parse(v.Code)
		if err == nil && (code.Contains(village) || village.Contains(code)) {
			inside = append(inside, v.Number)
		}
	}
	q.Villages = intersect(q.Villages, inside)
	if code.Level() > area.Village {
		q.From, q.To = code.Places()
	}
	return q, nil
}

func intersect(a, b []uint32) []uint32 {
	var out []uint32
	for _, x := range a {
		for _, y := range b {
			if x == y {
				out = append(out, x)
			}
		}
	}
	return out
}

// setAfter continues a list; the token holds village, place and id.
func setAfter(q *store.FamilyQuery, token string) error {
	key, err := parsePageToken(token)
	if err != nil || key == "" {
		return err
	}
	parts := strings.Split(key, " ")
	if len(parts) != 3 {
		return &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	village, err1 := strconv.ParseUint(parts[0], 10, 32)
	place, err2 := strconv.ParseUint(parts[1], 10, 32)
	id, err3 := merge.ParseID(parts[2])
	if errors.Join(err1, err2, err3) != nil {
		return &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	q.AfterVillage, q.AfterPlace, q.AfterID = uint32(village), area.Place(place), id
	return nil
}

// list reads a page of families that the caller may see: those that only asks
// for.
func (f familyService) list(ctx context.Context, areaText, token string, size uint32, only store.FamilyQuery) (rows []store.Family, next string, err error) {
	return f.listFor(ctx, ksv1.Right_RIGHT_SEE_FAMILIES, areaText, token, size, only)
}

// listFor is list of the families over which the caller has the right.
func (f familyService) listFor(ctx context.Context, right ksv1.Right, areaText, token string, size uint32, only store.FamilyQuery) (rows []store.Family, next string, err error) {
	caller := callerOf(ctx)
	q, err := listQuery(caller, areaText)
	if err != nil {
		return nil, "", err
	}
	if err := setAfter(&q, token); err != nil {
		return nil, "", err
	}
	q.Villages = intersect(q.Villages, caller.VillagesFor(right))
	q.OnlyCounted, q.OnlyConflicts, q.Doubles, q.Limit = only.OnlyCounted, only.OnlyConflicts, only.Doubles, pageSize(size)+1
	audit.Of(ctx).Subject(audit.ListSubject(caller, areaText))
	err = f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		if spans, all := caller.SpansFor(right); !all {
			rows, err = listWithin(ctx, snap, q, spans)
		} else {
			rows, err = snap.ListFamilies(ctx, q)
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	rows = slices.DeleteFunc(rows, func(row store.Family) bool { return !caller.CoversFor(right, row.Village, row.Place) })
	if len(rows) == q.Limit {
		rows = rows[:q.Limit-1]
		last := rows[len(rows)-1]
		next = pageToken(fmt.Sprintf("%d %d %s", last.Village, last.Place, last.ID))
	}
	for i := range rows {
		audit.Of(ctx).Family(rows[i].ID.String())
	}
	return rows, next, nil
}

// listWithin is ListFamilies of what lies within spans alone: a page's token is read by who gets
// it, and names its last family.
func listWithin(ctx context.Context, snap store.Snapshot, q store.FamilyQuery, spans []access.Span) (rows []store.Family, err error) {
	for _, s := range spans {
		part := q
		part.Villages, part.From, part.To, part.Limit = []uint32{s.Village}, max(q.From, s.From), s.To, q.Limit-len(rows)
		if q.To != 0 {
			part.To = min(q.To, s.To)
		}
		behind := s.Village < q.AfterVillage || s.Village == q.AfterVillage && part.To < q.AfterPlace
		if behind || part.From > part.To || !slices.Contains(q.Villages, s.Village) {
			continue
		}
		found, err := snap.ListFamilies(ctx, part)
		if err != nil {
			return nil, err
		}
		// A span that ends with 000/000 bounds no query.
		found = slices.DeleteFunc(found, func(row store.Family) bool { return row.Place > part.To })
		if rows = append(rows, found...); len(rows) == q.Limit {
			break
		}
	}
	return rows, nil
}

func (f familyService) ListFamilies(ctx context.Context, r *ksv1.ListFamiliesRequest) (*ksv1.ListFamiliesResponse, error) {
	rows, next, err := f.list(ctx, r.GetArea(), r.GetPageToken(), r.GetPageSize(), store.FamilyQuery{OnlyCounted: !r.GetIncludeRemoved()})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListFamiliesResponse{NextPageToken: next}
	for i := range rows {
		summary, err := f.summary(ctx, nil, &rows[i])
		if err != nil {
			return nil, err
		}
		out.Families = append(out.Families, summary)
	}
	return out, nil
}

func (f familyService) summary(ctx context.Context, past ingest.Past, row *store.Family) (*ksv1.FamilySummary, error) {
	x, err := f.services.openFamily(ctx, past, row)
	if err != nil {
		return nil, err
	}
	return summaryOf(row, x.household), nil
}

// summaryOf is a family's line of a list.
func summaryOf(row *store.Family, h *ksv1.Household) *ksv1.FamilySummary {
	out := &ksv1.FamilySummary{
		FamilyId: row.ID.String(), Area: h.VillageCode + "/" + row.Place.String(), HeadName: h.GetFamily().GetHeadName(),
		BuildingNumber: h.GetFamily().GetBuildingNumber(), FamilyNumber: h.GetFamily().GetFamilyNumber(),
		Conflicts: uint32(row.Conflicts), Review: ksv1.ReviewState(row.ReviewState), Removal: h.GetFamily().GetRemoval().GetReason(),
	}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetRemoval() == nil {
			out.Members++
		}
	}
	if row.Provisional != 0 {
		values, category := row.Provisional.Of(iks.Inti)
		out.Inti = familyview.Values(values, category)
		out.SurveyDate = iks.Assess(h, iks.AnyYear).Inti.SurveyDate.String()
	}
	return out
}

func (f familyService) ListConflicts(ctx context.Context, r *ksv1.ListConflictsRequest) (*ksv1.ListConflictsResponse, error) {
	rows, next, err := f.list(ctx, r.GetArea(), r.GetPageToken(), r.GetPageSize(), store.FamilyQuery{OnlyConflicts: true})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListConflictsResponse{NextPageToken: next}
	names := map[uint32]string{}
	for i := range rows {
		digest, state, err := f.services.readFamily(ctx, nil, &rows[i])
		if err != nil {
			return nil, err
		}
		found, err := f.services.conflicts(ctx, &rows[i], digest, &state, names)
		if err != nil {
			return nil, err
		}
		maskConflicts(numbersOf(callerOf(ctx), &rows[i]), found)
		out.Conflicts = append(out.Conflicts, found...)
	}
	return out, nil
}
