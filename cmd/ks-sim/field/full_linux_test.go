package field

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// TestAFullDeviceSaysSoAndGoesOnOnceThereIsSpace fills a real file system of
// three megabytes: the save that finds no room is refused as such and leaves
// nothing behind, what was saved can be read, and with a little space freed
// saving and syncing go on.
func TestAFullDeviceSaysSoAndGoesOnOnceThereIsSpace(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("a small file system can't be mounted here (it needs root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	f := newField(t, 1, nil)
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(small, "foto.jpg")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := clientsdk.Open(clientsdk.Config{Dir: small, Server: f.Address, Pin: &pin, DeviceName: "penuh"})
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(u.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	}()
	mustSync(t, u)
	g, v := NewGenerator(5, 320405, time.Now()), village(t, u)
	saved := 0
	for {
		if _, _, err = u.StartFamily(t.Context(), v, "001/001", g.Family().Family); err != nil {
			break
		}
		if saved++; saved > 20_000 {
			t.Fatal("three megabytes are never full")
		}
	}
	if !errors.Is(err, clientsdk.ErrStorageFull) {
		t.Fatalf("a full device says %v", err)
	}
	listed, total := u.Families(clientsdk.Query{Limit: 50_000})
	if total != saved {
		t.Errorf("%d families listed, %d were saved", total, saved)
	}
	for _, s := range listed {
		if _, err := u.Family(t.Context(), s.ID); err != nil {
			t.Fatalf("reading on a full device: %v", err)
		}
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if _, _, err := u.StartFamily(t.Context(), v, "001/001", g.Family().Family); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	result := mustSync(t, u)
	if counts, err := u.Counts(t.Context()); err != nil || counts.Pending > 0 || result.Sent != saved+1 {
		t.Errorf("%d of %d sent, %d pending, %v", result.Sent, saved+1, counts.Pending, err)
	}
}
