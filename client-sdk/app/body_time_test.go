package app

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Another program on the device, which has no key, can't hold the app's connections by bodies
// that never come; a call whose body is there may take longer than that.
func TestOnlyTheBodyOfACallIsBoundInTime(t *testing.T) {
	t.Parallel()
	const most = 300 * time.Millisecond
	ended := make(chan error, 1)
	calls := http.NewServeMux()
	calls.HandleFunc("/refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	calls.HandleFunc("/long", func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		select {
		case <-time.After(3 * most):
		case <-r.Context().Done():
			err = r.Context().Err()
		}
		ended <- err
	})
	s := httptest.NewServer(bodyInTime(most, calls))
	t.Cleanup(s.Close)
	for _, header := range []string{"Content-Length: 9", "Transfer-Encoding: chunked"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "%s /refused HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", method, header)
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Errorf("%s, %s: the connection is open still: %v", method, header, err)
			}
		}
	}
	for _, body := range []io.Reader{strings.NewReader("{}"), io.MultiReader(strings.NewReader("{}")), nil} {
		answer, err := http.Post(s.URL+"/long", "application/json", body)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if err := <-ended; err != nil {
			t.Errorf("a long call: %v", err)
		}
	}
}
