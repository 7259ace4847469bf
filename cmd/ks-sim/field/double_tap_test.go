package field

import (
	"errors"
	"sync"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Who taps several times at their first sign-in registers one device, and has it open once.
func TestADoubleTapAtTheFirstSignInIsOneDevice(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	c := deviceOf(t, f, "tablet")
	const taps = 4
	var users [taps]*clientsdk.User
	var said [taps]error
	var tapping sync.WaitGroup
	for i := range taps {
		tapping.Go(func() { users[i], said[i] = c.SignIn(t.Context(), "surveyor1", f.Password) })
	}
	tapping.Wait()
	var in *clientsdk.User
	for i := range taps {
		switch {
		case said[i] == nil && in == nil:
			in = users[i]
		case !errors.Is(said[i], clientsdk.ErrInUse):
			t.Errorf("tap %d: %v", i, said[i])
		}
	}
	if in == nil {
		t.Fatal("nobody is signed in")
	}
	first, _, _, _ := in.NewID().Source()
	second, _, _, _ := signInOn(t, c, f, "surveyor2").NewID().Source()
	if second != first+1 {
		t.Errorf("%d devices were registered between %d and %d", second-first-1, first, second)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}
