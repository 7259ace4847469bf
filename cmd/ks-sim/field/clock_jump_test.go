package field

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// withClock is a surveyor on a device whose clock is off the server's by what offset gives.
func withClock(t *testing.T, f *Field, now func() time.Time) *clientsdk.User {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientsdk.Open(clientsdk.Config{Dir: filepath.Join(t.TempDir(), "d"), Server: f.Address, Pin: &pin, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return signInOn(t, c, f, "surveyor1")
}

// A device whose clock is years behind until the telephone network tells it the time, in
// the middle of a sync: by the offset that the sync began with, years have passed.
func TestAClockThatJumpsDuringASyncForgetsNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	for name, jump := range map[string]time.Duration{"ahead": 8 * 365 * 24 * time.Hour, "back": -8 * 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			var off atomic.Int64
			off.Store(int64(-jump))
			u := withClock(t, f, func() time.Time { return time.Now().Add(time.Duration(off.Load())) })
			other := signInOn(t, deviceOf(t, f, name), f, "surveyor2")
			mustSync(t, u)
			mustSync(t, other)
			for range 3 {
				if _, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")}); err != nil {
					t.Fatal(err)
				}
			}
			// Receipts, then what others did, come after the jump.
			for range 2 {
				off.Store(int64(-jump))
				if _, err := u.Sync(t.Context(), func(clientsdk.Progress) { off.Store(0) }); err != nil {
					t.Fatal(err)
				}
				if _, err := Interview(t.Context(), other, village(t, other), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour()); err != nil {
					t.Fatal(err)
				}
				mustSync(t, other)
			}
			off.Store(0)
			mustSync(t, u)
			if n, err := u.Counts(t.Context()); err != nil || n.Applied != 3 {
				t.Errorf("of three changes that are to be kept for 35 days there are %+v, %v", n, err)
			}
		})
	}
}
