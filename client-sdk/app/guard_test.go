package app

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/record"
)

// TestWrongPasswordsAreSlowedAcrossStarts: starting the app anew, putting the
// clock back or spoiling the file gains nothing, and the right password clears it.
func TestWrongPasswordsAreSlowedAcrossStarts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 17, 8, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), guardFile)
	start := func() *guard {
		g := &guard{now: func() time.Time { return now }, path: path}
		g.load([]string{"siti"})
		return g
	}
	g := start()
	for range freeAttempts {
		if err := g.allow("siti"); err != nil {
			t.Fatalf("a mistyped password: %v", err)
		}
		g.note("siti", clientsdk.ErrWrongPassword)
	}
	var soon *errTooSoon
	for name, when := range map[string]time.Duration{"at once": 0, "with the clock put back a year": -365 * 24 * time.Hour} {
		saved := now
		now = now.Add(when)
		if err := start().allow("siti"); !errors.As(err, &soon) || soon.wait > firstWait {
			t.Errorf("%s: %v", name, err)
		}
		now = saved
	}
	if err := start().allow("budi"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	now = now.Add(firstWait)
	g = start()
	if err := g.allow("siti"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	g.note("siti", nil)
	if err := start().allow("siti"); err != nil {
		t.Errorf("after the right password: %v", err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start().allow("siti"); !errors.As(err, &soon) {
		t.Errorf("after the file was spoiled: %v", err)
	}
}

// TestWhatAPowerCutLeftOfTheAttemptsGoes: it is written to outlast one, too; an empty file
// would make everybody wait.
func TestWhatAPowerCutLeftOfTheAttemptsGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, guardFile)
	left, before := path+".new-1", time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(left, nil, 0o600), os.Chtimes(left, before, before)); err != nil {
		t.Fatal(err)
	}
	g := &guard{now: time.Now, path: path}
	g.note("siti", clientsdk.ErrWrongPassword)
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 || files[0].Name() != guardFile {
		t.Errorf("there are %v, %v", files, err)
	}
}

// However a name is written, it is one name to those who are slowed, and the file of nobody
// else: characters that no user name has lead to none.
func TestNoOtherSpellingOfANameIsAWayAroundTheWait(t *testing.T) {
	t.Parallel()
	dir, password := t.TempDir(), "gerimis panjang sore ini"
	data, err := device.Create(t.Context(), device.Options{
		Path: filepath.Join(dir, "ks-tes_satu.db"), Cost: record.MinPasswordCost, Env: device.Env{Now: time.Now, Rand: rand.Reader},
	}, password, device.Profile{Device: 7, Account: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := New(Config{Dir: dir, Setup: &Setup{Server: "localhost:1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, other := range []string{"tes!satu", "tes satu", "tes/satu", "tés_satu", "tes_satu\x00"} {
		for _, typed := range []string{"keliru sekali", password} {
			if err := a.signIn(t.Context(), other, typed); !errors.Is(err, clientsdk.ErrUserName) {
				t.Errorf("%q: %v", other, err)
			}
		}
	}
	for _, same := range []string{"tes_satu", "TES_satu", " Tes_Satu\t"} {
		if err := a.signIn(t.Context(), same, "keliru sekali"); !errors.Is(err, clientsdk.ErrWrongPassword) {
			t.Errorf("%q: %v", same, err)
		}
	}
	var soon *errTooSoon
	if err := a.signIn(t.Context(), "tes_satu", password); !errors.As(err, &soon) {
		t.Errorf("after three wrong passwords: %v", err)
	}
	a.guard.now = func() time.Time { return time.Now().Add(longestWait) }
	if err := a.signIn(t.Context(), "Tes_Satu", password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}
