package wire

import (
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

func certificate(t *testing.T) ([]byte, tls.Certificate) {
	t.Helper()
	certPEM, keyPEM, err := SelfSigned(rand.Reader, []string{"127.0.0.1", "localhost"}, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return certPEM, cert
}

func TestOnePortServesBothAndASlowHandshakeHoldsUpNobody(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	certPEM, cert := certificate(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	split := NewSplit(inner, ServerTLS(cert))
	g := grpc.NewServer(append(ServerOptions(), grpc.Creds(Handshaked{}))...)
	grpc_health_v1.RegisterHealthServer(g, health.NewServer())
	h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page") })}
	done := make(chan struct{}, 2)
	go func() { g.Serve(split.GRPC); done <- struct{}{} }()
	go func() { h.Serve(split.HTTP); done <- struct{}{} }()

	slow, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	pin, err := PinOf(certPEM)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := ClientTLS(nil, &pin)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(inner.Addr().String(), append(DialOptions(), grpc.WithTransportCredentials(credentials.NewTLS(conf)))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := grpc_health_v1.NewHealthClient(conn).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
		t.Fatal(err)
	}
	roots, err := ClientTLS(certPEM, nil)
	if err != nil {
		t.Fatal(err)
	}
	roots.NextProtos = nil
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: roots}}
	resp, err := web.Get("https://" + inner.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(body) != "page" {
		t.Fatalf("HTTP said %q", body)
	}
	wrong := pin
	wrong[0]++
	badConf, _ := ClientTLS(nil, &wrong)
	bad, _ := grpc.NewClient(inner.Addr().String(), grpc.WithTransportCredentials(credentials.NewTLS(badConf)))
	if _, err := grpc_health_v1.NewHealthClient(bad).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}); err == nil {
		t.Fatal("another certificate accepted")
	}
	bad.Close()
	conn.Close()
	slow.Close()
	web.CloseIdleConnections()
	g.Stop()
	h.Close()
	if err := split.Close(); err != nil {
		t.Fatal(err)
	}
	<-done
	<-done
}
