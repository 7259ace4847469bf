package auth

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// triedAt is a service whose account dinas has signed in from the shared address, and an attempt
// there with a name and a password.
func triedAt(t *testing.T) (s *Service, tryThere func(name, password string) error) {
	t.Helper()
	const right = "jalak terbang ke sawah"
	s = serviceWithPassword(t, right)
	tryThere = func(name, password string) error {
		_, err := s.SignIn(t.Context(), name, password, Origin{Address: shared}, nil)
		return err
	}
	if err := tryThere("dinas", right); err != nil {
		t.Fatal(err)
	}
	return s, tryThere
}

// Whoever is behind one address with others, and has used up what it is let, can't try names for
// whether they belong to somebody who signs in there.
func TestWhoWorksBehindAnAddressCannotBeToldByTryingNames(t *testing.T) {
	t.Parallel()
	s, tryThere := triedAt(t)
	now := time.Now()
	s.limits.now = func() time.Time { return now }
	suspect := func() {
		for i := range burstByAddress {
			try(t, s.limits, Try{UserName: fmt.Sprint("nama", i), Address: shared}, false)
		}
	}
	answer := func(name string) string {
		err := tryThere(name, "salah sekali 123")
		var wait *TooManyAttempts
		if errors.As(err, &wait) {
			return fmt.Sprint("wait ", wait.Wait)
		}
		return fmt.Sprint(err)
	}
	suspect()
	for n := range freeOfKnown + 1 {
		if known, invented := answer("dinas"), answer("tidakada"); known != invented || known != "wait 31s" {
			t.Errorf("try %d: who is known there is told by %q, others by %q", n, known, invented)
		}
	}
	// Nor by whether the one attempt that the address is let each half minute is still there.
	const failed = "sign-in failed"
	for _, first := range []string{"dinas", "tidakada"} {
		now = now.Add(2 * time.Hour)
		suspect()
		now = now.Add(everyByAddress)
		if one, two := answer(first), answer("lain"); one != failed || two != "wait 31s" {
			t.Errorf("%s takes it: %q, then %q", first, one, two)
		}
	}
	now = now.Add(2 * time.Hour)
	suspect()
	if err := tryThere("dinas", "jalak terbang ke sawah"); err != nil {
		t.Errorf("who is known there, with the right password: %v", err)
	}
}

// Who is refused without a hash is told so when it would have been done.
func TestARefusalTakesAsLongAsAHash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Service{limits: NewLimits(time.Now, nil), hasher: NewHasher(nil)}
		for range 2 * tookKept {
			s.hasher.note(time.Hour)
		}
		for range tookKept {
			s.hasher.note(300 * time.Millisecond)
		}
		for of, want := range map[Try]time.Duration{{UserName: "tidakada", Address: shared}: 300 * time.Millisecond, {UserName: "siti", Proven: true}: 0} {
			for range freeByName + 1 {
				s.limits.count(whose{name: of.UserName, proven: of.Proven}, time.Now())
			}
			began := time.Now()
			var wait *TooManyAttempts
			if err := s.CheckPassword(t.Context(), &store.Account{}, "salah sekali 123", of); !errors.As(err, &wait) || time.Since(began) != want {
				t.Errorf("%+v: %v after %s", of, err, time.Since(began))
			}
		}
	})
}
