package field

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// A thief has the token of a session that the user has ended since, just now or weeks ago.
func TestAStolenTokenOfAnEndedSessionSlowsItsUserNowhere(t *testing.T) {
	t.Parallel()
	for name, passes := range map[string]time.Duration{"just ended": 0, "weeks ago": 60 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var passed atomic.Int64
			now := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
			const most = 12
			f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: now, Rates: rates.Bounds{Caller: 1e-9, CallerBurst: most}})
			if err != nil {
				t.Fatal(err)
			}
			cleanUp(t, func() { _ = f.Close() })
			asked := map[string]int{"/healthz": http.StatusOK, "/v1/areas/32": http.StatusUnauthorized, "/v1/areas/32/index": http.StatusUnauthorized}
			stolen := map[string]string{}
			for path := range asked {
				stolen[path] = endedToken(t, f)
			}
			passed.Store(int64(passes))
			cookie, live := pageSession(t, f)
			for path, first := range asked {
				if status := askFor(t, f, path, stolen[path]); status != first {
					t.Errorf("%s under the stolen token: %d", path, status)
				}
				status := 0
				for range most {
					status = askFor(t, f, path, stolen[path])
				}
				if status != http.StatusTooManyRequests {
					t.Errorf("%s under the stolen token, as often as a user may ask: %d", path, status)
				}
			}
			if status := askFor(t, f, "/v1/areas/32", live); status != http.StatusOK {
				t.Errorf("the user's call: %d", status)
			}
			for call, body := range map[string]string{"refresh": "{}", "sign-in": `{"userName":"surveyor1","password":"` + f.Password + `"}`} {
				if answer := askPage(t, f, call, body, cookie, "Bearer "+live); answer.StatusCode != http.StatusOK {
					t.Errorf("the user's %s: %d", call, answer.StatusCode)
				}
			}
		})
	}
}

// Nor do calls under it that say nothing end a call of the user's whose message is on its way.
func TestAStolenTokenOfAnEndedSessionEndsNoCallOfItsUsers(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	ended := endedToken(t, f)
	_, live := pageSession(t, f)
	user := newStranger(t, f, 1<<16)
	call := user.askUnder(ksv1.AuthService_GetSelf_FullMethodName, live)
	user.settle()
	for _, method := range []string{ksv1.AuthService_SignIn_FullMethodName, ksv1.AreaService_GetArea_FullMethodName} {
		thief := newStranger(t, f, 1<<16)
		for range 64 {
			thief.askUnder(method, ended)
		}
		thief.settle()
	}
	if err := errors.Join(user.WriteData(call, true, make([]byte, 5)), user.conn.SetDeadline(time.Now().Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	user.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	for {
		frame, err := user.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch frame := frame.(type) {
		case *http2.RSTStreamFrame:
			t.Fatal("the user's call was reset: ", frame.ErrCode)
		case *http2.MetaHeadersFrame:
			if frame.StreamEnded() {
				t.Fatal("the user's call was refused: ", frame.Fields)
			}
			return
		}
	}
}

// endedToken is the token of a page's session that has ended.
func endedToken(t *testing.T, f *Field) string {
	t.Helper()
	cookie, token := pageSession(t, f)
	if answer := askPage(t, f, "sign-out", "{}", cookie, "Bearer "+token); answer.StatusCode != http.StatusNoContent {
		t.Fatalf("sign-out: %d", answer.StatusCode)
	}
	return token
}

// askFor asks for a path under a token.
func askFor(t *testing.T, f *Field, path, token string) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+f.Address+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}
