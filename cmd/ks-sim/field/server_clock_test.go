package field

import (
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// aheadServer is a Puskesmas whose server's clock lies ahead by what off holds.
func aheadServer(t *testing.T, surveyors int) (f *Field, off *atomic.Int64) {
	t.Helper()
	off = &atomic.Int64{}
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: surveyors, Now: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, off
}

// addressIs holds what a family shows on a device.
func addressIs(t *testing.T, u *clientsdk.User, id clientsdk.ID, want string) {
	t.Helper()
	family, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	conflicts, err := u.Conflicts(t.Context(), id)
	if got := family.GetFamily().GetAddress(); got != want || len(conflicts) > 0 || err != nil {
		t.Errorf("the address is %q, want %q; in conflict: %v, %v", got, want, conflicts, err)
	}
}

func saveAddress(t *testing.T, u *clientsdk.User, id clientsdk.ID, address string) {
	t.Helper()
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: &address}}); err != nil {
		t.Fatal(err)
	}
}

// The server's clock is hours ahead for a while, or falls behind, as where the next sync is with a
// server that is. What is corrected then, by who has seen what was entered, stands: on the
// device, on the server, on other devices.
func TestCorrectionsStandThoughTheServersClockGoesBack(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]struct{ before, after time.Duration }{"was ahead": {before: 3 * time.Hour}, "is behind": {after: -5 * time.Hour}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			correctionsStand(t, from.before, from.after)
		})
	}
}

func correctionsStand(t *testing.T, before, after time.Duration) {
	f, off := aheadServer(t, 1)
	u := withClock(t, f, time.Now)
	mustSync(t, u)
	off.Store(int64(before))
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String("Jl. 1")})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	off.Store(int64(after))
	supervisor := signInOn(t, deviceOf(t, f, "supervisor"), f, f.Supervisor)
	_, incarnation, _, _ := u.NewID().Source()
	for _, who := range []*clientsdk.User{u, u, supervisor, u} {
		address := "Jl. " + strconv.Itoa(rand.Int())
		mustSync(t, who)
		saveAddress(t, who, id, address)
		mustSync(t, who)
		for _, reader := range []*clientsdk.User{u, supervisor} {
			mustSync(t, reader)
			addressIs(t, reader, id, address)
		}
	}
	if _, now, _, _ := u.NewID().Source(); now != incarnation {
		t.Error("the device passes for a copy of itself")
	}
}
