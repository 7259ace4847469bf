package lasting

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAFileIsPutInPlaceOfAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	// What was cut short goes, but not what somebody is at.
	old, young := path+".new-1", path+".new-2"
	long := time.Now().Add(-2 * unfinishedFor)
	if err := errors.Join(os.WriteFile(old, nil, 0o600), os.Chtimes(old, long, long), os.WriteFile(young, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} {
		if err := WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("%q: %v", got, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info, err)
	}
	if left, err := filepath.Glob(path + "*"); err != nil || !slices.Equal(left, []string{path, young}) {
		t.Errorf("left: %v %v", left, err)
	}
	if err := WriteFile(filepath.Join(path, "x"), nil, 0o600); err == nil {
		t.Error("written below a file")
	}
}

// A file has its name once it is whole: a kill leaves none that looks like all.
func TestAFileHasItsNameOnceItIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv")
	names := func() (names []string) {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			names = append(names, f.Name())
		}
		return names
	}
	half := func(f *os.File) error {
		if _, err := f.WriteString("half"); err != nil {
			t.Error(err)
		}
		if found := names(); len(found) != 1 || !strings.HasPrefix(found[0], "x.csv.part-") {
			t.Errorf("while it is written there is %q", found)
		}
		return nil
	}
	errFull := errors.New("no space")
	failing := func(f *os.File) error { return errors.Join(half(f), errFull) }
	if err := WriteNew(path, failing); !errors.Is(err, errFull) || len(names()) != 0 {
		t.Errorf("%v, and there is %q", err, names())
	}
	if err := WriteNew(path, half); err != nil || !slices.Equal(names(), []string{"x.csv"}) {
		t.Errorf("%v, and there is %q", err, names())
	}
	if err := WriteNew(path, half); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	// Who takes the name meanwhile keeps it, and what was written is not lost.
	taken := func(f *os.File) error {
		_, err := f.WriteString("whole")
		return errors.Join(err, os.WriteFile(filepath.Join(dir, "y.csv"), []byte("other"), 0o600))
	}
	err := WriteNew(filepath.Join(dir, "y.csv"), taken)
	kept, _ := filepath.Glob(filepath.Join(dir, "y.csv.whole-*"))
	if !errors.Is(err, fs.ErrExist) || len(kept) != 1 || !strings.Contains(err.Error(), kept[0]) {
		t.Errorf("%v, and there is %q", err, names())
	}
}
