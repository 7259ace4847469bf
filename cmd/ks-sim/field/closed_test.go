package field

import (
	"context"
	"errors"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Who closed what they need is told so, with and without a signal, and not that there is none.
func TestAClosedUserOrClientIsNoMissingSignal(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	user := signIn(t, f, "surveyor1")
	client := deviceOf(t, f, "lain")
	other := signInOn(t, client, f, "surveyor1")
	mustSync(t, user)
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	for name, close := range map[string]func() error{"user": user.Close, "client": client.Close} {
		u := map[string]*clientsdk.User{"user": user, "client": other}[name]
		if err := errors.Join(close(), close()); err != nil {
			t.Errorf("%s closed twice: %v", name, err)
		}
		for what, call := range map[string]func(context.Context) error{
			"Sync":           func(ctx context.Context) error { _, err := u.Sync(ctx, nil); return err },
			"ChangePassword": func(ctx context.Context) error { return u.ChangePassword(ctx, f.Password, "kata sandi lain") },
			"SignInAgain":    func(ctx context.Context) error { return u.SignInAgain(ctx, f.Password) },
		} {
			if err := call(t.Context()); !errors.Is(err, clientsdk.ErrClosed) || errors.Is(err, clientsdk.ErrOffline) {
				t.Errorf("%s closed, %s: %v", name, what, err)
			}
		}
	}
}

// Nothing is no answer where nobody looked.
func TestNoDoublesAreToldWhereNobodyLooks(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := u.Duplicates(ended, clientsdk.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("in a context that has ended: %v, %v", got, err)
	}
	if got, err := u.Duplicates(t.Context(), clientsdk.Query{}); err != nil || len(got) != 0 {
		t.Errorf("of no families: %v, %v", got, err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := u.Duplicates(t.Context(), clientsdk.Query{}); !errors.Is(err, clientsdk.ErrClosed) {
		t.Errorf("of a closed user: %v, %v", got, err)
	}
}

// A user is closed, as by the app's lock, while a sync runs.
func TestASyncBesideCloseEndsClosed(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	u := signIn(t, f, "surveyor1")
	closed := false
	_, err := u.Sync(t.Context(), func(clientsdk.Progress) {
		if !closed {
			closed = true
			if err := u.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	if !closed || !errors.Is(err, clientsdk.ErrClosed) {
		t.Errorf("%v, closed: %t", err, closed)
	}
}
