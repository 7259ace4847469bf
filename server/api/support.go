package api

import (
	"context"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
)

type supportService struct {
	ksv1.UnimplementedSupportServiceServer
	services *Services
}

func (s supportService) GetSupport(ctx context.Context, r *ksv1.GetSupportRequest) (*ksv1.GetSupportResponse, error) {
	district, err := dottedArea(r.GetArea())
	if err != nil {
		return nil, err
	}
	if district == "" {
		district = callerOf(ctx).District()
	}
	desks, err := s.services.Support.Get(ctx, district)
	return &ksv1.GetSupportResponse{Desks: desks}, err
}

func (s supportService) SetSupport(ctx context.Context, r *ksv1.SetSupportRequest) (*ksv1.SetSupportResponse, error) {
	audit.Of(ctx).Subject(audit.AreaSubject(r.GetDesk().GetArea()))
	desk, err := s.services.Support.Set(ctx, callerOf(ctx), r.GetDesk())
	return &ksv1.SetSupportResponse{Desk: desk}, err
}
