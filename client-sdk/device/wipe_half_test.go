package device

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestAWipeThatWasBrokenOffIsDoneAtTheNextOpening(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	s, _ := withOneSave(t, o)
	if err := s.dropKeys(t.Context()); err != nil { // and then the app is killed
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), o, "rahasia"); !errors.Is(err, ErrWiped) {
		t.Errorf("the password opens %v", err)
	}
	wiped, err := openAsItIs(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = wiped.closeFile() }() // it was never unlocked
	for table, want := range map[string]int{"keyslot": 0, "secret": 0, "confirmed": 0, "change": 1, "escrow": 1, "deposit": 1} {
		var rows int
		if err := wiped.db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&rows); err != nil || rows != want {
			t.Errorf("%s has %d rows, want %d, %v", table, rows, want, err)
		}
	}
	var plain int
	if err := wiped.db.QueryRowContext(t.Context(), `SELECT length(payload) FROM change`).Scan(&plain); err != nil || plain > 0 {
		t.Errorf("%d bytes sealed for the user are left, %v", plain, err)
	}
}

func TestADeviceThatCanDeleteNothingIsClosedAndSaysSo(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	s, id := withOneSave(t, o)
	if _, err := s.db.ExecContext(t.Context(), `PRAGMA query_only = ON`); err != nil {
		t.Fatal(err)
	}
	// Nor can another file be made in its place.
	if err := os.MkdirAll(o.Path+finishedSuffix+"/x", 0o700); err != nil {
		t.Fatal(err)
	}
	err := s.Wipe(t.Context(), func(*Sealed) error { return nil })
	if !errors.Is(err, ErrWipeFailed) || !errors.Is(err, ErrWiped) || strings.Contains(ErrWipeFailed.Error(), ErrWiped.Error()) {
		t.Errorf("a wipe that failed: %v", err)
	}
	if _, err := s.Family(t.Context(), id); !errors.Is(err, ErrClosed) {
		t.Errorf("the store stays open: %v", err)
	}
}

func TestAStoreWhoseStorageFailedBeforeIsWiped(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	s, _ := withOneSave(t, o)
	s.broken = ErrStorageFailed
	if err := s.Wipe(t.Context(), func(*Sealed) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), o, "rahasia"); !errors.Is(err, ErrWiped) {
		t.Errorf("the password opens %v", err)
	}
}
