package api

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

type backupService struct {
	ksv1.UnimplementedBackupServiceServer
	services *Services
}

// DeliverBackup takes a part of a backup file that a supervisor brings.
func (s backupService) DeliverBackup(ctx context.Context, r *ksv1.DeliverBackupRequest) (*ksv1.DeliverBackupResponse, error) {
	part, err := syncing.ParseBackupPart(r.GetPart())
	if err != nil {
		return nil, &errBadRequest{"part", err.Error()}
	}
	author, device, err := s.services.Auth.Author(ctx, part.GetDevice())
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	caller := callerOf(ctx)
	if caller.Account.Puskesmas == "" || author.Account.Puskesmas != caller.Account.Puskesmas ||
		subtle.ConstantTimeCompare(device.PublicKey, part.GetPublicKey()) != 1 {
		return nil, errNotFound
	}
	audit.Of(ctx).Subject(audit.DeviceSubject(device.Number))
	audit.Of(ctx).Subject(audit.AccountSubject(author.Account.Number))
	receipts, err := s.services.takeBackup(ctx, part, broughtBy(author, &device))
	if err != nil {
		return nil, err
	}
	return &ksv1.DeliverBackupResponse{Receipts: receipts, Device: device.Number, Author: author.Account.Number}, nil
}

// takeBackup commits what a checked part holds.
func (s *Services) takeBackup(ctx context.Context, part *ksv1.BackupPart, sender *ingest.Sender) ([]*ksv1.Receipt, error) {
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		return ingest.CheckQuota(ctx, snap, sender.Device)
	})
	if err != nil {
		return nil, err
	}
	backup := ingest.OpenBackup(s.Vault, part, s.Now().UnixMilli())
	receipts, err := s.Backend.CommitFor(ctx, backup.Page, sender)
	if err != nil {
		return nil, err
	}
	return backup.Receipts(receipts), nil
}

// broughtBy is the sender of work that somebody else brings: judged by the
// author's own rights, and where the device was revoked by nobody's.
func broughtBy(author *access.Caller, device *store.Device) *ingest.Sender {
	sender := &ingest.Sender{Account: author.Account.Number, Device: device.Number, Covers: author.Covers}
	if device.Revoked {
		sender.Deposited = true
		return sender
	}
	sender.MayCollect, sender.MayReview = author.Has(ksv1.Right_RIGHT_COLLECT), author.Has(ksv1.Right_RIGHT_REVIEW)
	return sender
}
