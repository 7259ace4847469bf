//go:build unix

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// Between fork and exec a child holds copies of all files, locks included.
func TestALockIsFreeThoughAnotherProcessHasACopyOfItsFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := tryLock(f, false); err != nil {
		t.Fatal(err)
	}
	copied, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(copied)
	if err := releaseLock(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	done, err := lockDevice(path)
	if err != nil {
		t.Fatalf("after it was given back: %v", err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
}

// Who shares a lock shares it with all who do; the file of one that is held may be removed,
// and neither a link nor a pipe in its place is opened.
func TestALockBesideADatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	const suffix = ".some-lock"
	take := func(shared bool) func() error {
		t.Helper()
		unlock, err := LockBeside(path, suffix, shared)
		if err != nil {
			t.Fatal(err)
		}
		return unlock
	}
	first, second := take(true), take(true)
	if _, err := LockBeside(path, suffix, false); !errors.Is(err, ErrLocked) {
		t.Errorf("alone beside two who share it: %v", err)
	}
	if err := errors.Join(first(), second()); err != nil {
		t.Fatal(err)
	}
	alone := take(false)
	if _, err := LockBeside(path, suffix, true); !errors.Is(err, ErrLocked) {
		t.Errorf("shared beside who is alone: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	if _, err := LockBeside(link, suffix, true); !errors.Is(err, ErrLocked) {
		t.Errorf("shared, by a link, beside who is alone: %v", err)
	}
	if err := alone(); err != nil {
		t.Fatal(err)
	}
	for name, put := range map[string]func() error{
		"link": func() error { return os.Symlink(path+".elsewhere", path+suffix) },
		"pipe": func() error { return syscall.Mkfifo(path+suffix, 0o600) },
	} {
		if err := errors.Join(os.Remove(path+suffix), put()); err != nil {
			t.Fatal(err)
		}
		if _, err := LockBeside(path, suffix, false); !errors.Is(err, lasting.ErrNotOwn) {
			t.Errorf("a %s: %v", name, err)
		}
	}
	if _, err := os.Lstat(path + ".elsewhere"); err == nil {
		t.Error("a file was made through a link")
	}
}
