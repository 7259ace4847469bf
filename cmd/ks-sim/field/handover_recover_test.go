package field

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
)

// A slip in the password that nobody could check: the colleague is in again with the account's
// own, the device is the colleague's, what lay under the other password waits for a decision,
// the former user's work that was carried too, and the former user's key stays theirs.
func TestAColleagueWhoMistypedThePasswordRecovers(t *testing.T) {
	onEachEngine(t, 3, func(t *testing.T, f *Field) {
		s := handOver(t, f)
		h := s.begin(t)
		u, err := h.Accept(t.Context(), s.sign(t, h), f.Password+"x")
		if err != nil {
			t.Fatal(err)
		}
		after := s.interview(t, u)
		counts, err := u.Counts(t.Context())
		if err := errors.Join(err, u.Close(), f.Start(t.Context(), f.Address)); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s.supervisor)
		if _, _, err := s.tablet.Recover(t.Context(), colleague, f.Password+"y"); !errors.Is(err, clientsdk.ErrWrongPassword) {
			t.Errorf("by another's password: %v", err)
		}
		u, r, err := s.tablet.Recover(t.Context(), colleague, f.Password)
		if err != nil || r.Changes != counts.Pending || r.Received != counts.Pending {
			t.Fatalf("recovered %+v of %d changes, %v", r, counts.Pending, err)
		}
		if result := mustSync(t, u); result.Refused > 0 {
			t.Errorf("the colleague syncs: %+v", result)
		}
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
		admitAll(t, f, tokenFor(t, f, f.Supervisor), s.changes+counts.Pending)
		if got := s.authors(t, after); !slices.Equal(got, []uint32{f.Surveyors[2].Account}) {
			t.Errorf("the colleague's work is by %v", got)
		}
		former := signInOn(t, s.tablet, f, formerUser)
		if result := mustSync(t, former); result.Quarantined+result.Refused > 0 {
			t.Errorf("the former user syncs: %+v", result)
		}
		s.at(t, 3, s.changes+counts.Pending)
	})
}

func TestAnotherAccountsDeviceKeyIsNotCalledRevoked(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	d := newRawDevice(t, f, "surveyor1")
	public, ok := d.key.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no public key")
	}
	clock := uint64(time.Now().UnixMilli())
	_, err := d.messages.SignIn(t.Context(), &ksv1.SignInRequest{
		UserName: "surveyor2", Password: f.Password,
		Device: &ksv1.DeviceRegistration{PublicKey: public, ClockMs: clock, Signature: ed25519.Sign(d.key, auth.DeviceMessage("surveyor2", clock))},
	})
	if reasonOf(err) != "KEY_OF_ANOTHER" {
		t.Errorf("under another account's key: %v", err)
	}
}
