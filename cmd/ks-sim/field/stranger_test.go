package field

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/health/grpc_health_v1"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/rates"
)

// stranger is a connection of somebody without an account.
type stranger struct {
	t    *testing.T
	conn net.Conn
	*http2.Framer
	next uint32
}

// newStranger connects; window is what each stream takes of replies.
func newStranger(t *testing.T, f *Field, window uint32) *stranger {
	t.Helper()
	conn, err := tls.Dial("tcp", f.Address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { conn.Close() })
	s := &stranger{t, conn, http2.NewFramer(conn, conn), 1}
	_, err = io.WriteString(conn, http2.ClientPreface)
	if err := errors.Join(err, s.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window})); err != nil {
		t.Fatal(err)
	}
	return s
}

// ask begins a call; an empty message follows if it speaks. The server may have closed meanwhile.
func (s *stranger) ask(method string, speaks bool) {
	s.t.Helper()
	if id := s.askUnder(method, ""); speaks {
		_ = s.WriteData(id, true, make([]byte, 5))
	}
}

// askUnder begins a call that says nothing yet; it shows a token, unless that is "".
func (s *stranger) askUnder(method, token string) (id uint32) {
	s.t.Helper()
	head := [][2]string{
		{":method", "POST"}, {":scheme", "https"}, {":path", method}, {":authority", "x"}, {"content-type", "application/grpc"}, {"te", "trailers"},
	}
	if token != "" {
		head = append(head, [2]string{"authorization", "Bearer " + token})
	}
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, h := range head {
		if err := encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}); err != nil {
			s.t.Fatal(err)
		}
	}
	id = s.next
	s.next += 2
	_ = s.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndHeaders: true})
	return id
}

// settle waits until the server has seen all that was asked, or closed.
func (s *stranger) settle() {
	s.t.Helper()
	err := errors.Join(s.conn.SetDeadline(time.Now().Add(time.Minute)), s.WritePing(false, [8]byte{1}))
	for err == nil {
		var frame http2.Frame
		if frame, err = s.ReadFrame(); err == nil {
			if ping, ok := frame.(*http2.PingFrame); ok && ping.IsAck() && ping.Data == [8]byte{1} {
				return
			}
		}
	}
}

// A mobile operator lets a thousand devices share an address, also with a stranger who holds
// as much there as they can: of replies that they don't take, and of calls that say nothing.
func TestAStrangerAtTheSameAddressKeepsNoUserOut(t *testing.T) {
	t.Parallel()
	const check, signs = grpc_health_v1.Health_Check_FullMethodName, ksv1.AuthService_SignIn_FullMethodName
	for name, how := range map[string]struct {
		method string
		window uint32
		speaks bool
	}{
		"checks whose replies nobody takes": {check, 0, true},
		"checks that say nothing":           {check, 1 << 16, false}, "sign-ins that say nothing": {signs, 1 << 16, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 2, nil)
			u := signIn(t, f, "surveyor1")
			mustSync(t, u)
			const streams = 64
			for range api.SilentUsers/streams + 2 {
				s := newStranger(t, f, how.window)
				for range streams {
					s.ask(how.method, how.speaks)
				}
				s.settle()
			}
			mustSync(t, u)
			mustSync(t, signIn(t, f, "surveyor2"))
		})
	}
}

// Nor does one who asks as often as an address may, also where a token has run out meanwhile.
func TestAStrangerWhoAsksTooOftenKeepsNoUserOut(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: now, Rates: rates.Bounds{Address: 1e-9, AddressBurst: 8, Caller: 100, CallerBurst: 100}})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	u := withClock(t, f, now)
	mustSync(t, u)
	cookie, token := pageSession(t, f)
	s := newStranger(t, f, 1<<16)
	for range 20 {
		s.ask(grpc_health_v1.Health_Check_FullMethodName, true)
	}
	s.settle()
	var refused *clientsdk.ServerError
	if _, err := deviceOf(t, f, "baru").SignIn(t.Context(), "surveyor1", f.Password); !errors.As(err, &refused) || refused.Reason != "TOO_MANY_CALLS" {
		t.Errorf("one who has shown nothing: %v", err)
	}
	mustSync(t, u)
	passed.Store(int64(time.Hour))
	mustSync(t, u)
	if err := u.SignInAgain(t.Context(), f.Password); err != nil {
		t.Errorf("a sign-in under a token that has run out: %v", err)
	}
	for _, call := range []string{"refresh", "sign-out"} {
		if answer := askPage(t, f, call, "{}", cookie, ""); answer.StatusCode != http.StatusTooManyRequests {
			t.Errorf("a page that shows nothing, %s: %d", call, answer.StatusCode)
		}
		answer := askPage(t, f, call, "{}", cookie, "Bearer "+token)
		if answer.StatusCode/100 != 2 {
			t.Fatalf("a page's %s: %d", call, answer.StatusCode)
		}
		cookie = answer.Cookies()[0].String()
	}
}

// pageSession signs a page in: its cookie, and the token that it keeps.
func pageSession(t *testing.T, f *Field) (cookie, token string) {
	t.Helper()
	answer := askPage(t, f, "sign-in", fmt.Sprintf(`{"userName":"surveyor1","password":%q}`, f.Password), "", "")
	var grant struct{ AccessToken string }
	if err := json.NewDecoder(answer.Body).Decode(&grant); err != nil || len(answer.Cookies()) != 1 {
		t.Fatalf("%d, %v", answer.StatusCode, err)
	}
	return answer.Cookies()[0].String(), grant.AccessToken
}

// askPage makes a session call of a page.
func askPage(t *testing.T, f *Field, call, body, cookie, authorization string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+f.Address+"/session/"+call, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	r.Header.Set("Authorization", authorization)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}}
	cleanUp(t, client.CloseIdleConnections)
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { answer.Body.Close() })
	return answer
}
