package device

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
)

const renewedPassword = "kata sandi baru"

// beginning is a profile with all that a store begins with.
func beginning(t *testing.T) Profile {
	t.Helper()
	return Profile{Device: 3, Account: 4, EscrowPublicKey: escrowKey(t), Seed: make([]byte, 32), Secrets: map[string][]byte{"device-key": {1}, "tokens": {2}, "account": {3}}}
}

// beganWhole opens a store, which must hold all that beginning says.
func beganWhole(t *testing.T, when string, o Options) {
	t.Helper()
	s, err := Open(t.Context(), o, renewedPassword)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer s.Close()
	for name, want := range beginning(t).Secrets {
		if got, err := s.Secret(t.Context(), name); err != nil || string(got) != string(want) {
			t.Errorf("%s: %s is %v, %v", when, name, got, err)
		}
	}
	if sealed, err := s.Sealed(t.Context()); err != nil || len(sealed.Seed) != 32 {
		t.Errorf("%s: key of the deposit: %v", when, err)
	}
}

// cancelledAt calls made with contexts that are cancelled at later and later instants,
// until one goes through.
func cancelledAt(t *testing.T, stride int64, made func(ctx context.Context) error, after func(err error)) {
	t.Helper()
	cancelled := 0
	for asked := int64(0); ; asked += stride {
		ctx, cancel := context.WithCancel(t.Context())
		p := &patience{Context: ctx, cancel: cancel}
		p.left.Store(asked)
		err := made(p)
		cancel()
		after(err)
		if err == nil {
			break
		}
		cancelled++
	}
	if cancelled < 5 {
		t.Errorf("cancelled at %d instants", cancelled)
	}
}

// A store without its device's key could never sync.
func TestAStoreWhoseMakingIsCancelledHasAllOrNothing(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	cancelledAt(t, 3, func(ctx context.Context) error {
		s, err := Create(ctx, o, renewedPassword, beginning(t))
		if err == nil {
			err = s.Close()
		}
		return err
	}, func(err error) {
		if err == nil || !Exists(o.Path) {
			return
		}
		if _, opened := Open(t.Context(), o, renewedPassword); !errors.Is(opened, ErrWiped) {
			t.Fatalf("after %v a store is there: %v", err, opened)
		}
		if err := Discard(o.Path); err != nil {
			t.Fatal(err)
		}
	})
	beganWhole(t, "made", o)
}

// What a power cut leaves of a store that was being made.
func TestAStoreThatWasNeverMadeWholeIsNotThere(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	s, err := openFile(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.closeFile(); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSealed(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("sealed in it: %v", err)
	}
	if _, err := Open(t.Context(), o, renewedPassword); !errors.Is(err, ErrWiped) {
		t.Errorf("opened: %v", err)
	}
	if _, err := Renew(t.Context(), o, renewedPassword, beginning(t), nil); err != nil {
		t.Fatal(err)
	}
	beganWhole(t, "renewed", o)
}

func TestARenewalTakesCarriedWorkAlongAndKeepsTheOldStore(t *testing.T) {
	t.Parallel()
	original := testOptions(t)
	s, id := withOneSave(t, original)
	_, err := s.Carry(t.Context(), [][]byte{carriedPart(t)})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	o := original
	cancelledAt(t, 17, func(ctx context.Context) error {
		o = copied(t, original)
		_, err := Renew(ctx, o, renewedPassword, beginning(t), nil)
		return err
	}, func(err error) {
		if err == nil {
			return
		}
		s, err := Open(t.Context(), o, "rahasia")
		if err != nil {
			return // the new one is there, as below
		}
		defer s.Close()
		if _, err := s.Family(t.Context(), id); err != nil {
			t.Errorf("cancelled: %v", err)
		}
	})
	beganWhole(t, "renewed", o)
	s, err = Open(t.Context(), o, renewedPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if next, err := s.NextCarried(t.Context(), nil); err != nil || next == nil {
		t.Errorf("carried work is gone: %v", err)
	}
	aside, err := filepath.Glob(o.Path + ".lama-*")
	if err != nil || len(aside) != 1 {
		t.Fatalf("kept: %v, %v", aside, err)
	}
	old := o
	old.Path = aside[0]
	kept, err := Open(t.Context(), old, "rahasia")
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if _, err := kept.Family(t.Context(), id); err != nil {
		t.Error(err)
	}
}

// A store that was about to take the place must not take that of the next one.
func TestARenewalKeepsWhatABrokenOffSalvageHadMade(t *testing.T) {
	t.Parallel()
	original, want := damagedFile(t)
	o, _ := killedAt(t, original, len(replacement{}.keepAndDecide()))
	r, err := Renew(t.Context(), o, renewedPassword, beginning(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	beganWhole(t, "renewed", o)
	o.Path = r.Aside
	holdsAll(t, "set aside", o, want)
}

// What the server did not know yet is offered again, by a device that is trusted again.
func TestAWipeKeepsCarriedWorkThatTheServerDidNotKnow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	o := Options{Path: filepath.Join(t.TempDir(), "ks.db"), Cost: record.MinPasswordCost, Env: Env{Now: func() time.Time { return now }, Rand: rand.Reader}}
	s, _ := withOneSave(t, o)
	if _, err := s.Carry(t.Context(), [][]byte{carriedPart(t)}); err != nil {
		t.Fatal(err)
	}
	next, err := s.NextCarried(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.StoreUnknown(t.Context(), next, "NOT_FOUND"); err != nil {
		t.Fatal(err)
	}
	if err := s.Wipe(t.Context(), func(*Sealed) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if parts, _, err := readCarried(t.Context(), o); err != nil || len(parts) != 1 {
		t.Errorf("%d parts are left, %v", len(parts), err)
	}
}
