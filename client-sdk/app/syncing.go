package app

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// syncRun is a sync under way, or the last one.
type syncRun struct {
	running bool
	// unasked: the app began it by itself, and nobody has asked for one since.
	unasked  bool
	progress clientsdk.Progress
	result   *clientsdk.SyncResult
	err      error
	ended    time.Time
	cancel   context.CancelFunc
	done     chan struct{}
}

// message tells how far it is.
func (r *syncRun) message() *devicev1.SyncState {
	m := &devicev1.SyncState{
		Running: r.running, Sent: uint32(r.progress.Sent), ToSend: uint32(r.progress.Pending),
		Received: uint32(r.progress.Received), ToReceive: uint32(r.progress.Expected),
	}
	if r.result != nil {
		m.BytesUp, m.BytesDown, m.Proved = uint64(r.result.BytesUp), uint64(r.result.BytesDown), r.result.Differing == 0
	}
	if r.err != nil {
		m.Error = textOf(r.err)
		m.SignInAgain = errors.Is(r.err, clientsdk.ErrSignInAgain)
	}
	if !r.ended.IsZero() {
		m.EndedAt = timestamppb.New(r.ended)
	}
	return m
}

// startSync begins a sync, or joins the one under way, of whose end the page is told then
// also where the app began it. It goes on when the page is closed.
func (a *App) startSync() (*devicev1.SyncState, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.user == nil {
		return nil, errLocked
	}
	if !a.sync.running {
		a.beginSync(syncRun{})
	}
	a.sync.unasked = false
	return a.sync.message(), nil
}

// sendWhenReachable syncs by itself where work waits to be sent and nobody has
// tried for a while. It does not keep the app unlocked, and that there is no
// signal is nothing to be told.
func (a *App) sendWhenReachable(ctx context.Context) error {
	a.mu.Lock()
	user, now := a.user, a.now()
	due := user != nil && !a.sync.running && now.Sub(a.tried) >= a.config.SyncEvery
	a.mu.Unlock()
	if !due {
		return nil
	}
	counts, err := user.Counts(ctx)
	if err != nil || counts.Pending+counts.Steps == 0 {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.user == user && !a.sync.running {
		a.beginSync(syncRun{unasked: true})
	}
	return nil
}

// beginSync runs a sync beside everything else. The caller holds mu.
func (a *App) beginSync(run syncRun) {
	before := a.sync
	ctx, cancel := context.WithCancel(context.Background())
	run.running, run.cancel, run.done = true, cancel, make(chan struct{})
	a.sync, a.tried = run, a.now()
	user := a.user
	go func() {
		defer close(run.done)
		defer cancel()
		result, err := user.Sync(ctx, a.noteProgress)
		a.mu.Lock()
		defer a.mu.Unlock()
		stopped := err != nil && ctx.Err() != nil // by lockStill
		if stopped || a.sync.unasked && errors.Is(err, clientsdk.ErrOffline) {
			a.sync = before
			return
		}
		a.sync.running, a.sync.result, a.sync.err, a.sync.ended = false, result, err, a.now()
		if result != nil {
			a.sync.progress = result.Progress
		}
		a.lockWiped(user, err)
		if !a.sync.unasked {
			a.used = a.now()
		}
		a.revision.Add(1)
	}()
}

func (a *App) noteProgress(p clientsdk.Progress) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sync.progress = p
}

// lockStill locks mu while no sync is under way: it stops one and waits for it; what was
// acked stays so.
func (a *App) lockStill() {
	a.mu.Lock()
	for a.sync.running {
		run := a.sync
		a.mu.Unlock()
		run.cancel()
		<-run.done
		a.mu.Lock()
	}
}

// lockWiped leaves a user whose data were wiped, as err says, and are closed. The caller holds
// mu.
func (a *App) lockWiped(user *clientsdk.User, err error) {
	if errors.Is(err, clientsdk.ErrWiped) && a.user == user {
		a.lockedOut(devicev1.LockReason_LOCK_REASON_WIPED)
	}
}

// SignInAgain gives the server the password once more.
func (s appService) SignInAgain(ctx context.Context, r *devicev1.SignInAgainRequest) (*devicev1.SignInAgainResponse, error) {
	user, err := s.app.present()
	if err != nil {
		return nil, statusOf(err)
	}
	name := user.Account().GetUserName()
	if err := s.app.guard.allow(name); err != nil {
		return nil, statusOf(err)
	}
	err = user.SignInAgain(ctx, r.GetPassword())
	s.app.guard.note(name, err)
	if errors.Is(err, clientsdk.ErrWiped) {
		s.app.toldWiped(user, err)
	}
	return &devicev1.SignInAgainResponse{}, statusOf(err)
}

// toldWiped locks out a user whom the server had wiped in place of signing in, and has the
// sign-in page tell what a sync would have told.
func (a *App) toldWiped(user *clientsdk.User, err error) {
	a.lockStill()
	defer a.mu.Unlock()
	a.sync = syncRun{err: err, ended: a.now()}
	a.lockWiped(user, err)
	a.revision.Add(1)
}
