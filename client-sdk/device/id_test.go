package device

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// A form may hold an id over a lock of the data, or a crash of the app, before it is
// saved; a sync in between writes the counter.
func TestAnIDIsDrawnOnce(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	s, _ := withOneSave(t, o)
	drawn := map[merge.ID]bool{}
	for range 3 {
		for range 5 {
			if _, err := s.openSession(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			id := s.NewFamilyID()
			if drawn[id] {
				t.Fatalf("%s is drawn twice", id)
			}
			drawn[id] = true
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var err error
		if s, err = Open(t.Context(), o, "rahasia"); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
}
