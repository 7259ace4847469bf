package api

import (
	"context"
	"errors"
	"slices"

	shared "github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/deliver"
	"github.com/keluarga-sehat/sync/server/handover"
	"github.com/keluarga-sehat/sync/server/store"
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
	part, err := taker.Open(ctx, r.GetPart())
	switch {
	case errors.Is(err, syncing.ErrBackupDamaged):
		return nil, &errBadRequest{"part", err.Error(), "Sebagian data serah terima rusak; sinkronkan lagi."}
	case errors.Is(err, deliver.ErrUnknownDevice):
		return nil, errNotFound
	case err != nil:
		return nil, err
	}
	vouched, err := s.mayDeliver(ctx, part.Device.Number, r)
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.DeviceSubject(part.Device.Number))
	audit.Of(ctx).Subject(audit.AccountSubject(part.Author.Account.Number))
	take := taker.TakeUnproved
	if vouched {
		take = taker.Take
	}
	receipts, err := take(ctx, part)
	if err != nil {
		return nil, err
	}
	return &ksv1.DeliverHandedOverResponse{Receipts: receipts}, nil
}

// mayDeliver tells whether the device was handed over to the caller by a grant that
// vouches for the part. Errors: errNotFound for a device that was not handed over.
func (s handoverService) mayDeliver(ctx context.Context, device uint32, r *ksv1.DeliverHandedOverRequest) (vouched bool, err error) {
	err = s.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		handed, err := snap.HandoversTo(ctx, callerOf(ctx).Account.Number)
		if err != nil {
			return err
		}
		handed = slices.DeleteFunc(handed, func(h store.Handover) bool { return h.Device != device })
		if len(handed) == 0 {
			return errNotFound
		}
		vouched = slices.ContainsFunc(handed, func(h store.Handover) bool { return shared.Vouched(h.Unsent, r.GetPartHashes(), r.GetPart()) })
		return nil
	})
	return vouched, err
}

func (x *Services) taker() *deliver.Service {
	return &deliver.Service{Store: x.Store, Vault: x.Vault, Auth: x.Auth, Backend: x.Backend, Now: x.Now}
}
