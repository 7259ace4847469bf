// Package deliver takes the parts of devices' backup files, whoever brings them: a
// supervisor over the wire, or an operator from a disk. What is in them is judged
// as if the device had sent it, by the rights of its author as they are now; it
// stands under the author's name, and has no second effect whatever came before.
// Who brings it needs no right to what is in it, and sees nothing of it.
package deliver

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// ErrUnknownDevice: no device of that number and key was ever registered here.
var ErrUnknownDevice = errors.New("the file is of no device of this server")

// Service takes parts. All fields must be set. Safe for concurrent use.
type Service struct {
	Store   store.Store
	Vault   *ingest.Vault
	Auth    *auth.Service
	Backend *session.Backend
	Now     func() time.Time
}

// Part is a part that its device signed, with whose it is.
type Part struct {
	Message *ksv1.BackupPart
	Author  *access.Caller
	Device  store.Device
}

// Open reads a part and finds whose it is. Errors: syncing.ErrBackupDamaged,
// ErrUnknownDevice.
func (s *Service) Open(ctx context.Context, data []byte) (*Part, error) {
	message, err := syncing.ParseBackupPart(data)
	if err != nil {
		return nil, err
	}
	author, device, err := s.Auth.Author(ctx, message.GetDevice())
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnknownDevice
	}
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(device.PublicKey, message.GetPublicKey()) != 1 {
		return nil, ErrUnknownDevice
	}
	return &Part{message, author, device}, nil
}

// Take commits what a part holds, and gives a receipt for each of its items, in
// their order. Errors: those of ingest.CheckQuota, and of the store; what was
// committed by then is taken once more without effect.
func (s *Service) Take(ctx context.Context, p *Part) ([]*ksv1.Receipt, error) {
	return s.take(ctx, p, broughtBy(p))
}

// TakeUnproved is Take of a part that may be by whoever has had the device in hands,
// for its key lies there in the clear: all changes in it wait for a supervisor's
// decision, and steps of review have no right.
func (s *Service) TakeUnproved(ctx context.Context, p *Part) ([]*ksv1.Receipt, error) {
	return s.take(ctx, p, unproved(p))
}

func (s *Service) take(ctx context.Context, p *Part, sender *ingest.Sender) ([]*ksv1.Receipt, error) {
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		return ingest.CheckQuota(ctx, snap, sender.Device)
	})
	if err != nil {
		return nil, err
	}
	backup := ingest.OpenBackup(s.Vault, p.Message, s.Now().UnixMilli())
	receipts, err := s.Backend.CommitFor(ctx, backup.Page, sender)
	if err != nil {
		return nil, err
	}
	return backup.Receipts(receipts), nil
}

// broughtBy is the sender of work that somebody else brings: judged by the
// author's own rights, and where the device was revoked by nobody's.
func broughtBy(p *Part) *ingest.Sender {
	sender := unproved(p)
	if p.Device.Revoked {
		return sender
	}
	sender.Deposited = false
	sender.MayCollect, sender.MayReview = p.Author.Has(ksv1.Right_RIGHT_COLLECT), p.Author.Has(ksv1.Right_RIGHT_REVIEW)
	return sender
}

func unproved(p *Part) *ingest.Sender {
	return &ingest.Sender{Account: p.Author.Account.Number, Device: p.Device.Number, Covers: p.Author.Covers, Deposited: true}
}
