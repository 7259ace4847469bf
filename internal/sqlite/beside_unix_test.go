//go:build unix

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A command that is run as root must not keep the server out, which is another user's.
func TestWhatLiesBesideADatabaseIsItsOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("root alone gives files away")
	}
	const uid, gid = 12345, 23456
	path := filepath.Join(t.TempDir(), "a.db")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(path, 0o660), os.Chown(path, uid, gid)); err != nil {
		t.Fatal(err)
	}
	s, err := OpenServer(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	free, err := keepIndex(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := free(); err != nil {
		t.Error(err)
	}
	for _, suffix := range []string{"", "-shm", turnSuffix} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if of, ok := info.Sys().(*syscall.Stat_t); !ok || of.Uid != uid || of.Gid != gid || info.Mode().Perm() != 0o660 {
			t.Errorf("%s: %+v", suffix, info)
		}
	}
}

// Who may write beside the database could have root write, or give away, any file.
func TestWhatWasPutBesideADatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"-shm", "-wal", "-journal", turnSuffix} {
		for how, put := range map[string]func(from, to string) error{"link": os.Symlink, "other name": os.Link} {
			if how == "other name" && os.Geteuid() != 0 {
				continue // it is how folders are copied, and nothing is given away
			}
			path := filepath.Join(t.TempDir(), "server.db")
			s, err := OpenServer(t.Context(), path, options)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			secret := filepath.Join(t.TempDir(), "shadow")
			err = errors.Join(os.WriteFile(secret, []byte("root:x"), 0o600), os.RemoveAll(path+suffix), put(secret, path+suffix), os.Chown(path, 12345, -1))
			if os.Geteuid() != 0 && errors.Is(err, os.ErrPermission) {
				err = nil // whose it is does not matter to others
			}
			if err != nil {
				t.Fatal(err)
			}
			if s, err := OpenServer(t.Context(), path, options); err == nil {
				t.Errorf("%s by %s: opened", suffix, how)
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			info, err := os.Stat(secret)
			if err != nil {
				t.Fatal(err)
			}
			if of, ok := info.Sys().(*syscall.Stat_t); !ok || int(of.Uid) != os.Geteuid() || info.Mode().Perm() != 0o600 {
				t.Errorf("%s by %s: %+v", suffix, how, info)
			}
			if got, err := os.ReadFile(secret); err != nil || string(got) != "root:x" {
				t.Errorf("%s by %s: %q %v", suffix, how, got, err)
			}
		}
	}
}
