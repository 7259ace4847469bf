package server

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/rates"
)

func TestABodyOfTooManyPartsIsNotDecoded(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	body := `{"set":{"members":[` + strings.Repeat("{},", wire.MaxParts) + `{}]}}`
	response, text := send(t, s, "/v1/forms/0190a3e4-0000-7000-8000-000000000000:save", []byte(body), false)
	if response.StatusCode != http.StatusBadRequest || reasonOf(text) != "BAD_REQUEST" || !strings.Contains(text, "parts") {
		t.Errorf("%d, %.400s", response.StatusCode, text)
	}
}

// Bodies of strangers that come all but their last byte are held together within a bound: who
// comes then is told when to come again, until the others are gone; users are heard meanwhile.
func TestHalfReadBodiesAreBoundedTogether(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	const halves = 2<<20/api.MaxOpenBytes + 8 // more than an address may
	held := fmt.Sprintf("POST /v1/auth:signIn HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", api.MaxOpenBytes, strings.Repeat(" ", api.MaxOpenBytes-1))
	var conns []*tls.Conn
	for range halves {
		conn, err := tls.Dial("tcp", s.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := conn.Write([]byte(held)); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	whole := []byte(strings.Repeat(" ", api.MaxOpenBytes-2) + "{}")
	answered := func(authorization string, want int) {
		t.Helper()
		for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) { // far below what an address may call
			response, text := sendAs(t, s, authorization, "/v1/auth:signIn", whole, false)
			later := reasonOf(text) == "TOO_MANY_CALLS" && response.Header.Get("Retry-After") != ""
			if response.StatusCode == want && later == (want == http.StatusTooManyRequests) {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%d, not %d: %.400s", response.StatusCode, want, text)
			}
		}
	}
	answered("", http.StatusTooManyRequests)
	answered("Bearer "+signed(t, s), http.StatusBadRequest) // it names nobody
	for _, conn := range conns {
		conn.Close() // those that were refused may be closed already
	}
	answered("", http.StatusBadRequest)
}
