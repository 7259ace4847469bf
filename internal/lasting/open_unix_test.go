//go:build unix

package lasting

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatRootWritesIsTheFoldersOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("root alone gives files away")
	}
	const uid, gid = 12345, 23456
	dir := t.TempDir()
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	keys, ledger := filepath.Join(dir, "keys.json"), filepath.Join(dir, "erasures.jsonl")
	if err := WriteFile(keys, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is there
		f, err := Open(ledger, os.O_WRONLY|os.O_APPEND, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("a"); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	for path, size := range map[string]int64{keys: 0, ledger: 2} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if of, ok := info.Sys().(*syscall.Stat_t); !ok || of.Uid != uid || of.Gid != gid || info.Mode().Perm() != 0o600 || info.Size() != size {
			t.Errorf("%+v", info)
		}
	}
}

func TestNobodyElsesFileIsOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret, pipe := filepath.Join(dir, "secret"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(secret, []byte("theirs"), 0o600), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	link, name := filepath.Join(dir, "link"), filepath.Join(dir, "name")
	if err := errors.Join(os.Symlink(secret, link), os.Link(secret, name)); err != nil {
		t.Fatal(err)
	}
	refused := []string{link, pipe, dir}
	if os.Geteuid() == 0 { // others make copies of a folder by such names
		refused = append(refused, name)
	}
	for _, path := range refused {
		if f, err := Open(path, os.O_WRONLY|os.O_APPEND, ""); !errors.Is(err, ErrNotOwn) {
			t.Errorf("%s: %v %v", path, f, err)
		}
	}
}

func TestAFileThatCannotBeGivenIsNotLeft(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may give it")
	}
	dir := t.TempDir()
	like := filepath.Join(dir, "like")
	if err := errors.Join(os.WriteFile(like, nil, 0o600), os.Chmod(like, 0o660)); err != nil {
		t.Fatal(err)
	}
	f, err := Open(like+"-turn", os.O_RDWR, like)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	// /etc/hosts is of a group that nobody but root is of, as a rule.
	other := "/etc/hosts"
	if f, err := Open(filepath.Join(dir, "x"), os.O_RDWR, other); err == nil {
		t.Skipf("the user is of the group of %s: %v", other, f.Close())
	}
	if _, err := os.Lstat(filepath.Join(dir, "x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left: %v", err)
	}
}

// Another may put a link in a new folder's place.
func TestNoLinkedFolderIsGivenAway(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("root alone gives folders away")
	}
	dir := t.TempDir()
	theirs, like, link := filepath.Join(dir, "theirs"), filepath.Join(dir, "like"), filepath.Join(dir, "link")
	if err := errors.Join(os.Mkdir(theirs, 0o755), os.Mkdir(like, 0o700), os.Chown(like, 12345, 23456), os.Symlink(theirs, link)); err != nil {
		t.Fatal(err)
	}
	if err := GiveFolder(link, like); err == nil {
		t.Error("a link was given away")
	}
	info, err := os.Stat(theirs)
	if err != nil {
		t.Fatal(err)
	}
	if of, ok := info.Sys().(*syscall.Stat_t); !ok || of.Uid != 0 || info.Mode().Perm() != 0o755 {
		t.Errorf("%+v", info)
	}
}
