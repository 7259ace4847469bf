package server

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/keluarga-sehat/sync/server/rates"
)

// ask asks a running server over HTTP/1.1, with an Authorization unless it is "".
func ask(t *testing.T, s *Server, method, path, authorization string) (response *http.Response, body string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}}
	defer c.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+s.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	response, err = c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(data)
}

// reasonOf is the ErrorInfo's of a refusal; "" where there is none.
func reasonOf(body string) string {
	var s struct{ Details []struct{ Reason string } }
	if json.Unmarshal([]byte(body), &s) != nil || len(s.Details) == 0 {
		return ""
	}
	return s.Details[0].Reason
}

// An Authorization that no call can carry is none: refused as that, and counted.
func TestAnIllegibleAuthorizationIsNone(t *testing.T) {
	t.Parallel()
	const burst = 12
	s := edgeServer(t, rates.Bounds{Address: 1e-3, AddressBurst: burst})
	running(t, s)
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("x:\xe9\xe9"))
	asked := 0
	for _, c := range []struct{ method, path, authorization, reason string }{
		{"GET", "/v1/exports/figures?kind=FIGURES_KIND_INDEX", "Bearer \xe9", "TOKEN_INVALID"},
		{"GET", "/v1/exports/puskesmas/P1/report", "Bearer \xc3\xa9", "TOKEN_INVALID"},
		{"GET", "/v1/feeds/figures", "Bearer \xe9", "FEED_TOKEN"},
		{"GET", "/v1/feeds/figures", basic, "FEED_TOKEN"},
		{"GET", "/v1/auth/self", "Bearer \xe9", "TOKEN_INVALID"},
	} {
		asked++
		if response, body := ask(t, s, c.method, c.path, c.authorization); response.StatusCode != http.StatusUnauthorized || reasonOf(body) != c.reason {
			t.Errorf("%s with %q: %d %.200s", c.path, c.authorization, response.StatusCode, body)
		}
	}
	for ; asked < burst; asked++ {
		ask(t, s, "GET", "/v1/feeds/figures", basic)
	}
	if response, body := ask(t, s, "GET", "/v1/exports/figures?kind=FIGURES_KIND_INDEX", "Bearer \xe9"); response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") == "" {
		t.Errorf("after too many: %d %.200s", response.StatusCode, body)
	}
}
