package app

import (
	"context"
	"errors"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// errLocked: nobody is signed in.
var errLocked = errors.New("aplikasi terkunci; masuk kembali")

// lock closes the user's data, and tells from then on why. The caller holds mu.
func (a *App) lock(why devicev1.LockReason) error {
	if a.user == nil {
		return nil
	}
	err := a.user.Close()
	a.lockedOut(why)
	return err
}

// lockedOut leaves a user whose data are closed. The caller holds mu.
func (a *App) lockedOut(why devicev1.LockReason) {
	a.user, a.lockedFor = nil, why
	a.shown.forget()
}

// present is who is signed in. A call keeps the app unlocked, but for one that comes too late:
// a device that slept has nobody who locks it on time.
func (a *App) present() (*clientsdk.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lockUnused()
	if a.user == nil {
		return nil, errLocked
	}
	a.used = a.now()
	return a.user, nil
}

// lockIdle locks an app that nobody has touched.
func (a *App) lockIdle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lockUnused()
}

// lockUnused locks an app that nobody has touched; never while it syncs. It locks all the same
// where a file can't be closed: what became of that is looked at, and told, when it is opened
// again. The caller holds mu.
func (a *App) lockUnused() {
	if a.user != nil && !a.sync.running && a.now().Sub(a.used) >= a.config.LockAfter {
		_ = a.lock(devicev1.LockReason_LOCK_REASON_IDLE)
	}
}

// Lock closes the user's data.
func (s appService) Lock(ctx context.Context, _ *devicev1.LockRequest) (*devicev1.LockResponse, error) {
	release, err := s.app.enterAlone(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	defer release()
	s.app.lockStill()
	defer s.app.mu.Unlock()
	s.app.revision.Add(1)
	return &devicev1.LockResponse{}, statusOf(s.app.lock(devicev1.LockReason_LOCK_REASON_ASKED))
}

// KeepOpen tells that somebody is at work.
func (s appService) KeepOpen(context.Context, *devicev1.KeepOpenRequest) (*devicev1.KeepOpenResponse, error) {
	_, err := s.app.present()
	return &devicev1.KeepOpenResponse{}, statusOf(err)
}
