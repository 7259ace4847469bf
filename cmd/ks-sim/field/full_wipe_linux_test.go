package field

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// TestARevokedDeviceThatIsFullIsWiped: what is to be deleted makes the room that the deletion
// takes.
func TestARevokedDeviceThatIsFullIsWiped(t *testing.T) {
	f := newField(t, 1, nil)
	for number, freeKB := range []int64{16, 300} {
		small := t.TempDir()
		mountSmall(t, small, "size=8m")
		u := fullOfFamilies(t, f, small)
		const unsent = 3
		for range unsent {
			if _, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", NewGenerator(7, 320405, time.Now()).Family().Family); err != nil {
				t.Fatal(err)
			}
		}
		revokeDevice(t, f, uint32(number+1))
		leave(t, small, freeKB<<10)
		_, err := u.Sync(t.Context(), nil)
		if !errors.Is(err, clientsdk.ErrWiped) || !strings.Contains(err.Error(), "tersegel untuk server") || strings.Contains(err.Error(), "full") {
			t.Errorf("with %d KB: %v", freeKB, err)
		}
		if listed, total := u.Families(clientsdk.Query{}); total > 0 || len(listed) > 0 {
			t.Errorf("with %d KB the wiped user lists %d families", freeKB, total)
		}
		if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrClosed) {
			t.Errorf("with %d KB the next sync says %v", freeKB, err)
		}
		o := device.Options{Path: filepath.Join(small, "ks-surveyor1.db"), Env: device.Env{Now: time.Now, Rand: rand.Reader}}
		if info, err := os.Stat(o.Path); err != nil || info.Size() > 256<<10 {
			t.Errorf("with %d KB the file has %v, %v", freeKB, info.Size(), err)
		}
		if left, err := filepath.Glob(o.Path + "-*"); err != nil || len(left) > 0 {
			t.Errorf("with %d KB %v is left, %v", freeKB, left, err)
		}
		if _, err := device.Open(t.Context(), o, f.Password); !errors.Is(err, device.ErrWiped) {
			t.Errorf("with %d KB the password opens %v", freeKB, err)
		}
		if sealed, err := device.ReadSealed(t.Context(), o); err != nil || len(sealed.Changes) != unsent || !sealed.Wiped {
			t.Errorf("with %d KB sealed for the server: %+v, %v", freeKB, sealed, err)
		}
	}
}

// fullOfFamilies signs in on a device whose log can't be written back without more room than
// the test leaves.
func fullOfFamilies(t *testing.T, f *Field, folder string) *clientsdk.User {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientsdk.Open(clientsdk.Config{Dir: folder, Server: f.Address, Pin: &pin})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { _ = c.Close() })
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(5, 320405, time.Now())
	for range 60 {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	return u
}
