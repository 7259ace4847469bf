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
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/handover"
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

	// unproved: it may be by whoever has had the device in hands.
	unproved bool
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
	return &Part{Message: message, Author: author, Device: device}, nil
}

// OpenHandedOver is Open for who took over the device that the part is of. Where no
// grant names the part (hashes are of all parts that one does), it may be by whoever
// has had the device in hands, for its key lies there in the clear: taken, all changes
// in it wait for a supervisor's decision, and steps of review have no right. Errors: as
// Open; ErrUnknownDevice for a device that was not handed over to the account.
func (s *Service) OpenHandedOver(ctx context.Context, account uint32, data []byte, hashes [][]byte) (*Part, error) {
	p, err := s.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		handed, err := snap.HandoversTo(ctx, account)
		if err != nil {
			return err
		}
		handed = slices.DeleteFunc(handed, func(h store.Handover) bool { return h.Device != p.Device.Number })
		if len(handed) == 0 {
			return ErrUnknownDevice
		}
		p.unproved = !slices.ContainsFunc(handed, func(h store.Handover) bool { return handover.Vouched(h.Unsent, hashes, data) })
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Take commits what a part holds, and gives a receipt for each of its items, in
// their order. Errors: those of ingest.CheckQuota, and of the store; what was
// committed by then is taken once more without effect.
func (s *Service) Take(ctx context.Context, p *Part) ([]*ksv1.Receipt, error) {
	sender := broughtBy(p)
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		return ingest.CheckQuota(ctx, snap, sender.Device)
	})
	if err != nil {
		return nil, err
	}
	backup := ingest.OpenBackup(s.Vault, p.Message, s.Now().UnixMilli())
	t := &taking{service: s, part: p.Message, sender: sender}
	receipts, err := t.take(ctx, backup.Page)
	if err != nil {
		return nil, err
	}
	return backup.Receipts(receipts), nil
}

// broughtBy is the sender of work that somebody else brings: judged by the
// author's own rights, and where the device was revoked, or the part is unproved, by
// nobody's.
func broughtBy(p *Part) *ingest.Sender {
	sender := &ingest.Sender{Account: p.Author.Account.Number, Device: p.Device.Number, Covers: p.Author.Covers}
	if p.Device.Revoked || p.unproved {
		sender.Deposited = true
		return sender
	}
	sender.MayCollect, sender.MayReview = p.Author.Has(ksv1.Right_RIGHT_COLLECT), p.Author.Has(ksv1.Right_RIGHT_REVIEW)
	return sender
}
