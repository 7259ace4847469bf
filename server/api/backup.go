package api

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/deliver"
)

type backupService struct {
	ksv1.UnimplementedBackupServiceServer
	services *Services
}

// DeliverBackup takes a part of a backup file that a supervisor brings.
func (s backupService) DeliverBackup(ctx context.Context, r *ksv1.DeliverBackupRequest) (*ksv1.DeliverBackupResponse, error) {
	taker := s.services.taker()
	part, err := taker.Open(ctx, r.GetPart())
	switch {
	case errors.Is(err, syncing.ErrBackupDamaged):
		return nil, &errBadRequest{"part", err.Error(), "Berkas cadangan ini rusak atau terpotong; ambil lagi dari perangkatnya."}
	case errors.Is(err, deliver.ErrUnknownDevice):
		return nil, errNotFound
	case err != nil:
		return nil, err
	}
	caller, author := callerOf(ctx), part.Author.Account
	if caller.Account.Puskesmas == "" || author.Puskesmas != caller.Account.Puskesmas {
		return nil, errNotFound
	}
	part.Bringer = caller.Account.Number
	audit.Of(ctx).Subject(audit.DeviceSubject(part.Device.Number))
	audit.Of(ctx).Subject(audit.AccountSubject(author.Number))
	receipts, err := taker.Take(ctx, part)
	if err != nil {
		return nil, err
	}
	return &ksv1.DeliverBackupResponse{Receipts: receipts, Device: part.Device.Number, Author: author.Number}, nil
}
