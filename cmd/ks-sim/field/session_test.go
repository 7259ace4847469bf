package field

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// sessionOf is the id of a device's session as REST names it: what its refresh
// token begins with.
func sessionOf(t *testing.T, d *rawDevice) string {
	t.Helper()
	token, err := base64.RawURLEncoding.DecodeString(d.tokens.GetRefreshToken())
	if err != nil || len(token) < 16 {
		t.Fatalf("refresh token of %d bytes, %v", len(token), err)
	}
	return hex.EncodeToString(token[:16])
}

func TestALostReplyToARefreshCostsNothingAndAStolenTokenEndsTheSession(t *testing.T) {
	onEachEngine(t, 1, aLostReplyCostsNothing)
}

func aLostReplyCostsNothing(t *testing.T, f *Field) {
	d, thief := newRawDevice(t, f, "surveyor1"), newRawDevice(t, f, "surveyor1")
	first := d.tokens.GetRefreshToken()
	// The token alone is worth nothing: neither used nor ended by another key.
	thief.tokens = d.tokens
	if _, err := thief.refresh(t, first, 1); reasonOf(err) != "DEVICE_PROOF" {
		t.Errorf("with another key: %v", err)
	}
	one, err := d.refresh(t, first, 2)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.refresh(t, first, 2)
	if err != nil || again.GetRefreshToken() != one.GetRefreshToken() {
		t.Fatalf("the same request again gives another token, or %v", err)
	}
	two, err := d.refresh(t, one.GetRefreshToken(), 3)
	if err != nil {
		t.Fatal(err)
	}
	// A token that has been used, under a new nonce: somebody has a copy of key and
	// tokens. Both lose the session.
	if _, err := d.refresh(t, first, 4); reasonOf(err) != "SESSION_REUSED" {
		t.Errorf("a used token: %v", err)
	}
	if _, err := d.refresh(t, two.GetRefreshToken(), 5); reasonOf(err) != "SESSION_REUSED" {
		t.Errorf("the newest token after that: %v", err)
	}
}

func TestAUsedUpTokenWithoutItsKeySignsNobodyOut(t *testing.T) {
	onEachEngine(t, 1, aUsedUpTokenSignsNobodyOut)
}

func aUsedUpTokenSignsNobodyOut(t *testing.T, f *Field) {
	d := newRawDevice(t, f, "surveyor1")
	signOut := func(token string) error {
		_, err := d.messages.SignOut(t.Context(), &ksv1.SignOutRequest{RefreshToken: token})
		return err
	}
	first := d.tokens.GetRefreshToken()
	second, err := d.refresh(t, first, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := signOut(first); reasonOf(err) != "TOKEN_INVALID" {
		t.Errorf("sign-out by a used-up token: %v", err)
	}
	third, err := d.refresh(t, second.GetRefreshToken(), 2)
	if err != nil {
		t.Fatalf("the owner's next refresh: %v", err)
	}
	// A device whose reply was lost gets the present one, and signs out by that.
	again, err := d.refresh(t, second.GetRefreshToken(), 2)
	if err != nil || again.GetRefreshToken() != third.GetRefreshToken() {
		t.Fatalf("the same request again: %v", err)
	}
	for range 2 {
		if err := signOut(third.GetRefreshToken()); err != nil {
			t.Errorf("sign-out: %v", err)
		}
	}
	if _, err := d.refresh(t, third.GetRefreshToken(), 3); reasonOf(err) != "TOKEN_INVALID" {
		t.Errorf("after sign-out: %v", err)
	}
	// A browser has no key, and its pages share what they hold.
	page, err := d.messages.SignIn(t.Context(), &ksv1.SignInRequest{UserName: "surveyor1", Password: f.Password})
	if err != nil {
		t.Fatal(err)
	}
	next, err := d.refresh(t, page.GetRefreshToken(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := signOut(page.GetRefreshToken()); err != nil {
		t.Errorf("a page's sign-out by the token before: %v", err)
	}
	if _, err := d.refresh(t, next.GetRefreshToken(), 2); reasonOf(err) != "TOKEN_INVALID" {
		t.Errorf("after a page's sign-out: %v", err)
	}
}

func TestAChangedPasswordEndsOtherSessionsAndOpensTheData(t *testing.T) {
	onEachEngine(t, 1, aChangedPasswordEndsOtherSessions)
}

func aChangedPasswordEndsOtherSessions(t *testing.T, f *Field) {
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	other := newRawDevice(t, f, "surveyor1")
	for _, bad := range []struct {
		now, new string
		want     func(error) bool
	}{
		{"bukan kata sandinya", newPassword, func(err error) bool { return errors.Is(err, clientsdk.ErrWrongPassword) }},
		{f.Password, f.Password, weak}, {f.Password, "surveyor1surveyor1", weak}, {f.Password, "pendek", weak},
	} {
		if err := u.ChangePassword(t.Context(), bad.now, bad.new); !bad.want(err) {
			t.Errorf("change to %q: %v", bad.new, err)
		}
	}
	if err := u.ChangePassword(t.Context(), f.Password, newPassword); err != nil {
		t.Fatal(err)
	}
	if _, err := other.refresh(t, other.tokens.GetRefreshToken(), 1); reasonOf(err) != "SESSION_ENDED" {
		t.Errorf("the other session: %v", err)
	}
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(t.Context(), "surveyor1", f.Password); !errors.Is(err, clientsdk.ErrWrongPassword) {
		t.Errorf("the data open under the old password: %v", err)
	}
	u, err = c.SignIn(t.Context(), "surveyor1", newPassword)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Error(err)
	}
}

func TestSessionsAreToldApartByBrowser(t *testing.T) { onEachEngine(t, 0, sessionsAreToldApart) }

func sessionsAreToldApart(t *testing.T, f *Field) {
	token := administrator(t, f)
	signIn := func(path, userAgent string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+f.Address+path,
			strings.NewReader(`{"userName":"admin","password":"`+f.Password+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", userAgent)
		r.Header.Set("X-Browser", "Palsu")
		c := restClient(t, f)
		defer c.CloseIdleConnections()
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, answer.Status, err)
		}
	}
	signIn("/session/sign-in", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36")
	signIn("/session/sign-in", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0")
	signIn("/session/sign-in", "Palsu/1.0")
	signIn("/v1/auth:signIn", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0")
	var self struct{ Account struct{ Number uint32 } }
	restGet(t, f, token, "/v1/auth/self", &self)
	var list struct{ Sessions []struct{ Browser string } }
	restGet(t, f, token, fmt.Sprintf("/v1/accounts/%d/sessions", self.Account.Number), &list)
	told := []string{}
	for _, s := range list.Sessions {
		told = append(told, s.Browser)
	}
	if want := []string{"", "Chrome di Android", "Firefox di Windows", "", ""}; !slices.Equal(told, want) {
		t.Errorf("browsers of the sessions: %q, want %q", told, want)
	}
}

func weak(err error) bool {
	var refused *clientsdk.ServerError
	return errors.As(err, &refused) && refused.Reason == "WEAK_PASSWORD"
}

func TestARevokedDeviceStopsWithinAMinuteAndItsWorkIsNotLost(t *testing.T) {
	onEachEngine(t, 1, aRevokedDeviceStops)
}

func aRevokedDeviceStops(t *testing.T, f *Field) {
	admin := administrator(t, f)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(1, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	pending, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var devices struct {
		Devices []struct{ Device uint32 }
	}
	restGet(t, f, admin, fmt.Sprintf("/v1/accounts/%d/devices", f.Surveyors[0].Account), &devices)
	if len(devices.Devices) != 1 {
		t.Fatalf("devices %+v", devices)
	}
	sessions := func() int {
		var list struct{ Sessions []struct{ Session string } }
		restGet(t, f, admin, fmt.Sprintf("/v1/accounts/%d/sessions", f.Surveyors[0].Account), &list)
		return len(list.Sessions)
	}
	if n := sessions(); n != 1 {
		t.Errorf("%d sessions can be renewed, not 1", n)
	}
	restPost(t, f, admin, fmt.Sprintf("/v1/devices/%d:revoke", devices.Devices[0].Device), `{}`)
	if n := sessions(); n != 0 {
		t.Errorf("%d sessions of a revoked device are said to be renewable", n)
	}
	var refused *clientsdk.ServerError
	if _, err := u.Sync(t.Context(), nil); !errors.As(err, &refused) || refused.Reason != "DEVICE_REVOKED" || !errors.Is(err, clientsdk.ErrWiped) {
		t.Fatalf("a revoked device syncs: %v", err)
	}
	admitAll(t, f, restToken(t, f, "supervisor"), pending.Pending)
}
