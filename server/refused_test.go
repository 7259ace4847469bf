package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/rates"
)

// What is not there is told in Indonesian, as calls are refused, wherever it was asked for.
func TestWhatIsNotThereIsToldInIndonesian(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	for _, c := range []struct {
		method, path, reason string
		status               int
	}{
		{"GET", "/v2/families", "NO_SUCH_PATH", http.StatusNotFound},
		{"GET", "/v1", "NO_SUCH_PATH", http.StatusNotFound},
		{"GET", "/v1/nothing", "NO_SUCH_PATH", http.StatusNotFound},
		{"GET", "/registrasi/form.doc", "NO_SUCH_PATH", http.StatusNotFound},
		{"POST", "/session/sign-up", "NO_SUCH_PATH", http.StatusNotFound},
		{"GET", "/session/sign-in", "NO_SUCH_METHOD", http.StatusMethodNotAllowed},
		{"POST", "/", "NO_SUCH_METHOD", http.StatusMethodNotAllowed},
		{"POST", "/healthz", "NO_SUCH_METHOD", http.StatusMethodNotAllowed},
		{"PUT", "/registrasi/form.csv", "NO_SUCH_METHOD", http.StatusMethodNotAllowed},
		{"GET", "/v1/families?pageSize=x", "BAD_REQUEST", http.StatusBadRequest},
		{"GET", "/v1/%ff", "BAD_REQUEST", http.StatusBadRequest},
		{"POST", "/v1/auth:signIn", "BAD_REQUEST", http.StatusBadRequest},
	} {
		response, body := ask(t, s, c.method, c.path, "")
		compact := strings.ReplaceAll(body, " ", "")
		if response.StatusCode != c.status || reasonOf(compact) != c.reason || !strings.Contains(compact, `"locale":"id-ID"`) ||
			(c.status == http.StatusMethodNotAllowed) != (response.Header.Get("Allow") != "") {
			t.Errorf("%s %s: %d, allows %q: %s", c.method, c.path, response.StatusCode, response.Header.Get("Allow"), body)
		}
	}
}
