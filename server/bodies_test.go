package server

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/rates"
)

// send posts a body under a token of a session that nobody knows, of told length or in
// pieces, and gives the status and what was answered.
func send(t *testing.T, s *Server, path string, body []byte, inPieces bool) (response *http.Response, text string) {
	t.Helper()
	return sendAs(t, s, "Bearer "+signed(t, s), path, body, inPieces)
}

// sendAs is send with an Authorization; "" is a stranger's.
func sendAs(t *testing.T, s *Server, authorization, path string, body []byte, inPieces bool) (response *http.Response, text string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}}
	defer c.CloseIdleConnections()
	var content io.Reader = bytes.NewReader(body)
	if inPieces {
		content = io.MultiReader(content)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+s.Addr().String()+path, content)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	if response, err = c.Do(r); err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, strings.ReplaceAll(string(data), " ", "")
}

// What is too large is told so, with the bound, wherever bodies are read.
func TestABodyThatIsTooLargeIsToldTheBound(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	for path, c := range map[string]struct {
		size int
		most string
	}{
		"/v1/auth:signIn":      {20 << 10, "16kB"},
		"/v1/exports/families": {2 << 20, "1,0MB"},
		"/v1/registrations":    {3 << 20, "1,5MB"},
	} {
		body := []byte(`{"form":"` + strings.Repeat("A", c.size) + `"}`)
		for _, inPieces := range []bool{false, true} {
			response, text := send(t, s, path, body, inPieces)
			if response.StatusCode != http.StatusRequestEntityTooLarge || reasonOf(text) != "BODY_TOO_LARGE" || !strings.Contains(text, "palingbanyak"+c.most) {
				t.Errorf("%s (in pieces: %t): %d, %.400s", path, inPieces, response.StatusCode, text)
			}
		}
	}
	if response, text := send(t, s, "/v1/auth:signIn", []byte(`{"form":`), false); response.StatusCode != http.StatusBadRequest || reasonOf(text) != "BAD_REQUEST" {
		t.Errorf("what is small and can't be read: %d, %s", response.StatusCode, text)
	}
}

// Who guesses is told in the header of plain HTTP when to come again, by REST and by the pages' own call.
func TestWhoGuessesIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	const attempts = 20
	for _, path := range []string{"/v1/auth:signIn", "/session/sign-in"} {
		body := []byte(`{"userName":"tebakan` + path[1:3] + `","password":"tebakan-yang-salah"}`)
		response, text := send(t, s, path, body, false)
		for n := 0; n < attempts && response.StatusCode != http.StatusTooManyRequests; n++ {
			response, text = send(t, s, path, body, false)
		}
		if reason := reasonOf(text); response.StatusCode != http.StatusTooManyRequests || reason != "TOO_MANY_ATTEMPTS" || response.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q, %s", path, response.StatusCode, response.Header.Get("Retry-After"), text)
		}
	}
}
