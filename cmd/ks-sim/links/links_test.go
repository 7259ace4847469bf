package links

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/grpc"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// TestASyncMayBeCutAtAnyByte cuts at every 47th byte; `ks-sim links` at each.
func TestASyncMayBeCutAtAnyByte(t *testing.T) {
	t.Parallel()
	report, err := Sweep(t.Context(), t.TempDir(), 47)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
	if report.Cuts < 100 || report.Unharmed == report.Cuts {
		t.Errorf("too few cuts, or none that mattered: %s", report)
	}
	for _, v := range report.Violations {
		t.Error(v)
	}
}

// TestADayGoesThroughAtNineKilobits: 600 ms, 9 kbit/s (9.6 is the slowest asked for), and every session ends
// after some seconds, as where the signal comes and goes. What one brought
// through is not sent again by the next.
func TestADayGoesThroughAtNineKilobits(t *testing.T) {
	t.Parallel()
	// On a busy machine a session brings less through, but each is longer than the one
	// before.
	const families, session, longer, sessionsMax = 150, 11 * time.Second, time.Second, 30
	dir := t.TempDir()
	f, err := field.New(t.Context(), field.Options{Dir: dir, Surveyors: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	u, slow := deviceBehind(t, f, dir)
	next := field.NewGenerator(7, 320405, time.Now())
	villages, err := u.Villages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range families {
		if _, _, err := u.StartFamily(t.Context(), villages[0].GetVillage(), "001/001", next.Family().Family); err != nil {
			t.Fatal(err)
		}
	}
	slow.Store(true)
	received := 0
	for n := 1; ; n++ {
		ctx, cancel := context.WithTimeout(t.Context(), session+time.Duration(n-1)*longer)
		sent := 0
		_, err := u.Sync(ctx, func(p clientsdk.Progress) { sent = p.Sent })
		cancel()
		received += sent
		if err == nil {
			t.Logf("%d families in %d sessions of %v and more", families, n, session)
			break
		}
		if n == sessionsMax {
			t.Fatalf("%d of %d families through after %d sessions: %v", received, families, n, err)
		}
	}
	if received != families {
		t.Errorf("%d receipts for %d families", received, families)
	}
}

// deviceBehind is a signed-in device that has synced, behind a link that can be
// made slow; from then on each connection is new.
func deviceBehind(t *testing.T, f *field.Field, dir string) (*clientsdk.User, *switched) {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	link, err := NewSlow(f.Address, 600*time.Millisecond, 9)
	if err != nil {
		t.Fatal(err)
	}
	s := &switched{slow: link}
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir + "/device", Server: f.Address, Pin: &pin, DeviceName: "satu",
		DialOptions: []grpc.DialOption{grpc.WithContextDialer(s.dial)}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := client.SignIn(t.Context(), f.Surveyors[0].Name, f.Password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(u.Close(), client.Close(), link.Close()); err != nil {
			t.Error(err)
		}
	})
	if _, err := u.Sync(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return u, s
}
