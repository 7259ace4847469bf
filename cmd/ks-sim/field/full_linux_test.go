package field

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/store"
)

// mountSmall puts a file system of a size onto a folder for the time of the test.
func mountSmall(t *testing.T, on, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", on, "tmpfs", 0, size); err != nil {
		t.Skipf("a small file system can't be mounted here (it needs root): %v", err)
	}
	cleanUp(t, func() {
		if err := syscall.Unmount(on, 0); err != nil {
			t.Error(err)
		}
	})
}

// TestAFullDeviceSaysSoAndGoesOnOnceThereIsSpace fills a real file system of
// three megabytes: the save that finds no room is refused as such and leaves
// nothing behind, what was saved can be read, and with a little space freed
// saving and syncing go on.
func TestAFullDeviceSaysSoAndGoesOnOnceThereIsSpace(t *testing.T) {
	small := t.TempDir()
	mountSmall(t, small, "size=3m")
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
	if !errors.Is(err, clientsdk.ErrStorageFull) || errors.Is(err, clientsdk.ErrNoSpace) {
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
	for what, step := range map[string]func() error{
		"Submit": func() error { _, err := u.Submit(t.Context(), familyIDs(listed), ""); return err },
		"Sync":   func() error { _, err := u.Sync(t.Context(), nil); return err },
		"Backup": func() error { _, err := u.Backup(t.Context(), io.Discard); return err },
	} {
		if err := step(); !errors.Is(err, clientsdk.ErrStorageFull) || !errors.Is(err, clientsdk.ErrNoSpace) || strings.Contains(err.Error(), "simpan lagi") {
			t.Errorf("%s on a full device says %v", what, err)
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

// TestAFirstSignInWithoutRoomLeavesNobodysData signs in on a device with more and more space,
// until it is enough: what was begun is gone each time.
func TestAFirstSignInWithoutRoomLeavesNobodysData(t *testing.T) {
	f := newField(t, 1, nil)
	folder := filepath.Join(f.options.Dir, "device-"+goldenDevice)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	mountSmall(t, folder, "size=4m")
	c := smallClient(t, f)
	refused := 0
	for free := int64(0); ; free += 64 << 10 {
		leave(t, folder, free)
		u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
		if err == nil {
			if err := u.Close(); err != nil {
				t.Error(err)
			}
			break
		}
		refused++
		var room *clientsdk.NoRoom
		if !errors.As(err, &room) || free > int64(room.FreeMB)<<20 {
			t.Fatalf("with %d bytes: %v", free, err)
		}
		if users, err := c.Users(); err != nil || len(users) > 0 {
			t.Errorf("with %d bytes there are data of %v, %v", free, users, err)
		}
		if _, err := c.Deposit(t.Context(), "surveyor1"); !errors.Is(err, clientsdk.ErrNotFound) {
			t.Errorf("with %d bytes, a deposit: %v", free, err)
		}
	}
	if refused < 3 {
		t.Errorf("refused %d times: there was room from the first", refused)
	}
	// An account has a place for so many devices.
	if n := devicesOf(t, f, "surveyor1"); n != 1 {
		t.Errorf("the server has registered %d devices", n)
	}
}

func devicesOf(t *testing.T, f *Field, user string) (n int) {
	t.Helper()
	err := f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		account, err := snap.FindAccountByName(ctx, user)
		if err != nil {
			return err
		}
		devices, err := snap.DevicesOf(ctx, account.Number)
		n = len(devices)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAnOlderDeviceWithoutRoomToBeMigratedLosesNothing opens a device of an earlier
// version on a real file system with more and more space: until it is enough, the user is
// told to make some, and the database stays as it was; then everything is there.
func TestAnOlderDeviceWithoutRoomToBeMigratedLosesNothing(t *testing.T) {
	f, folder, note := smallGolden(t)
	database := filepath.Join(folder, "ks-surveyor1.db")
	before, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	c := smallClient(t, f)
	refused, rewriting := 0, false
	for free := int64(0); ; free += 8 << 10 {
		leave(t, folder, free)
		u, err := c.SignIn(t.Context(), f.Surveyors[0].Name, f.Password)
		if err == nil {
			if got := unsent(t, u); !slices.Equal(got, note.Unsent) || u.Loss() != nil {
				t.Errorf("with %d bytes: unsent %v, want %v, loss %+v", free, got, note.Unsent, u.Loss())
			}
			if err := u.Close(); err != nil {
				t.Error(err)
			}
			break
		}
		var room *clientsdk.NoRoom
		if !errors.As(err, &room) || !strings.Contains(err.Error(), "Kosongkan sedikitnya") || free > int64(room.FreeMB)<<20 {
			t.Fatalf("with %d bytes: %v", free, err)
		}
		rewriting = rewriting || strings.Contains(room.Cause.Error(), "version:30")
		if refused++; refused == 1 { // nothing of it could be migrated
			if now, err := os.ReadFile(database); err != nil || !bytes.Equal(now, before) {
				t.Fatalf("the database was altered: %d bytes, were %d, %v", len(now), len(before), err)
			}
		}
	}
	if !rewriting {
		t.Errorf("refused %d times, but never while the table of changes was written anew", refused)
	}
}

// smallGolden is a golden device in a folder of four megabytes, with its server.
func smallGolden(t *testing.T) (f *Field, folder string, note golden) {
	t.Helper()
	dir := t.TempDir()
	folder = filepath.Join(dir, "device-"+goldenDevice)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	mountSmall(t, folder, "size=4m")
	unpack(t, "testdata/golden/device-3.tar.gz", dir)
	return openGolden(t, dir, &note), folder, note
}

func smallClient(t *testing.T, f *Field) *clientsdk.Client {
	t.Helper()
	c, err := f.Device(goldenDevice)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestADamagedDeviceWithoutRoomIsMendedOnceThereIs has no space for the copy that a
// damaged database is read from: that is not yet the end of it.
func TestADamagedDeviceWithoutRoomIsMendedOnceThereIs(t *testing.T) {
	f, folder, note := smallGolden(t)
	c := smallClient(t, f)
	u, err := c.SignIn(t.Context(), f.Surveyors[0].Name, f.Password)
	if err == nil {
		err = u.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	spoilIndex(t, filepath.Join(folder, "ks-surveyor1.db"))
	refused := 0
	for free := int64(0); ; free += 32 << 10 {
		leave(t, folder, free)
		var room *clientsdk.NoRoom
		if u, err = c.SignIn(t.Context(), f.Surveyors[0].Name, f.Password); err == nil {
			break
		}
		if refused++; !errors.As(err, &room) || free > int64(room.FreeMB)<<20 {
			t.Fatalf("with %d bytes: %v", free, err)
		}
	}
	if refused < 3 {
		t.Errorf("refused %d times: there was room from the first", refused)
	}
	if l := u.Loss(); l == nil || l.LostChanges != 0 || l.SetAside == "" {
		t.Errorf("loss %+v", l)
	}
	if got := unsent(t, u); !subset(note.Unsent, got) {
		t.Errorf("unsent %v, want %v among them", got, note.Unsent)
	}
	if err := u.Close(); err != nil {
		t.Error(err)
	}
}

// subset tells whether all of some are among others.
func subset(some, others []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(others, s) })
}

func familyIDs(list []clientsdk.Summary) []clientsdk.ID {
	var out []clientsdk.ID
	for _, s := range list[:100] {
		out = append(out, s.ID)
	}
	return out
}

// leave fills a file system but for some bytes.
func leave(t *testing.T, folder string, free int64) {
	t.Helper()
	filler := filepath.Join(folder, "foto.jpg")
	if err := os.Remove(filler); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var now syscall.Statfs_t
	if err := syscall.Statfs(folder, &now); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filler, make([]byte, max(int64(now.Bavail)*now.Bsize-free, 0)), 0o600); err != nil {
		t.Fatal(err)
	}
}
