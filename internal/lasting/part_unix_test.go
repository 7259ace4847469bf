//go:build unix

package lasting

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A writer that was killed can't remove what it left.
func TestTheNextWritingRemovesWhatAKilledOneLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := func(name string, age time.Duration) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left("b.tar.part-1", time.Hour)
	left("b.tar.part-2", time.Second)       // its writer may be about to hold it
	left("b.tar.part-first", time.Hour)     // not named by a writer
	left("other.tar.part-1", time.Hour)     // another file's
	left("b.tar.whole-1", time.Hour)        // may be the only copy
	held := left("b.tar.part-3", time.Hour) // of who writes slowly
	f, err := os.Open(held)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	holdPart(f)
	if err := WriteNew(filepath.Join(dir, "b.tar"), func(*os.File) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var names []string
	files, err := os.ReadDir(dir)
	for _, f := range files {
		names = append(names, f.Name())
	}
	if want := []string{"b.tar", "b.tar.part-2", "b.tar.part-3", "b.tar.part-first", "b.tar.whole-1", "other.tar.part-1"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("there is %q, want %q; %v", names, want, err)
	}
}
