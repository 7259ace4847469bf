package field

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// The tablet's clock is years back when the colleague first signs in on line, and the network
// sets it right a minute later. Then the server is put back to the backup of the day before. The
// device keeps what vouches for the shift as long as such a backup may be old, by the server's clock.
func TestAHandoverIsKnownToARestoredServerWhateverTheClockWas(t *testing.T) {
	f, ahead := aheadServer(t, 3)
	var offset atomic.Int64
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "tablet")
	tablet, err := clientsdk.Open(clientsdk.Config{Dir: folder, Server: f.Address, Pin: &pin,
		Now: func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { _ = tablet.Close() })
	s := &shift{f: f, supervisor: supervisorWith(t, f), tablet: tablet, generator: NewGenerator(11, 320405, time.Now())}
	former := signInOn(t, tablet, f, formerUser)
	mustSync(t, former)
	s.village = village(t, former)
	s.before = append(s.before, s.interview(t, former))
	mustSync(t, s.supervisor)
	if err := errors.Join(former.Close(), f.Stop()); err != nil {
		t.Fatal(err)
	}
	u := s.accept(t)
	s.interview(t, u)
	restore := keptStore(t, f) // which starts the server, too
	signInWhenAsked := func() {
		if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
			t.Fatal(err)
		}
		if err := u.SignInAgain(t.Context(), f.Password); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
	}
	offset.Store(int64(-5 * 365 * 24 * time.Hour))
	signInWhenAsked()
	offset.Store(0)
	for range 2 {
		mustSync(t, u)
	}
	families, changes := stored(t, f)
	restore()
	signInWhenAsked()
	if again, applied := stored(t, f); again != families || applied != changes || changes == 0 {
		t.Errorf("of %d changes in %d families that were applied %d in %d are there after the restore", changes, families, applied, again)
	}
	for _, step := range []struct {
		days int
		kept bool
	}{{34, true}, {36, false}} {
		ahead.Store(int64(time.Duration(step.days) * 24 * time.Hour))
		for range 2 { // the first is told the time
			mustSync(t, u)
		}
		if kept := keepsGrant(t, u, folder, f.Password); kept != step.kept {
			t.Errorf("after %d days the grant is kept: %v", step.days, kept)
		}
		u = signInOn(t, tablet, f, colleague)
	}
}

// keepsGrant closes the colleague's data and looks into them.
func keepsGrant(t *testing.T, u *clientsdk.User, folder, password string) bool {
	t.Helper()
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	o := device.Options{Path: filepath.Join(folder, "ks-"+colleague+".db"), Env: device.Env{Now: time.Now, Rand: rand.Reader}}
	store, err := device.Open(t.Context(), o, password)
	if err != nil {
		t.Fatal(err)
	}
	grant, err := store.Secret(t.Context(), "handover")
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	return len(grant) > 0
}
