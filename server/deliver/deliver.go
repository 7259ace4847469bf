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
	recorded "github.com/keluarga-sehat/sync/server/handover"
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

	// Bringer is the account of who brings it; 0: an operator, from a disk.
	Bringer uint32

	backup *ingest.Backup
	// handed are what the author took over.
	handed []ingest.Handed
	// unproved: it may be by whoever has had the device in hands.
	unproved bool
}

// Open reads a part and finds whose it is, by the key that signed it and the hand-overs that
// are recorded. Errors: syncing.ErrBackupDamaged, ErrUnknownDevice.
func (s *Service) Open(ctx context.Context, data []byte) (*Part, error) {
	message, err := syncing.ParseBackupPart(data)
	if err != nil {
		return nil, err
	}
	p, err := s.ownerOf(ctx, message)
	if err != nil {
		return nil, err
	}
	return p, s.open(ctx, p)
}

// ownerOf finds whose a part is: of the device of that number and key, or where a restored
// server has given the number to another, of the one that has the key now.
func (s *Service) ownerOf(ctx context.Context, message *ksv1.BackupPart) (*Part, error) {
	author, device, err := s.Auth.Author(ctx, message.GetDevice())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && subtle.ConstantTimeCompare(device.PublicKey, message.GetPublicKey()) == 1 {
		return &Part{Message: message, Author: author, Device: device}, nil
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		device, err = snap.FindDeviceByKey(ctx, message.GetPublicKey())
		return err
	})
	if err == nil {
		author, device, err = s.Auth.Author(ctx, device.Number)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnknownDevice
	}
	if err != nil {
		return nil, err
	}
	return &Part{Message: message, Author: author, Device: device}, nil
}

// HandedOver is what comes along with a part of a device that was handed over.
type HandedOver struct {
	// Hashes are those of all parts for which the grant vouches.
	Hashes [][]byte
	// Grant is the grant as it was signed.
	Grant, Signature []byte
}

// OpenHandedOver is Open for who took over the device that the part is of. Where no
// grant names the part, it may be by whoever has had the device in hands, for its key lies
// there in the clear: taken, all changes in it wait for a supervisor's decision, and steps of
// review have no right. So it is where the server has lost the device's registration, and the
// grant alone tells whose it is, and where the grant was refused, as its signer has no right.
// A part of a device of the caller's own that was revoked is taken, too, as by Open.
// Errors: as Open; ErrUnknownDevice for a device that was not handed over to the caller, nor
// is such a one.
func (s *Service) OpenHandedOver(ctx context.Context, caller *access.Caller, data []byte, with HandedOver) (*Part, error) {
	message, err := syncing.ParseBackupPart(data)
	if err != nil {
		return nil, err
	}
	p, err := s.ownerOf(ctx, message)
	if err != nil && !errors.Is(err, ErrUnknownDevice) {
		return nil, err
	}
	if p != nil && p.Device.Revoked && p.Device.Account == caller.Account.Number {
		p.Bringer = caller.Account.Number
		return p, s.open(ctx, p)
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		handed, err := snap.HandoversTo(ctx, caller.Account.Number)
		if err != nil {
			return err
		}
		handed = slices.DeleteFunc(handed, func(h store.Handover) bool {
			return h.Device != message.GetDevice() || p != nil && p.Device.Number != h.Device && p.Device.Account != h.Outgoing
		})
		vouched := slices.IndexFunc(handed, func(h store.Handover) bool { return handover.Vouched(h.Unsent, with.Hashes, data) })
		switch {
		case p != nil && len(handed) > 0:
			p.unproved = vouched < 0
			return nil
		case p == nil && vouched >= 0:
			p, err = byGrant(ctx, snap, message, &handed[vouched], caller.Device)
			return err
		default:
			return ErrUnknownDevice
		}
	})
	if p != nil && errors.Is(err, ErrUnknownDevice) {
		err = s.underRefused(ctx, caller, p, with)
	}
	if err != nil {
		return nil, err
	}
	p.Bringer = caller.Account.Number
	return p, s.open(ctx, p)
}

// underRefused lets a part be taken that is signed by the device's key, though the grant
// under which it comes is not recorded: a deposit takes no more than that key. Whose key
// signed the grant must be known, for else its signer may still be found to have the right.
func (s *Service) underRefused(ctx context.Context, caller *access.Caller, p *Part, with HandedOver) error {
	recorder := &recorded.Service{Store: s.Store, Auth: s.Auth, Now: s.Now}
	g, err := recorder.Signed(ctx, caller, with.Grant, with.Signature)
	switch {
	case errors.Is(err, handover.ErrMalformed), errors.Is(err, handover.ErrOwnSigner), errors.Is(err, recorded.ErrForeign), errors.Is(err, recorded.ErrRefused):
		return ErrUnknownDevice
	case err != nil:
		return err
	case g.GetDevice() != p.Message.GetDevice() || g.GetOutgoing() != p.Device.Account:
		return ErrUnknownDevice
	}
	p.unproved = true
	return nil
}

// byGrant is a part of a device whose registration the server has lost. It counts as by
// the device that brings it.
func byGrant(ctx context.Context, snap store.Snapshot, message *ksv1.BackupPart, h *store.Handover, bringer uint32) (*Part, error) {
	lost, err := recorded.Unregistered(ctx, snap, h)
	if err != nil {
		return nil, err
	}
	if !lost {
		return nil, ErrUnknownDevice
	}
	account, err := snap.FindAccount(ctx, h.Outgoing)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnknownDevice
	}
	return &Part{
		Message: message, Author: &access.Caller{Account: account}, Device: store.Device{Number: bringer, Account: h.Outgoing}, unproved: true,
	}, err
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
	t := &taking{service: s, part: p.Message, sender: sender}
	receipts, err := t.take(ctx, p.backup.Page)
	if err != nil {
		return nil, err
	}
	if err := s.tellJudge(ctx, p, receipts); err != nil {
		return nil, err
	}
	return p.backup.Receipts(receipts), nil
}

// broughtBy is the sender of work that somebody else brings: judged by the
// author's own rights, and where the device was revoked, or the part is unproved, by
// nobody's.
func broughtBy(p *Part) *ingest.Sender {
	sender := &ingest.Sender{Account: p.Author.Account.Number, Device: p.Device.Number, Covers: p.Author.Collects, Handed: p.handed}
	if p.Device.Revoked || p.unproved {
		sender.Deposited, sender.Revoked = true, p.Device.Revoked
		return sender
	}
	sender.MayCollect, sender.MayReview = p.Author.Has(ksv1.Right_RIGHT_COLLECT), p.Author.Has(ksv1.Right_RIGHT_REVIEW)
	return sender
}
