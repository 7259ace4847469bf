package lasting

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
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
