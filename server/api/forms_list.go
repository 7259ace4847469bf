package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// maxFormsLooked bounds the families that one page of a filtered list looks
// through; the next page goes on behind them.
const maxFormsLooked = 2000

// ListHouseholds lists the families that the caller may fill in. Names are
// sealed, so a filter opens the families one by one; a page that finds few may
// have a next one all the same.
func (f formService) ListHouseholds(ctx context.Context, r *ksv1.ListHouseholdsRequest) (*ksv1.ListHouseholdsResponse, error) {
	out := &ksv1.ListHouseholdsResponse{}
	limit, token := pageSize(r.GetPageSize()), r.GetPageToken()
	words := strings.Fields(strings.ToLower(r.GetText()))
	for looked := 0; looked < maxFormsLooked; {
		rows, next, err := familyService{services: f.services}.listFor(ctx, ksv1.Right_RIGHT_COLLECT, strings.ReplaceAll(r.GetArea(), "~", "/"), token, uint32(limit-len(out.Households)), store.FamilyQuery{})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			s, err := f.summary(ctx, &rows[i], words)
			if err != nil {
				return nil, err
			}
			if s != nil && (r.GetState() == ksv1.FormState_FORM_STATE_UNSPECIFIED || s.GetState() == r.GetState()) {
				out.Households = append(out.Households, s)
			}
		}
		looked += len(rows) + 1
		token = next
		if next == "" || len(out.Households) >= limit {
			break
		}
	}
	out.NextPageToken = token
	return out, nil
}

// summary is a family's line; nil where a word is not found in it.
func (f formService) summary(ctx context.Context, row *store.Family, words []string) (*ksv1.HouseholdSummary, error) {
	x, err := f.services.openFamily(ctx, nil, row)
	if err != nil {
		return nil, err
	}
	h := x.household
	for _, w := range words {
		if !mentions(h, w) {
			return nil, nil
		}
	}
	values, category := row.Provisional.Of(iks.Inti)
	out := &ksv1.HouseholdSummary{
		FamilyId: row.ID.String(), VillageCode: h.GetVillageCode(), Place: row.Place.String(), HeadName: h.GetFamily().GetHeadName(),
		BuildingNumber: h.GetFamily().GetBuildingNumber(), FamilyNumber: h.GetFamily().GetFamilyNumber(),
		Iks: values.Index().IKS3(), Category: form.CategoryOf(category), Conflicts: uint32(row.Conflicts),
	}
	review, err := f.services.Vault.FamilyReview(row)
	if err != nil {
		return nil, err
	}
	if out.State = f.services.formState(row, x, review); out.State == ksv1.FormState_FORM_STATE_RETURNED {
		out.DueDate = review.GetDueDate()
	}
	if category != iks.NoCategory {
		out.SurveyDate = iks.Assess(h, iks.AnyYear).Inti.SurveyDate.String()
	}
	if n := len(h.GetVisits()); n > 0 {
		out.NextVisitDate = h.GetVisits()[n-1].GetVisit().GetNextVisitDate()
	}
	return out, nil
}

// mentions tells whether a family has a word in a name, its No. KK or house
// number.
func mentions(h *ksv1.Household, word string) bool {
	family := h.GetFamily()
	if strings.Contains(strings.ToLower(family.GetHeadName()), word) || strings.EqualFold(family.GetBuildingNumber(), word) ||
		family.GetNkk() != 0 && strings.Contains(fmt.Sprint(family.GetNkk()), word) {
		return true
	}
	return slices.ContainsFunc(h.GetMembers(), func(m *ksv1.HouseholdMember) bool {
		return m.GetMember().GetRemoval() == nil && strings.Contains(strings.ToLower(m.GetMember().GetName()), word)
	})
}
