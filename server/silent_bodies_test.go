package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/rates"
)

// getAddresses are of each kind that answers GET: files, figures, what the gateway serves, pages and papers.
var getAddresses = []string{
	"/v1/exports/figures", "/v1/exports/puskesmas/P3204050101/report", "/v1/feeds/figures", "/v1/areas/32.04/index", "/v1/auth/self",
	"/", "/registrasi/", "/openapi.json", "/healthz", "/nowhere",
}

// announced are headers of a body that does not come.
var announced = []string{"Content-Length: 1000", "Transfer-Encoding: chunked"}

// patience is how long a test waits for what comes at once.
const patience = 20 * time.Second

// askSilently sends a request's header over TLS, and gives what answers it.
func askSilently(t *testing.T, address, request string, headers ...string) *bufio.Reader {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", request, strings.Join(headers, "\r\n"))
	return bufio.NewReader(conn)
}

func TestAGetWithABodyIsRefusedAndBrokenOffAtOnce(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	asked := map[[3]string]*bufio.Reader{}
	for _, path := range getAddresses {
		for _, header := range announced {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				asked[[3]string{method, path, header}] = askSilently(t, s.Addr().String(), method+" "+path, header)
			}
		}
	}
	for name, in := range asked {
		answer, err := http.ReadResponse(in, &http.Request{Method: name[0]})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusBadRequest || !answer.Close || name[0] == http.MethodGet && reasonOf(string(text)) != "BAD_REQUEST" {
			t.Errorf("%s: %d, %s, %v", name, answer.StatusCode, text, err)
		}
		if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: the connection is open still: %v", name, err)
		}
	}
	if answer, _ := ask(t, s, http.MethodGet, "/healthz", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("a GET without a body: %d", answer.StatusCode)
	}
	// As some libraries send it.
	for _, idle := range []string{"Transfer-Encoding: chunked\r\n\r\n0", "Content-Length: 4\r\n\r\nnull"} {
		in := askSilently(t, s.Addr().String(), "GET /healthz", idle)
		if answer, err := http.ReadResponse(in, nil); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("a GET with %q: %v, %v", idle, answer, err)
		}
	}
}

// The deadline of reading, here of a second, ends who announces a body that never comes.
func TestABodyThatNeverComesHoldsNoConnection(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	s.http.ReadTimeout = time.Second
	running(t, s)
	files := httptest.NewUnstartedServer(downloads(s.gateway, func(_ string, err error) error { return err }))
	files.Config.ReadTimeout = time.Second
	files.StartTLS()
	t.Cleanup(files.Close)
	asked := map[[2]string]*bufio.Reader{}
	for request, address := range map[string]net.Addr{
		"POST /v1/exports/families": s.Addr(), "POST /v1/auth:signIn": s.Addr(), "POST /v1/registrations": s.Addr(), "POST /session/sign-in": s.Addr(),
		"POST /nowhere": s.Addr(), "DELETE /v1/registrations/1/puskesmas/P3204050101": s.Addr(), "PUT /v1/exports/figures": s.Addr(),
		// Files keep it by themselves, whatever stands before them.
		"GET /v1/exports/figures": files.Listener.Addr(), "GET /v1/feeds/figures": files.Listener.Addr(),
		"GET /v1/exports/puskesmas/P3204050101/report": files.Listener.Addr(),
	} {
		for _, header := range announced {
			asked[[2]string{request, header}] = askSilently(t, address.String(), request, header)
		}
	}
	for name, in := range asked {
		if _, err := io.Copy(io.Discard, in); err != nil {
			t.Errorf("%s: the connection is open still: %v", name, err)
		}
	}
}

// slowFiles gives a file whose head takes a while, and each of its two pieces.
type slowFiles struct {
	ksv1.UnimplementedExportServiceServer
	pause time.Duration
}

func (f slowFiles) ExportFigures(_ *ksv1.ExportFiguresRequest, stream grpc.ServerStreamingServer[httpbody.HttpBody]) error {
	time.Sleep(f.pause)
	if err := stream.SendHeader(metadata.Pairs(api.MetaFileName, "f.csv", api.MetaContentType, "text/csv")); err != nil {
		return err
	}
	for _, piece := range []string{"one,", "two"} {
		time.Sleep(f.pause)
		if err := stream.Send(&httpbody.HttpBody{Data: []byte(piece)}); err != nil {
			return err
		}
	}
	return nil
}

func TestAFileMayTakeLongerThanItsRequest(t *testing.T) {
	t.Parallel()
	inside := bufconn.Listen(1 << 16)
	s := grpc.NewServer()
	const reading = 500 * time.Millisecond
	ksv1.RegisterExportServiceServer(s, slowFiles{pause: 3 * reading / 2})
	go func() { _ = s.Serve(inside) }()
	t.Cleanup(s.Stop)
	conn, err := grpc.NewClient("passthrough:///inside", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return inside.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	files := httptest.NewUnstartedServer(downloads(conn, func(_ string, err error) error { return err }))
	files.Config.ReadTimeout = reading
	files.StartTLS()
	t.Cleanup(files.Close)
	answer, err := files.Client().Get(files.URL + "/v1/exports/figures")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "one,two" {
		t.Errorf("%d, %q, %v", answer.StatusCode, text, err)
	}
}
