package field

import (
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// A first sign-in takes of the data plan too, whether a sync follows or not; what was counted
// outlasts the app, and no byte is counted twice.
func TestTheDataPlanCountsSignInsToo(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	use := func(u *clientsdk.User) clientsdk.DataUse {
		t.Helper()
		use, err := u.DataUse(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return use
	}
	first := deviceOf(t, f, "tablet")
	u := signInOn(t, first, f, "surveyor1")
	signedIn := use(u)
	if signedIn.Up < 1000 || signedIn.Down < 1000 { // a TLS handshake alone
		t.Errorf("a first sign-in took %+v", signedIn)
	}
	if err := u.SignInAgain(t.Context(), f.Password); err != nil {
		t.Fatal(err)
	}
	again := use(u)
	if again.Up <= signedIn.Up || again.Down <= signedIn.Down || again.Up > 2*signedIn.Up {
		t.Errorf("signed in again, %+v became %+v", signedIn, again)
	}
	mustSync(t, u)
	synced := use(u)
	if synced.Up <= again.Up || synced.Down <= again.Down {
		t.Errorf("a sync made %+v of %+v", synced, again)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	if kept := use(signInOn(t, deviceOf(t, f, "tablet"), f, "surveyor1")); kept.Up < synced.Up || kept.Down < synced.Down || kept.Up > synced.Up+1000 {
		t.Errorf("opened once more it says %+v, not %+v", kept, synced)
	}
}
