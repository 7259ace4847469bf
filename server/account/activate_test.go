package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

const chosenPassword = "jalak terbang ke sawah"

// wrongCode is one that nobody was given.
const wrongCode = "BBBB-BBBB-BBBB-BBBB"

func (w *world) activate(t *testing.T, issued Issued, change func(a *Activation)) error {
	t.Helper()
	a := Activation{UserName: issued.UserName, Code: issued.Code, NIK: 3204054101900001, NewPassword: chosenPassword, Address: "203.0.113.1"}
	change(&a)
	_, err := w.Activate(t.Context(), a)
	return err
}

func issuedTo(t *testing.T, w *world, name string) Issued {
	t.Helper()
	issued, err := w.issue(t, surveyor(name, 1))
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func TestWhoGuessesCodesHoldsNobodyUpWhoHasOne(t *testing.T) {
	w := newWorld(t)
	issued := issuedTo(t, w, "Siti Aminah")
	failed, slowed := 0, 0
	for i := range 200 {
		w.now = w.now.Add(time.Second)
		err := w.activate(t, issued, func(a *Activation) { a.Code = wrongCode; a.UserName = []string{a.UserName, "nobody"}[i%2] })
		var wait *auth.TooManyAttempts
		switch {
		case errors.Is(err, ErrActivationFailed):
			failed++
		case errors.As(err, &wait):
			slowed++
		default:
			t.Fatal(err)
		}
	}
	if slowed < 100 || failed < 20 {
		t.Errorf("of 200 wrong codes from one address %d are slowed, %d answered", slowed, failed)
	}
	if !strings.Contains(w.log.String(), "one-time codes are being guessed") {
		t.Error("the operator is not told")
	}
	if err := w.activate(t, issued, func(*Activation) {}); err != nil {
		t.Errorf("the person with code and NIK: %v", err)
	}
}

func TestACodeIsDeadAfterTenWrongNIKs(t *testing.T) {
	for wrong, want := range map[int]error{maxCodeFailures - 1: nil, maxCodeFailures: ErrActivationFailed} {
		w := newWorld(t)
		issued := issuedTo(t, w, "Siti Aminah")
		for i := range wrong {
			err := w.activate(t, issued, func(a *Activation) { a.NIK += uint64(i) + 1; a.Address = fmt.Sprintf("198.51.100.%d", i) })
			if !errors.Is(err, ErrActivationFailed) {
				t.Fatalf("wrong NIK number %d: %v", i, err)
			}
		}
		if err := w.activate(t, issued, func(*Activation) {}); !errors.Is(err, want) {
			t.Errorf("after %d wrong NIKs: %v", wrong, err)
		}
	}
}

// What a wrong code changes would take a commit, and so tell which names wait.
func TestAWrongCodeWritesNothing(t *testing.T) {
	w := newWorld(t)
	issued := issuedTo(t, w, "Siti Aminah")
	w.Store = readOnly{w.Store}
	for _, name := range []string{issued.UserName, "nobody"} {
		err := w.activate(t, issued, func(a *Activation) { a.UserName, a.Code = name, wrongCode })
		if !errors.Is(err, ErrActivationFailed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.activate(t, issued, func(a *Activation) { a.NIK++ }); !errors.Is(err, errWritten) {
		t.Errorf("a wrong NIK is not counted: %v", err)
	}
}

// readOnly is a store that refuses to be written.
type readOnly struct{ store.Store }

var errWritten = errors.New("written")

func (readOnly) Write(context.Context, func(context.Context, store.Tx) error) error {
	return errWritten
}

// The reply may have been lost: the same again is no failure, but whoever has the card and the
// NIK learns nothing of the password, and changes nothing.
func TestAnActivationIsRepeatedByWhoChoseThePassword(t *testing.T) {
	w := newWorld(t)
	issued := issuedTo(t, w, "Siti Aminah")
	same := func(*Activation) {}
	if err := w.activate(t, issued, same); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(CodeLifetime + time.Hour)
	if err := w.activate(t, issued, same); err != nil {
		t.Errorf("the same again: %v", err)
	}
	for what, change := range map[string]func(*Activation){
		"another password": func(a *Activation) { a.NewPassword += "h" },
		"another NIK":      func(a *Activation) { a.NIK++ },
		"another code":     func(a *Activation) { a.Code = wrongCode },
	} {
		if err := w.activate(t, issued, change); !errors.Is(err, ErrActivationFailed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := w.activate(t, issued, same); err != nil {
		t.Errorf("the same after others failed: %v", err)
	}
	slowed := false
	for range 10 {
		var wait *auth.TooManyAttempts
		slowed = errors.As(w.activate(t, issued, func(a *Activation) { a.NewPassword = "tebakan saja" }), &wait) || slowed
	}
	if !slowed {
		t.Error("guesses at the password are not slowed")
	}
}
