package field

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server/sample"
)

// onRevocable is a device that has synced a family and holds another that is unsent, and how
// many changes that is.
func onRevocable(t *testing.T, f *Field) (u *clientsdk.User, synced clientsdk.ID, unsent int) {
	t.Helper()
	c := clientAt(t, f, t.TempDir())
	u = signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	generator := NewGenerator(1, 320405, time.Now())
	synced, err := Interview(t.Context(), u, village(t, u), "001/001", generator.Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", generator.Family()); err != nil {
		t.Fatal(err)
	}
	n, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return u, synced, n.Pending
}

// doToSurveyor1 is what an administrator does about a phone and its user; the phone is the
// first device.
func doToSurveyor1(t *testing.T, f *Field, admin, deed string) {
	t.Helper()
	account := fmt.Sprintf("/v1/accounts/%d", f.Surveyors[0].Account)
	switch deed {
	case "revoke":
		restPost(t, f, admin, "/v1/devices/1:revoke", `{}`)
	case "end session":
		var list struct{ Sessions []struct{ SessionID string } }
		restGet(t, f, admin, account+"/sessions", &list)
		if len(list.Sessions) != 1 {
			t.Fatalf("sessions %+v", list)
		}
		restPost(t, f, admin, "/v1/sessions/"+list.Sessions[0].SessionID+":end", `{}`)
	default:
		restPost(t, f, admin, account+":"+deed, `{}`)
	}
}

// What the administrator is promised of a revoked device holds whatever else was done to its
// user, before or after.
func TestARevokedDeviceIsWipedWhateverElseShutsItOut(t *testing.T) {
	t.Parallel()
	for _, deeds := range []string{
		"revoke", "reissueCode, revoke", "revoke, reissueCode", "end session, revoke", "disable, revoke", "revoke, disable", "sleep, revoke",
	} {
		for _, token := range []string{"access token in force", "access token expired"} {
			t.Run(deeds+", "+token, func(t *testing.T) {
				t.Parallel()
				f, later, _ := fieldLater(t)
				admin := administrator(t, f)
				u, id, unsent := onRevocable(t, f)
				for _, deed := range strings.Split(deeds, ", ") {
					if deed == "sleep" {
						later(91 * 24 * time.Hour)
						admin = restToken(t, f, "admin")
						continue
					}
					doToSurveyor1(t, f, admin, deed)
				}
				if token == "access token expired" {
					later(tokenLife)
				}
				if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrWiped) {
					t.Fatalf("not wiped: %v", err)
				}
				if h, err := u.Family(t.Context(), id); err == nil {
					t.Errorf("the revoked device still shows %s", h.GetFamily().GetHeadName())
				}
				admitAll(t, f, restToken(t, f, f.Supervisor), unsent)
			})
		}
	}
}

// A token that somebody found tells nothing of the device, nor of its account.
func TestOnlyWhoHasADevicesKeyHearsThatItIsRevoked(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	admin := administrator(t, f)
	d, finder := newRawDevice(t, f, "surveyor1"), newRawDevice(t, f, "surveyor1")
	finder.tokens = d.tokens
	doToSurveyor1(t, f, admin, "revoke")
	doToSurveyor1(t, f, admin, "disable")
	if _, err := finder.refresh(t, d.tokens.GetRefreshToken(), 1); reasonOf(err) != "DEVICE_PROOF" {
		t.Errorf("with another key: %v", err)
	}
	if _, err := d.refresh(t, d.tokens.GetRefreshToken(), 2); reasonOf(err) != "DEVICE_REVOKED" {
		t.Errorf("with its own: %v", err)
	}
}

// Its session ended first, so that it asks for the password, and is told that it is revoked by
// the answer to that.
func TestARevokedDeviceThatSignsInAgainIsWiped(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	admin := administrator(t, f)
	u, id, unsent := onRevocable(t, f)
	doToSurveyor1(t, f, admin, "end session")
	if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
		t.Fatalf("its session has ended: %v", err)
	}
	doToSurveyor1(t, f, admin, "revoke")
	var refused *clientsdk.ServerError
	if err := u.SignInAgain(t.Context(), f.Password); !errors.Is(err, clientsdk.ErrWiped) || !errors.As(err, &refused) || refused.Reason != "DEVICE_REVOKED" {
		t.Fatalf("signs in again: %v", err)
	}
	if _, err := u.Family(t.Context(), id); !errors.Is(err, clientsdk.ErrClosed) {
		t.Errorf("its families: %v", err)
	}
	admitAll(t, f, restToken(t, f, f.Supervisor), unsent)
}

func TestAnAppWhoseDeviceIsWipedAtSigningInAgainSaysSo(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	admin := administrator(t, f)
	p := startApp(t, f, time.Now)
	p.enter(f, "surveyor1")
	p.begin(sample.VillageCodes()[0])
	doToSurveyor1(t, f, admin, "end session")
	if state := p.sync(); state["signInAgain"] != true {
		t.Fatalf("its session has ended: %v", state)
	}
	doToSurveyor1(t, f, admin, "revoke")
	p.refuses("/v1/app:signInAgain", map[string]any{"password": f.Password}, http.StatusForbidden, "DEVICE_REVOKED")
	status := p.get("/v1/app/status")
	state, _ := status["sync"].(map[string]any)
	if said, _ := state["error"].(string); status["locked"] != "LOCK_REASON_WIPED" || !strings.Contains(said, "Hubungi administrator") || state["signInAgain"] == true {
		t.Errorf("the sign-in page is told %v", status)
	}
}

// The user has another password than the data, so that no sync opens them: what they hold is
// handed over all the same, and taken off the device.
func TestWhatAForgottenPasswordLocksOnARevokedDeviceIsHandedOver(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	dir := t.TempDir()
	c := clientAt(t, f, dir)
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(1, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	n, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	resetPassword(t, f, c, "surveyor1")
	revokeDevice(t, f, 1)
	u, got, err := c.Recover(t.Context(), "surveyor1", newPassword)
	if err != nil || got.Received != n.Pending || got.SetAside != "" {
		t.Fatalf("recovered %+v, %v", got, err)
	}
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Error(err)
	}
	wantDevices(t, f, 2)
	admitAll(t, f, restToken(t, f, f.Supervisor), n.Pending)
}
