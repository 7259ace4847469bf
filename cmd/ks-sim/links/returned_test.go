package links

import (
	"errors"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const (
	// othersFamilies are what the feed brings beside the one that was returned: some
	// 45 kB, and the verdict behind them.
	othersFamilies = 600
	// firstBytes are what the link lets through: handshakes, welcome, and a page.
	firstBytes = 24_000
	returnNote = "lengkapi alamat"
)

// TestWhatWasReturnedComesDownFirst: over a link that breaks after the first kilobytes a
// surveyor's device gets the supervisor's note, whether it lags behind or is new.
func TestWhatWasReturnedComesDownFirst(t *testing.T) {
	t.Parallel()
	f, err := field.New(t.Context(), field.Options{Dir: t.TempDir(), Surveyors: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	old, spare, link := &Cutter{}, &Cutter{}, &Cutter{}
	lagging := signedIn(t, f, f.Surveyors[0].Name, "lagging", old)
	id := returnOne(t, f, lagging, spare)
	fresh := signedIn(t, f, f.Surveyors[0].Name, "fresh", link)
	for name, c := range map[string]struct {
		u    *clientsdk.User
		link *Cutter
	}{"lags behind": {lagging, old}, "is new": {fresh, link}} {
		c.link.CutNext(Down, firstBytes)
		c.link.Drop()
		if _, err := c.u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrOffline) {
			t.Fatalf("%s: a sync whose link breaks: %v", name, err)
		}
		if r, err := c.u.Review(t.Context(), id); err != nil || r.GetState() != ksv1.ReviewState_REVIEW_STATE_RETURNED || r.GetNote() != returnNote {
			t.Errorf("%s: after the first %d bytes the family's review is %v, %v", name, firstBytes, r, err)
			t.Log(c.link.Through[Down].Load(), c.link.Through[Up].Load())
		}
		if _, total := c.u.Families(clientsdk.Query{Limit: 1}); total >= othersFamilies {
			t.Errorf("%s: %d families were through: the link broke too late to tell", name, total)
		}
		mustSync(t, c.u)
		if _, total := c.u.Families(clientsdk.Query{Limit: 1}); total != othersFamilies+1 {
			t.Errorf("%s: %d families at the end", name, total)
		}
	}
}

// signedIn is a user on a new device.
func signedIn(t *testing.T, f *field.Field, name, device string, link *Cutter) *clientsdk.User {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	client, err := clientsdk.Open(clientsdk.Config{
		Dir: filepath.Join(t.TempDir(), device), Server: f.Address, Pin: &pin, DeviceName: device,
		DialOptions: []grpc.DialOption{grpc.WithContextDialer(link.Dial)},
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := client.SignIn(t.Context(), name, f.Password)
	if err != nil {
		t.Fatal(errors.Join(err, client.Close()))
	}
	t.Cleanup(func() {
		if err := errors.Join(u.Close(), client.Close()); err != nil {
			t.Error(err)
		}
	})
	return u
}

// returnOne lets a surveyor submit a family, a colleague bring many, and a supervisor
// return the one.
func returnOne(t *testing.T, f *field.Field, u *clientsdk.User, link *Cutter) clientsdk.ID {
	t.Helper()
	mustSync(t, u)
	if err := survey(t.Context(), u, 1); err != nil {
		t.Fatal(err)
	}
	list, _ := u.Families(clientsdk.Query{})
	id := list[0].ID
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	other := signedIn(t, f, f.Surveyors[1].Name, "other", link)
	mustSync(t, other)
	if err := survey(t.Context(), other, othersFamilies); err != nil {
		t.Fatal(err)
	}
	mustSync(t, other)
	boss := signedIn(t, f, f.Supervisor, "boss", link)
	mustSync(t, boss)
	if _, err := boss.Return(t.Context(), id, clientsdk.Return{Note: returnNote}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, boss)
	return id
}

func mustSync(t *testing.T, u *clientsdk.User) {
	t.Helper()
	if r, err := u.Sync(t.Context(), nil); err != nil || r.Differing+r.Repaired > 0 {
		t.Fatalf("sync: %+v, %v", r, err)
	}
}
