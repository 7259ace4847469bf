package wire

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestChunksSurviveEachCompression(t *testing.T) {
	t.Parallel()
	for _, c := range Compressions() {
		rng := mathrand.New(mathrand.NewPCG(1, 2))
		comp, err := NewCompressor(c)
		if err != nil {
			t.Fatal(err)
		}
		dec, err := NewDecompressor(c)
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			chunk := bytes.Repeat([]byte{byte(rng.IntN(256)), byte(rng.IntN(4))}, rng.IntN(2000))
			for i := range chunk {
				if rng.IntN(10) == 0 {
					chunk[i] = byte(rng.IntN(256))
				}
			}
			data, err := comp.Compress(chunk)
			if err != nil {
				t.Fatal(err)
			}
			got, err := dec.Decompress(data, uint32(len(chunk)))
			if err != nil || !bytes.Equal(got, chunk) {
				t.Fatalf("%s: %v", c, err)
			}
		}
		dec.Close()
	}
}

func TestSpoiledChunksGiveErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []ksv1.Compression{ksv1.Compression_COMPRESSION_ZSTD, ksv1.Compression_COMPRESSION_GZIP} {
		comp, _ := NewCompressor(c)
		data, _ := comp.Compress(bytes.Repeat([]byte("abc"), 1000))
		for cut := range data {
			dec, _ := NewDecompressor(c)
			got, err := dec.Decompress(data[:cut], 3000)
			// Without its flush marker, a chunk may be whole already.
			if !errors.Is(err, ErrChunk) && !bytes.Equal(got, bytes.Repeat([]byte("abc"), 1000)) {
				t.Fatalf("%s cut at %d: %v", c, cut, err)
			}
			dec.Close()
		}
	}
	dec, _ := NewDecompressor(ksv1.Compression_COMPRESSION_ZSTD)
	if _, err := dec.Decompress(nil, MaxChunkBytes+1); !errors.Is(err, ErrChunk) {
		t.Fatalf("oversized: %v", err)
	}
	if _, err := NewCompressor(0); err == nil {
		t.Fatal("unknown compression accepted")
	}
}

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
