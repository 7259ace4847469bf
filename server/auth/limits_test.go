package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

const shared = "203.0.113.9" // an address with many behind it

// limitsAt are limits whose clock stands until the test moves it.
func limitsAt(now *time.Time) *Limits {
	*now = time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
	return NewLimits(func() time.Time { return *now }, slog.New(slog.DiscardHandler))
}

// try makes an attempt that ends at once, and tells whether it was let.
func try(t *testing.T, l *Limits, of Try, right bool) bool {
	t.Helper()
	a, err := l.Begin(of)
	if err != nil {
		var wait *TooManyAttempts
		if !errors.As(err, &wait) || wait.Wait <= 0 {
			t.Fatalf("refused by %v", err)
		}
		return false
	}
	if right {
		a.Succeeded()
	} else {
		a.Failed(t.Context(), 1)
	}
	return true
}

func TestAThousandDevicesBehindOneAddressWaitForNobodysTypos(t *testing.T) {
	t.Parallel()
	for _, apart := range []time.Duration{3600 * time.Millisecond, 600 * time.Millisecond} {
		typoEach := int(30 * time.Second / apart * 6 / 5) // 10 % within an hour, 2 % within ten minutes
		var now time.Time
		l := limitsAt(&now)
		for i := range 1000 {
			now = now.Add(apart)
			who := Try{UserName: fmt.Sprint("user", i), Address: shared}
			if i%typoEach == 0 && !try(t, l, who, false) {
				t.Errorf("one each %s: number %d mistyped and was not even heard", apart, i)
			}
			if !try(t, l, who, true) {
				t.Errorf("one each %s: the right password of number %d was refused", apart, i)
			}
		}
	}
}

func TestOneAddressGuessesFewPasswordsWhateverTheNames(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	guesses := 0
	for i := range 2 * 3600 {
		now = now.Add(time.Second)
		// One network of IPv6 is one address.
		if try(t, l, Try{UserName: fmt.Sprint("nama", i), Address: fmt.Sprintf("2001:db8::%x", i)}, false) {
			guesses++
		}
	}
	if most := burstByAddress + int(2*time.Hour/everyByAddress); guesses > most || guesses < most-1 {
		t.Errorf("%d guesses in two hours, %d are let", guesses, most)
	}
}

func TestAGuesserDoesNotShutOutWhoSignedInFromThereLatelyOrIsProven(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	try(t, l, Try{UserName: "siti", Address: shared}, true)
	now = now.Add(29 * 24 * time.Hour)
	shut := 0
	for i := range 3600 {
		now = now.Add(time.Second)
		try(t, l, Try{UserName: fmt.Sprint("nama", i), Address: shared}, false)
		if i < 600 {
			continue
		}
		if !try(t, l, Try{UserName: "baru", Address: shared}, false) {
			shut++
		}
		if i%int(signInEvery/time.Second) > 0 {
			continue
		}
		for _, of := range []Try{{UserName: "siti", Address: shared}, {UserName: "budi", Address: shared, Proven: true}, {UserName: "rina", Address: "198.51.100.1"}, {UserName: "wati"}} {
			if !try(t, l, of, true) {
				t.Fatalf("after %d s %+v is refused", i, of)
			}
		}
	}
	if shut < 2800 {
		t.Errorf("who is unknown there is refused %d times of 3000 only", shut)
	}
	// Who is known there is no way in for the guesser.
	let := 0
	for i := range 600 {
		now = now.Add(time.Second)
		try(t, l, Try{UserName: fmt.Sprint("lain", i), Address: shared}, false)
		if try(t, l, Try{UserName: "siti", Address: shared}, false) {
			let++
		}
	}
	if let != freeOfKnown {
		t.Errorf("%d guesses at an account that is known there", let)
	}
	now = now.Add(knownFor)
	for i := range burstByAddress + 1 {
		try(t, l, Try{UserName: fmt.Sprint("lagi", i), Address: shared}, false)
	}
	if try(t, l, Try{UserName: "siti", Address: shared}, true) {
		t.Error("a sign-in of a month ago still counts")
	}
}

func TestWhoIsSlowedStaysSlowedWhateverComesUnderOtherNames(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	for try(t, l, Try{UserName: "pusat", Address: "198.51.100.1"}, false) {
	}
	for i := range maxRemembered + 10 { // a hash's line that is full takes back each
		a, err := l.Begin(Try{UserName: fmt.Sprint("x", i), Address: "198.51.100.2"})
		if err != nil {
			t.Fatal(err)
		}
		a.Withdraw()
	}
	if len(l.names) != 1 {
		t.Errorf("%d names are remembered of attempts that came to no end", len(l.names))
	}
	for i := range maxRemembered + 10 {
		from := Try{UserName: fmt.Sprint("x", i), Address: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)}
		if !try(t, l, from, false) {
			t.Fatalf("%+v is refused", from)
		}
	}
	if len(l.names) > maxRemembered || len(l.addresses) > maxRemembered {
		t.Errorf("%d names and %d addresses are remembered", len(l.names), len(l.addresses))
	}
	if try(t, l, Try{UserName: "pusat"}, false) {
		t.Error("other names washed the delay away")
	}
}

func TestAWithdrawnAttemptLeavesTheOthersOfItsName(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	for range freeByName {
		if !try(t, l, Try{UserName: "siti"}, false) {
			t.Fatal("a free try is refused")
		}
	}
	a, err := l.Begin(Try{UserName: "siti"})
	if err != nil {
		t.Fatal(err)
	}
	if try(t, l, Try{UserName: "siti"}, true) {
		t.Error("one beside the last free one slips through")
	}
	a.Withdraw()
	if !try(t, l, Try{UserName: "siti"}, false) || try(t, l, Try{UserName: "siti"}, true) {
		t.Error("after a withdrawn one, one more is free and then none")
	}
}

// serviceWithPassword is a service whose account dinas has a password, hashed cheaply.
func serviceWithPassword(t *testing.T, password string) *Service {
	t.Helper()
	s, account := serviceWithAccount(t)
	hash, err := s.hasher.HashAt(t.Context(), record.PasswordCost{MemoryKiB: 64, Passes: 1, Lanes: 1}, password, Owner{})
	if err != nil {
		t.Fatal(err)
	}
	account.Password = hash
	err = s.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Directory().PutAccount(ctx, account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestADeviceOnWhichTheAccountSignedInIsHeardWhereItsAddressIsNot(t *testing.T) {
	t.Parallel()
	s := serviceWithPassword(t, "jalak terbang ke sawah")
	signIn := func(key ed25519.PrivateKey, address string) error {
		public, _ := key.Public().(ed25519.PublicKey)
		_, err := s.SignIn(t.Context(), "dinas", "jalak terbang ke sawah", Origin{Address: address},
			&DeviceProof{PublicKey: public, Signature: ed25519.Sign(key, DeviceMessage("dinas", 1)), ClockMS: 1})
		return err
	}
	_, known, _ := ed25519.GenerateKey(rand.Reader)
	_, unknown, _ := ed25519.GenerateKey(rand.Reader)
	if err := signIn(known, "198.51.100.1"); err != nil {
		t.Fatal(err)
	}
	for i := range burstByAddress {
		try(t, s.limits, Try{UserName: fmt.Sprint("nama", i), Address: shared}, false)
	}
	var wait *TooManyAttempts
	if err := signIn(unknown, shared); !errors.As(err, &wait) {
		t.Errorf("on a new device: %v", err)
	}
	if err := signIn(known, shared); err != nil {
		t.Errorf("on the device that the account has used: %v", err)
	}
}

// Whoever knows a user name can have it refused, but where its owner is known.
func TestAStrangerDoesNotShutOutWhoIsKnown(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	proven, known := Try{UserName: "siti", Address: "192.0.2.1", Proven: true}, Try{UserName: "siti", Address: "192.0.2.2"}
	try(t, l, known, true)
	stranger, guesses := Try{UserName: "siti", Address: "198.51.100.9"}, 0
	for i := range 8 * 3600 {
		now = now.Add(time.Second)
		if try(t, l, stranger, false) {
			guesses++
		}
		if i%60 > 0 {
			continue
		}
		for _, own := range []Try{proven, known} {
			if !try(t, l, own, true) {
				t.Fatalf("after %d s and %d guesses of a stranger %+v is refused", i, guesses, own)
			}
		}
	}
	if guesses < freeByName || guesses > 60 {
		t.Errorf("the stranger guesses %d times in eight hours", guesses)
	}
	// Neither is more than a stranger to whom it is that guesses there.
	for _, own := range []Try{proven, known} {
		guesses = 0
		for range 3600 {
			now = now.Add(time.Second)
			if try(t, l, own, false) {
				guesses++
			}
		}
		if guesses > freeByName+12 {
			t.Errorf("%+v guesses %d times in an hour", own, guesses)
		}
		if try(t, l, own, true) {
			t.Errorf("%+v does not wait for its own failures", own)
		}
	}
}

// What succeeds costs as much as what fails: others get their turn beside it.
func TestOneAccountAndOneAddressTakeNotTheWholeLine(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	try(t, l, Try{UserName: "budi", Address: shared}, true)
	var under []*Attempt
	begin := func(of Try) error {
		a, err := l.Begin(of)
		if err == nil {
			under = append(under, a)
		}
		return err
	}
	busy := func(what string, err error) {
		t.Helper()
		var refused *Busy
		if !errors.As(err, &refused) || refused.Wait <= 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
	siti := Try{UserName: "siti", Address: "192.0.2.1", Proven: true}
	for range underWayMost {
		if err := begin(siti); err != nil {
			t.Fatal(err)
		}
	}
	busy("one more at once", begin(siti))
	for i := range fromAddressMost {
		if err := begin(Try{UserName: fmt.Sprint("nama", i), Address: shared}); err != nil {
			t.Fatalf("number %d of an address: %v", i, err)
		}
	}
	busy("one more from an address", begin(Try{UserName: "lain", Address: shared}))
	for _, of := range []Try{{UserName: "budi", Address: shared}, {UserName: "rina", Address: shared, Proven: true}, {UserName: "wati", Address: "192.0.2.3"}, {UserName: "siti", Address: "192.0.2.3"}} {
		if err := begin(of); err != nil {
			t.Errorf("%+v beside them: %v", of, err)
		}
	}
	for i, a := range under {
		[]func(){a.Succeeded, a.Withdraw, func() { a.Failed(t.Context(), 0) }}[i%3]()
	}
	if len(l.underWay)+len(l.fromThere) > 0 {
		t.Errorf("places that are not given back: %v, %v", l.underWay, l.fromThere)
	}
}

func TestOneAccountSignsInSoOften(t *testing.T) {
	t.Parallel()
	var now time.Time
	l := limitsAt(&now)
	for i := range signInBurst {
		if !try(t, l, Try{UserName: "siti"}, true) {
			t.Fatalf("number %d is refused", i)
		}
	}
	if try(t, l, Try{UserName: "siti", Proven: true}, true) || !try(t, l, Try{UserName: "budi"}, true) {
		t.Error("an account's sign-ins are not bounded, or another's are with it")
	}
	now = now.Add(signInEvery)
	if !try(t, l, Try{UserName: "siti"}, true) || try(t, l, Try{UserName: "siti"}, true) {
		t.Error("later it is not one more")
	}
}
