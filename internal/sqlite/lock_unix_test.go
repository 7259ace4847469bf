//go:build unix

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Between fork and exec a child holds copies of all files, locks included.
func TestALockIsFreeThoughAnotherProcessHasACopyOfItsFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := tryLock(f); err != nil {
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
	done, err := lockFile(path)
	if err != nil {
		t.Fatalf("after it was given back: %v", err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
}

// A command that is run as root must not keep the server out, which is another user's.
func TestTheIndexOfALogIsTheDatabasesOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("root alone gives files away")
	}
	const uid, gid = 12345, 23456
	path := filepath.Join(t.TempDir(), "a.db")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chown(path, uid, gid)); err != nil {
		t.Fatal(err)
	}
	free, err := lockIndex(path + "-shm")
	if err != nil {
		t.Fatal(err)
	}
	if err := free(); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(path + "-shm")
	if err != nil {
		t.Fatal(err)
	}
	if of, ok := info.Sys().(*syscall.Stat_t); !ok || of.Uid != uid || of.Gid != gid || info.Mode().Perm() != 0o600 {
		t.Errorf("%+v", info)
	}
}
