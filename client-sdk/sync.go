package clientsdk

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Progress is how far a sync is, in records; honest: what is not known is 0.
type Progress = device.Progress

// SyncResult is what a sync did.
type SyncResult struct {
	Progress
	// Differing is how many RT still differed from the server after a repair;
	// 0: device and server proved that they hold the same.
	Differing int
	// BytesUp and BytesDown are the chunks' bytes as sent.
	BytesUp, BytesDown int64
}

// maxSessions bounds how many sessions one Sync opens: a token that has run out is
// renewed, receipts may ask for work to be sent again. maxRenamings bounds those beside
// them that end because a database was a copy: of what it has sent before, it learns by a
// page at a time that it is another's. The next Sync goes on.
const (
	maxSessions  = 4
	maxRenamings = 32
)

// Sync sends what is unsent and fetches what is new, and proves by digests that
// both hold the same. It can be called at any time, broken off at any time, and
// goes on where it was. onProgress, if given, is called as it goes. Errors:
// ErrOffline, ErrSignInAgain, ErrSessionReused, ErrReincarnated, ErrClosed, also where the
// user or the client is closed meanwhile, ErrNoSpace, ErrStorageFailed, *ServerError; nothing
// is lost by any of them. Where account or device may not sync any more (reasons
// ACCOUNT_DISABLED, DEVICE_REVOKED), unsent work is deposited for a supervisor's
// decision and stays on the device, and unsent verdicts do not take effect; a device that was
// revoked is then wiped, but for what is sealed for the server (ErrWiped), which is also what
// the server can't take. Of its verdicts who passed them is told (NotApplied) once they have
// signed in on it again.
func (u *User) Sync(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	release, err := u.takeSync(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	result, err := u.syncAll(ctx, onProgress)
	if err != nil && !errors.Is(err, ErrWiped) && (u.store.Closed() || u.client.conn.isClosed()) {
		return nil, ErrClosed
	}
	return result, err
}

// takeSync waits until nobody else syncs; release lets the next. Errors: the context's.
func (u *User) takeSync(ctx context.Context) (release func(), err error) {
	select {
	case u.syncing <- struct{}{}:
		return func() { <-u.syncing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// syncAll brings the user's own work and what the device carries.
func (u *User) syncAll(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	defer u.countData(context.WithoutCancel(ctx))
	err := u.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := u.recordHandovers(ctx); err != nil {
		return nil, err
	}
	took, err := u.tookOver(ctx)
	if err != nil {
		return nil, err
	}
	// The first sync tells what anybody else may bring, and of whom the verdicts in it are.
	if took != nil || !u.LastSync().IsZero() {
		// How it fails is told by the second attempt, after the user's own sync.
		_ = u.deliverCarried(ctx)
	}
	result, err := u.syncOwn(ctx, onProgress)
	if err == nil || errors.Is(err, ErrOffline) {
		if failed := u.noteLink(context.WithoutCancel(ctx), err); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	if err == nil {
		// What stood in the way, such as an old token, the user's own sync mends; and
		// a server that turns out to have been restored gets again what it lost.
		err = u.deliverCarried(ctx)
	}
	return result, err
}

// syncOwn runs sessions until nothing is left to be said.
func (u *User) syncOwn(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	var err error
	var again *SyncResult
	redialed := false
	for sessions, renamings := 0, 0; sessions < maxSessions && renamings < maxRenamings; sessions++ {
		var result *SyncResult
		result, err = u.syncOnce(ctx, onProgress)
		if result != nil && again != nil {
			result.add(again)
		}
		var refused *ServerError
		switch {
		case err == nil:
			// Receipts may have asked for work to be sent again.
			if counts, err := u.store.Counts(ctx); err != nil || counts.Pending == 0 {
				return result, err
			}
			again = result
			continue
		case errors.Is(err, ErrReincarnated):
			sessions-- // counted by itself
			renamings++
			continue
		case errors.Is(err, errOtherCompression):
			if err := u.store.PutSecret(ctx, secretCompression, nil); err != nil {
				return nil, err
			}
			continue
		case errors.As(err, &refused) && refused.Reason == syncing.ReasonTokenExpired:
			u.renew.Store(true)
			continue
		case errors.Is(err, errUnheard) && !redialed:
			redialed = true
			if err := u.connect(ctx); err != nil {
				return nil, err
			}
			continue
		case errors.As(err, &refused) && refused.Reason == syncing.ReasonAccountChanged:
			continue
		case errors.As(err, &refused) && (refused.Reason == syncing.ReasonAccountDisabled || refused.Reason == syncing.ReasonDeviceRevoked):
			return nil, u.shutOut(ctx, err, refused)
		}
		return nil, err
	}
	return again, err
}

// errUnheard: a session broke off before the server had said anything, as it
// does over a connection that had died unnoticed, while the device slept or
// changed its network. A new connection may do.
var errUnheard = errors.New("connection had died")

// unheard marks an error of a session in which nothing was heard yet.
func unheard(err error) error {
	if errors.Is(err, ErrOffline) && !errors.Is(err, errUnheard) {
		return &explained{err, errUnheard}
	}
	return err
}

// add adds what an earlier session did.
func (r *SyncResult) add(earlier *SyncResult) {
	r.Sent, r.Pending = r.Sent+earlier.Sent, r.Pending+earlier.Sent
	r.Received, r.Expected = r.Received+earlier.Received, r.Expected+earlier.Received
	r.Refused += earlier.Refused
	r.Quarantined += earlier.Quarantined
	r.Repaired += earlier.Repaired
	r.BytesUp += earlier.BytesUp
	r.BytesDown += earlier.BytesDown
}

func (u *User) syncOnce(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	token, err := u.accessToken(ctx)
	if err != nil {
		return nil, unheard(err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	raw, err := ksv1.NewSyncServiceClient(u.client.conn).Sync(under(ctx, token))
	if err != nil {
		return nil, unheard(serverError(err))
	}
	offer, err := u.offer(ctx)
	if err != nil {
		return nil, err
	}
	waitForContacts := u.beginContacts(ctx, token)
	defer func() {
		cancel(nil)
		waitForContacts()
	}()
	link, err := startStream(ctx, raw, offer.Upload, patience{u.client.traffic, cancel})
	if err != nil {
		return nil, err
	}
	defer func() {
		cancel(nil)
		link.close()
	}()
	session, err := device.StartSession(ctx, u.store, link, Version, offer)
	if err != nil {
		return nil, unheard(err)
	}
	if err := link.receive(ctx, session, onProgress); err != nil {
		return nil, err
	}
	if err := raw.CloseSend(); err != nil {
		return nil, serverError(err)
	}
	if err := u.keepCompression(ctx, offer.Upload, link.chosen); err != nil {
		return nil, err
	}
	waitForContacts()
	link.result.Progress = session.Progress
	for _, v := range session.Differing.GetVillages() {
		link.result.Differing += len(v.GetPlaces())
	}
	return &link.result, nil
}

// secretCompression names what the server chose last, so that uploads need not
// wait for its welcome.
const secretCompression = "compression"

// errOtherCompression: the server does not do what it did the last time.
var errOtherCompression = errors.New("server chose another compression than the last time")

func (u *User) offer(ctx context.Context) (device.Offer, error) {
	o := device.Offer{Compressions: wire.Compressions()}
	kept, err := u.store.Secret(ctx, secretCompression)
	if err != nil {
		return o, err
	}
	if o.ChunkBytes, err = u.chunkBytes(ctx); err != nil {
		return o, err
	}
	if len(kept) == 1 && slices.Contains(o.Compressions, ksv1.Compression(kept[0])) {
		o.Upload = ksv1.Compression(kept[0])
	}
	return o, nil
}

func (u *User) keepCompression(ctx context.Context, before, chosen ksv1.Compression) error {
	if before == chosen {
		return nil
	}
	return u.store.PutSecret(ctx, secretCompression, []byte{byte(chosen)})
}
