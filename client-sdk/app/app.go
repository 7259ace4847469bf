package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// DefaultLockAfter is how long an app that nobody touches stays unlocked.
const DefaultLockAfter = 15 * time.Minute

// DefaultSyncEvery is how often the app tries by itself to send what waits.
const DefaultSyncEvery = 10 * time.Minute

// Config says where the app keeps its data.
type Config struct {
	// Dir holds the users' databases and the set-up.
	Dir string
	// Setup overrides what Dir keeps, as for a tester; nil: what Dir keeps, or what
	// the page is given.
	Setup *Setup
	// LockAfter is how long an app that nobody touches stays unlocked; zero:
	// DefaultLockAfter.
	LockAfter time.Duration
	// SyncEvery is how often the app tries by itself to send what waits; zero:
	// DefaultSyncEvery.
	SyncEvery time.Duration
	// SDK is what else the SDK is to be given; Dir, Server, Pin and DeviceName are
	// not read.
	SDK clientsdk.Config
}

// keyBytes of a launch's key: not to be guessed.
const keyBytes = 18

// App is the field app. Close locks it.
type App struct {
	config Config
	now    func() time.Time
	key    string
	guard  guard
	// entering has one place, for who signs in, locks, takes over or sets the device up. It may
	// take as long as the server is silent, so that it is taken before mu, and never with it.
	entering chan struct{}

	mu     sync.Mutex
	setup  Setup             // guarded by mu
	client *clientsdk.Client // guarded by mu; nil: not set up
	user   *clientsdk.User   // guarded by mu; nil: locked
	used   time.Time         // guarded by mu; last call by who is signed in
	// lockedFor is why nobody is signed in any more; guarded by mu.
	lockedFor devicev1.LockReason
	sync      syncRun   // guarded by mu
	tried     time.Time // guarded by mu; when a sync began last
	// handover is the one that waits for its answer; nil: none. Guarded by mu.
	handover *clientsdk.Handover

	shown shownForms
	// revision rises with every change of what the user sees.
	revision atomic.Uint64
}

// New prepares the app; nobody is signed in yet.
func New(c Config) (*App, error) {
	if c.LockAfter == 0 {
		c.LockAfter = DefaultLockAfter
	}
	if c.SyncEvery == 0 {
		c.SyncEvery = DefaultSyncEvery
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w", c.Dir, err)
	}
	random := make([]byte, keyBytes)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	a := &App{config: c, now: time.Now, key: base64.RawURLEncoding.EncodeToString(random), entering: make(chan struct{}, 1)}
	if c.SDK.Now != nil {
		a.now = c.SDK.Now
	}
	a.guard.now, a.guard.path = a.now, filepath.Join(c.Dir, guardFile)
	setup, err := readSetup(c.Dir)
	if c.Setup != nil {
		setup, err = *c.Setup, c.Setup.check()
	}
	if err != nil || setup == (Setup{}) {
		a.guard.load(nil)
		return a, err
	}
	if err := a.connect(setup); err != nil {
		return a, err
	}
	users, err := a.client.Users()
	a.guard.load(users)
	return a, err
}

// connect opens the SDK for a server. The caller holds mu, or is New.
func (a *App) connect(s Setup) error {
	config := a.config.SDK
	config.Dir, config.Server, config.DeviceName = a.config.Dir, s.Server, s.DeviceName
	if s.Pin != "" {
		pin, err := clientsdk.ParsePin(s.Pin)
		if err != nil {
			return fmt.Errorf("pin: %w", err)
		}
		config.Pin = &pin
	}
	client, err := clientsdk.Open(config)
	if err != nil {
		return err
	}
	a.setup, a.client = s, client
	return nil
}

// Close waits for a sign-in and a sync under way to end, locks the user's data and ends the
// connection.
func (a *App) Close() error {
	a.entering <- struct{}{}
	defer func() { <-a.entering }()
	a.lockStill()
	defer a.mu.Unlock()
	err := a.lock(devicev1.LockReason_LOCK_REASON_ASKED)
	if a.client != nil {
		err = errors.Join(err, a.client.Close())
		a.client = nil
	}
	return err
}

// enterAlone waits until nobody else signs in, locks, takes over or sets the device up;
// release lets the next. Errors: the context's.
func (a *App) enterAlone(ctx context.Context) (release func(), err error) {
	select {
	case a.entering <- struct{}{}:
		return func() { <-a.entering }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// signIn opens a user's data, and locks whoever was there before. The page is answered
// meanwhile.
func (a *App) signIn(ctx context.Context, name, password string) error {
	name, err := clientsdk.ParseUserName(name) // all ways of writing it count as one
	if err != nil {
		return err
	}
	release, err := a.enterAlone(ctx)
	if err != nil {
		return err
	}
	defer release()
	client, err := a.leave(name)
	if err != nil {
		return err
	}
	user, err := client.SignIn(ctx, name, password)
	a.guard.note(name, err)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enter(user)
	return nil
}

// leave locks whoever is signed in, for a name that may be tried now. Errors: errNotSetUp,
// *errTooSoon.
func (a *App) leave(name string) (*clientsdk.Client, error) {
	a.lockStill()
	defer a.mu.Unlock()
	if a.client == nil {
		return nil, errNotSetUp
	}
	if err := a.guard.allow(name); err != nil {
		return nil, err
	}
	return a.client, a.lock(devicev1.LockReason_LOCK_REASON_ASKED)
}

// enter makes a user the one who is signed in. The caller enters alone, and holds mu.
func (a *App) enter(user *clientsdk.User) {
	user.OnChange(func() { a.revision.Add(1) })
	a.user, a.used, a.sync = user, a.now(), syncRun{}
	a.revision.Add(1)
}

// errNotSetUp: the device does not know its server.
var errNotSetUp = errors.New("perangkat belum disiapkan; buka tautan atau kode QR dari administrator Puskesmas")

// errHasData: another server's data are here.
var errHasData = errors.New("perangkat ini sudah menyimpan data; kirim dan hapus dulu sebelum disiapkan untuk server lain")

// setUp keeps where the server is, and locks whoever is signed in. Errors: errHasData.
func (a *App) setUp(ctx context.Context, s Setup) error {
	release, err := a.enterAlone(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := a.maySetUp(s); err != nil {
		return err
	}
	a.lockStill()
	defer a.mu.Unlock()
	if err := a.lock(devicev1.LockReason_LOCK_REASON_ASKED); err != nil {
		return err
	}
	if err := s.write(a.config.Dir); err != nil {
		return err
	}
	old := a.client
	if err := a.connect(s); err != nil || old == nil {
		return err
	}
	return old.Close()
}

// maySetUp refuses another server while there are data of one. Errors: errHasData.
func (a *App) maySetUp(s Setup) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client == nil {
		return nil
	}
	users, err := a.client.Users()
	if err == nil && len(users) > 0 && s.Server != a.setup.Server {
		err = errHasData
	}
	return err
}
