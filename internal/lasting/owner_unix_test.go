//go:build unix

package lasting

import (
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
		f, err := OpenToAppend(ledger, 0o600)
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
