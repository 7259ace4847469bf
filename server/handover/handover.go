// Package handover records hand-overs of devices that supervisors signed without
// network (internal/handover). A signature is by the key that the signer's device
// publishes for hand-overs (SyncOpen.handover_key). It proves whose device signed, not
// when: whoever lost the right since could date a grant back. So the signer's right is
// judged as the server knows it when the grant first arrives, from either of the two
// devices that hold it, and stays as it was judged then. Work under a grant that was
// refused waits for a supervisor's decision, as any work without a right does.
package handover

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/handover"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

// Errors of recording.
var (
	// ErrRefused: the signer had no right, the parties don't belong together, or the
	// grant is too old.
	ErrRefused = errors.New("hand-over refused")
	// ErrForeign: it concerns somebody else.
	ErrForeign = errors.New("hand-over of others")
)

// Service records hand-overs. All fields must be set. Safe for concurrent use.
type Service struct {
	Store store.Store
	Auth  *auth.Service
	Now   func() time.Time
}

// Record takes a grant from one of the two who hold it. One that is recorded
// already is fine. Errors: handover.ErrMalformed, handover.ErrOwnSigner, ErrForeign,
// ErrRefused.
func (s *Service) Record(ctx context.Context, caller *access.Caller, grant, signature []byte) (*ksv1.HandoverGrant, error) {
	g, err := handover.ReadGrant(grant)
	if err != nil {
		return nil, err
	}
	if me := caller.Account.Number; me != g.GetIncoming() && me != g.GetSigner() {
		return nil, ErrForeign
	}
	row := store.Handover{
		Device: g.GetDevice(), Incarnation: g.GetIncarnation(), Outgoing: g.GetOutgoing(), Incoming: g.GetIncoming(),
		Signer: g.GetSigner(), SignerDevice: g.GetSignerDevice(), IssuedMS: int64(g.GetIssuedAtMs()), RecordedMS: s.Now().UnixMilli(), Unsent: g.GetUnsent(),
	}
	device, err := s.signedOn(ctx, row.Signer, grant, signature)
	if err != nil {
		return g, err
	}
	row.SignerDevice = device.Number
	known, err := s.recorded(ctx, row)
	if known || err != nil {
		return g, err
	}
	signer, _, err := s.Auth.Author(ctx, device.Number)
	if err != nil {
		return g, refusedWhere(err)
	}
	if !handover.Fresh(row.IssuedMS, s.Now()) || device.Revoked || !signer.Has(ksv1.Right_RIGHT_REVIEW) {
		return g, ErrRefused
	}
	if err := s.checkParties(ctx, row, g.GetIncomingUserName(), signer.Account.Puskesmas); err != nil {
		return g, err
	}
	return g, s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutHandover(ctx, row) })
}

// Signed reads a grant to the caller, whatever right its signer has. Errors: those of
// Record; ErrRefused only where no device of the signer's is known to have signed it.
func (s *Service) Signed(ctx context.Context, caller *access.Caller, grant, signature []byte) (*ksv1.HandoverGrant, error) {
	g, err := handover.ReadGrant(grant)
	if err != nil {
		return nil, err
	}
	if caller.Account.Number != g.GetIncoming() {
		return nil, ErrForeign
	}
	_, err = s.signedOn(ctx, g.GetSigner(), grant, signature)
	return g, err
}

// signedOn is the signer's device whose key signed the grant. Its number may be another
// than the grant says, where the server was put back to before it was registered.
func (s *Service) signedOn(ctx context.Context, signer uint32, grant, signature []byte) (store.Device, error) {
	var devices []store.Device
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		devices, err = snap.DevicesOf(ctx, signer)
		return err
	})
	if err != nil {
		return store.Device{}, err
	}
	at := slices.IndexFunc(devices, func(d store.Device) bool { return handover.Proved(d.HandoverKey, grant, signature) })
	if at < 0 {
		return store.Device{}, ErrRefused
	}
	return devices[at], nil
}

// recorded tells whether the same hand-over is there already. Another one under the
// same numbers is refused: an incarnation is one colleague's.
func (s *Service) recorded(ctx context.Context, row store.Handover) (known bool, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		have, err := snap.FindHandover(ctx, row.Device, row.Incarnation)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil && (have.Incoming != row.Incoming || have.Outgoing != row.Outgoing || have.Signer != row.Signer) {
			return ErrRefused
		}
		known = err == nil
		return err
	})
	return known, err
}

// Unregistered tells whether the server has no registration of the device that was handed
// over: it was put back to before that, and has given the number to nobody, or again, as
// far as the clock of the signer's device tells. Errors: those of the store.
func Unregistered(ctx context.Context, snap store.Snapshot, h *store.Handover) (bool, error) {
	d, err := snap.FindDevice(ctx, h.Device)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return err == nil && d.RegisteredMS > h.IssuedMS, err
}

// checkParties tells whether device, user and colleague are of the signer's
// Puskesmas, and the incarnation is nobody else's. Of a device whose registration the
// server has lost, the signer's word is enough: it gives the colleague no right but to the
// areas of the former user, whom the signer leads too.
func (s *Service) checkParties(ctx context.Context, row store.Handover, incomingName, puskesmas string) error {
	return s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		lost, err := Unregistered(ctx, snap, &row)
		if err != nil {
			return err
		}
		device, err := snap.FindDevice(ctx, row.Device)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		case err == nil && (device.Account == row.Outgoing && device.Revoked || device.Account != row.Outgoing && !lost):
			return ErrRefused
		}
		outgoing, err := snap.FindAccount(ctx, row.Outgoing)
		if err != nil {
			return refusedWhere(err)
		}
		if puskesmas == "" || outgoing.Puskesmas != puskesmas {
			return ErrRefused
		}
		incoming, err := snap.FindAccount(ctx, row.Incoming)
		if err != nil {
			return refusedWhere(err)
		}
		if incoming.Puskesmas != puskesmas || incoming.UserName != incomingName {
			return ErrRefused
		}
		_, err = snap.FindIncarnation(ctx, row.Device, row.Incarnation)
		if err == nil {
			return ErrRefused
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
}

func refusedWhere(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrRefused
	}
	return err
}
