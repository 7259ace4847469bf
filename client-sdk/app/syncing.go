package app

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// syncRun is a sync under way, or the last one.
type syncRun struct {
	running  bool
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
		m.Error = r.err.Error()
	}
	if !r.ended.IsZero() {
		m.EndedAt = timestamppb.New(r.ended)
	}
	return m
}

// startSync begins a sync, or joins the one under way. It goes on when the page
// is closed.
func (a *App) startSync() (*devicev1.SyncState, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.user == nil {
		return nil, errLocked
	}
	if a.sync.running {
		return a.sync.message(), nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	run := syncRun{running: true, cancel: cancel, done: make(chan struct{})}
	a.sync = run
	user := a.user
	go func() {
		defer close(run.done)
		defer cancel()
		result, err := user.Sync(ctx, a.noteProgress)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.sync.running, a.sync.result, a.sync.err, a.sync.ended = false, result, err, a.now()
		if result != nil {
			a.sync.progress = result.Progress
		}
		a.used = a.now()
		a.revision.Add(1)
	}()
	return a.sync.message(), nil
}

func (a *App) noteProgress(p clientsdk.Progress) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sync.progress = p
}

// stopSync ends a sync under way and waits for it; what was acked stays so.
func (a *App) stopSync() {
	a.mu.Lock()
	run := a.sync
	a.mu.Unlock()
	if run.done == nil {
		return
	}
	run.cancel()
	<-run.done
}
