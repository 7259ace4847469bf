package app

import (
	"context"
	"fmt"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// SplitFamily makes members of a family a family of their own.
func (s appService) SplitFamily(ctx context.Context, r *devicev1.SplitFamilyRequest) (*devicev1.SplitFamilyResponse, error) {
	id, err := s.app.splitFamily(ctx, r)
	return &devicev1.SplitFamilyResponse{FamilyId: id.String()}, statusOf(err)
}

func (a *App) splitFamily(ctx context.Context, r *devicev1.SplitFamilyRequest) (clientsdk.ID, error) {
	user, id, err := a.family(r.GetFamilyId())
	if err != nil {
		return clientsdk.ID{}, err
	}
	split := clientsdk.Split{Since: r.GetSince(), BuildingNumber: r.GetBuildingNumber(), FamilyNumber: r.GetFamilyNumber()}
	for i, text := range r.GetMemberIds() {
		member, err := merge.ParseID(text)
		if err != nil {
			return clientsdk.ID{}, &form.FieldError{Field: fmt.Sprintf("member_ids[%d]", i), Problem: "is no id (UUID)", Text: form.StaleText}
		}
		split.Members = append(split.Members, member)
	}
	return user.SplitFamily(ctx, id, split)
}
