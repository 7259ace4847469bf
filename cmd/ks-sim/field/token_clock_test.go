package field

import (
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A device's clock may be behind the server's, or go back after its sync: that its token
// has run out it then finds out from the server.
func TestCallsBesideSyncsRenewTheirTokenWhateverTheClock(t *testing.T) {
	t.Parallel()
	for name, clock := range map[string]struct{ always, later time.Duration }{
		"right": {}, "a day behind": {always: -24 * time.Hour}, "goes back a day": {later: -24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var passed, off atomic.Int64
			serverNow := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
			f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: serverNow})
			if err != nil {
				t.Fatal(err)
			}
			cleanUp(t, func() {
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			})
			off.Store(int64(clock.always))
			u := withClock(t, f, func() time.Time { return serverNow().Add(time.Duration(off.Load())) })
			mustSync(t, u)
			id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
			if err != nil {
				t.Fatal(err)
			}
			off.Add(int64(clock.later))
			// Longer than a token is good, twice. The server knows who asks, and what for.
			passed.Store(int64(20 * time.Minute))
			if filled, err := u.FillFromCard(t.Context(), id, "3204050101900001"); err != nil || filled.Outcome != clientsdk.FillNotAllowed {
				t.Errorf("looked up: %+v, %v", filled, err)
			}
			passed.Store(int64(40 * time.Minute))
			if err := u.ChangePassword(t.Context(), f.Password, newPassword); err != nil {
				t.Errorf("password: %v", err)
			}
		})
	}
}
