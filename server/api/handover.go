package api

import (
	"context"
	"errors"

	shared "github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/deliver"
	"github.com/keluarga-sehat/sync/server/handover"
)

type handoverService struct {
	ksv1.UnimplementedHandoverServiceServer
	services *Services
}

// RecordHandover records a hand-over that a supervisor has signed.
func (s handoverService) RecordHandover(ctx context.Context, r *ksv1.RecordHandoverRequest) (*ksv1.RecordHandoverResponse, error) {
	x := s.services
	recorder := &handover.Service{Store: x.Store, Auth: x.Auth, Now: x.Now}
	g, err := recorder.Record(ctx, callerOf(ctx), r.GetGrant(), r.GetSignature())
	switch {
	case errors.Is(err, shared.ErrMalformed), errors.Is(err, shared.ErrOwnSigner):
		return nil, &errBadRequest{"grant", err.Error(), "Surat serah terima ini rusak atau tidak sah; minta penyelia membuatnya lagi."}
	case errors.Is(err, handover.ErrForeign):
		return nil, errNotFound
	}
	trail := audit.Of(ctx)
	trail.Subject(audit.DeviceSubject(g.GetDevice()))
	for _, account := range []uint32{g.GetOutgoing(), g.GetIncoming(), g.GetSigner()} {
		trail.Subject(audit.AccountSubject(account))
	}
	return &ksv1.RecordHandoverResponse{}, err
}

// DeliverHandedOver takes what the former user of a device had not sent.
func (s handoverService) DeliverHandedOver(ctx context.Context, r *ksv1.DeliverHandedOverRequest) (*ksv1.DeliverHandedOverResponse, error) {
	taker := s.services.taker()
	part, err := taker.OpenHandedOver(ctx, callerOf(ctx), r.GetPart(), deliver.HandedOver{
		Hashes: r.GetPartHashes(), Grant: r.GetGrant(), Signature: r.GetSignature(),
	})
	switch {
	case errors.Is(err, syncing.ErrBackupDamaged):
		return nil, &errBadRequest{"part", err.Error(), "Sebagian data serah terima rusak; sinkronkan lagi."}
	case errors.Is(err, deliver.ErrUnknownDevice):
		return nil, errNotFound
	case err != nil:
		return nil, err
	}
	audit.Of(ctx).Subject(audit.DeviceSubject(part.Device.Number))
	audit.Of(ctx).Subject(audit.AccountSubject(part.Author.Account.Number))
	receipts, err := taker.Take(ctx, part)
	if err != nil {
		return nil, err
	}
	return &ksv1.DeliverHandedOverResponse{Receipts: receipts}, nil
}

func (x *Services) taker() *deliver.Service {
	return &deliver.Service{Store: x.Store, Vault: x.Vault, Auth: x.Auth, Backend: x.Backend, Now: x.Now}
}
