package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// desk records what the session calls ask of the sign-in service. The real one
// stands behind them in the story tests.
type desk struct {
	nonces  [][]byte
	address []string
	browser []string
	bearer  []string
	err     error
}

func (d *desk) note(ctx context.Context) {
	md, _ := metadata.FromOutgoingContext(ctx)
	d.address, d.browser = md.Get("x-forwarded-for"), md.Get("x-browser")
}

func (d *desk) SignIn(ctx context.Context, r *ksv1.SignInRequest, _ ...grpc.CallOption) (*ksv1.SignInResponse, error) {
	d.note(ctx)
	return &ksv1.SignInResponse{AccessToken: "access", RefreshToken: "refresh-1", Account: &ksv1.Account{UserName: r.GetUserName()}}, d.err
}

func (d *desk) RefreshToken(_ context.Context, r *ksv1.RefreshTokenRequest, _ ...grpc.CallOption) (*ksv1.RefreshTokenResponse, error) {
	d.nonces = append(d.nonces, r.GetNonce())
	return &ksv1.RefreshTokenResponse{AccessToken: "access", RefreshToken: r.GetRefreshToken() + "-next"}, d.err
}

func (d *desk) SignOut(context.Context, *ksv1.SignOutRequest, ...grpc.CallOption) (*ksv1.SignOutResponse, error) {
	return &ksv1.SignOutResponse{}, d.err
}

func (d *desk) GetSelf(ctx context.Context, _ *ksv1.GetSelfRequest, _ ...grpc.CallOption) (*ksv1.GetSelfResponse, error) {
	md, _ := metadata.FromOutgoingContext(ctx)
	d.bearer = md.Get("authorization")
	return &ksv1.GetSelfResponse{Account: &ksv1.Account{UserName: "siti"}, Rights: []ksv1.Right{ksv1.Right_RIGHT_REVIEW}}, d.err
}

func call(t *testing.T, d *desk, path, body string, change func(*http.Request)) *http.Response {
	t.Helper()
	h, err := Handler(d)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://sync.example"+path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.RemoteAddr = "192.0.2.7:4711"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, r *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func withCookie(r *http.Request) { r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "refresh-1"}) }

func TestTheRefreshTokenIsInACookieThatNoScriptSees(t *testing.T) {
	t.Parallel()
	d := &desk{}
	r := call(t, d, "/session/sign-in", `{"userName":"siti","password":"x"}`, nil)
	if body := bodyOf(t, r); strings.Contains(body, "refresh-1") || !strings.Contains(body, `"access"`) {
		t.Errorf("body: %s", body)
	}
	cookie := r.Cookies()[0]
	if !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie: %+v", cookie)
	}
	if len(d.address) != 1 || d.address[0] != "192.0.2.7" {
		t.Errorf("address told inside: %q", d.address)
	}
}

// On a slow line a question more is two seconds more.
func TestWhoSignsInOrGoesOnIsToldWhoTheyAreAtOnce(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{"/session/sign-in": `{"userName":"siti","password":"x"}`, "/session/refresh": "{}"} {
		d := &desk{}
		var told struct {
			AccessToken, AccessExpiresAtMs string
			Self                           struct {
				Account struct{ UserName string }
				Rights  []string
			}
		}
		if err := json.Unmarshal([]byte(bodyOf(t, call(t, d, path, body, withCookie))), &told); err != nil {
			t.Fatal(err)
		}
		if told.AccessToken != "access" || told.AccessExpiresAtMs == "" || told.Self.Account.UserName != "siti" || !slices.Contains(told.Self.Rights, "RIGHT_REVIEW") {
			t.Errorf("%s: %+v", path, told)
		}
		if len(d.bearer) != 1 || d.bearer[0] != "Bearer access" {
			t.Errorf("%s asks as %q", path, d.bearer)
		}
	}
}

func TestForeignPagesCannotUseTheCookie(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"cross-site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"old browser": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		},
	} {
		r := call(t, &desk{}, "/session/refresh", "{}", func(r *http.Request) { withCookie(r); change(r) })
		if r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
}

func TestPagesThatRenewAtOneTimeLookLikeOne(t *testing.T) {
	t.Parallel()
	d := &desk{}
	for range 2 {
		call(t, d, "/session/refresh", "{}", withCookie)
	}
	if len(d.nonces) != 2 || !bytes.Equal(d.nonces[0], d.nonces[1]) || len(d.nonces[0]) != 16 {
		t.Errorf("nonces: %x", d.nonces)
	}
	call(t, d, "/session/refresh", "{}", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "refresh-2"}) })
	if bytes.Equal(d.nonces[0], d.nonces[2]) {
		t.Error("another token has the same nonce")
	}
}

func TestARefusedSessionIsForgotten(t *testing.T) {
	t.Parallel()
	r := call(t, &desk{err: status.Error(codes.Unauthenticated, "ended")}, "/session/refresh", "{}", withCookie)
	if r.StatusCode != http.StatusUnauthorized || r.Cookies()[0].MaxAge >= 0 {
		t.Errorf("%d, %+v", r.StatusCode, r.Cookies())
	}
	r = call(t, &desk{err: status.Error(codes.Unavailable, "down")}, "/session/refresh", "{}", withCookie)
	if r.StatusCode != http.StatusServiceUnavailable || len(r.Cookies()) != 0 {
		t.Errorf("a server that is down must not sign out: %d, %+v", r.StatusCode, r.Cookies())
	}
	if r = call(t, &desk{}, "/session/refresh", "{}", nil); r.StatusCode != http.StatusNoContent {
		t.Errorf("no session: %d", r.StatusCode)
	}
}

func TestSignInTakesOnlyASmallForm(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "[]", `{"userName":`, `{"userName":"` + strings.Repeat("a", maxSessionBody) + `"}`} {
		if r := call(t, &desk{}, "/session/sign-in", body, nil); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%.20q: %d", body, r.StatusCode)
		}
	}
}
