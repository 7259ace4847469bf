package wire

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// meet does a handshake of two configurations.
func meet(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		// Until the client goes; its refusal is for the client's side to tell.
		_, _ = io.Copy(io.Discard, c)
	}()
	defer func() { <-done }()
	defer l.Close()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	c := tls.Client(raw, client)
	err = c.HandshakeContext(t.Context())
	return c.ConnectionState(), err
}

func TestTheRightServerIsTrustedByRootAndByPin(t *testing.T) {
	t.Parallel()
	certPEM, cert := certificate(t)
	otherPEM, other := certificate(t)
	pin, err := PinOf(certPEM)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		server tls.Certificate
		roots  []byte
		pin    *Pin
		host   string
		ok     bool
	}{
		"root":                       {cert, certPEM, nil, "localhost", true},
		"another root":               {cert, otherPEM, nil, "localhost", false},
		"another name":               {cert, certPEM, nil, "example.org", false},
		"the system's roots":         {cert, nil, nil, "localhost", false},
		"pin":                        {cert, nil, &pin, "any.name", true},
		"another key under the pin":  {other, nil, &pin, "localhost", false},
		"root right, but pin wrong":  {other, otherPEM, &pin, "localhost", false},
		"pin right, whatever a root": {cert, otherPEM, &pin, "localhost", true},
	} {
		conf, err := ClientTLS(c.roots, c.pin)
		if err != nil {
			t.Fatal(err)
		}
		conf.ServerName = c.host
		state, err := meet(t, ServerTLS(c.server), conf)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.pin != nil && !c.ok && !errors.Is(err, ErrCertificate) {
			t.Errorf("%s: %v is not ErrCertificate", name, err)
		}
		if c.ok && (state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != "h2") {
			t.Errorf("%s: version %x, %q", name, state.Version, state.NegotiatedProtocol)
		}
	}
}

func TestFloorIsTLS12(t *testing.T) {
	t.Parallel()
	certPEM, cert := certificate(t)
	for version, ok := range map[uint16]bool{tls.VersionTLS13: true, tls.VersionTLS12: true, tls.VersionTLS11: false} {
		conf, err := ClientTLS(certPEM, nil)
		if err != nil {
			t.Fatal(err)
		}
		conf.ServerName, conf.MinVersion, conf.MaxVersion = "localhost", version, version
		if _, err := meet(t, ServerTLS(cert), conf); (err == nil) != ok {
			t.Errorf("client of version %x: %v", version, err)
		}
		if conf, err = ClientTLS(certPEM, nil); err != nil {
			t.Fatal(err)
		}
		conf.ServerName = "localhost"
		server := ServerTLS(cert)
		server.MinVersion, server.MaxVersion = version, version
		if _, err := meet(t, server, conf); (err == nil) != ok {
			t.Errorf("server of version %x: %v", version, err)
		}
	}
}

func TestExpiredCertificateIsRefusedByRootOnly(t *testing.T) {
	t.Parallel()
	certPEM, keyPEM, err := SelfSigned(rand.Reader, []string{"localhost"}, time.Now().AddDate(-2, 0, 0), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := ClientTLS(certPEM, nil)
	if err != nil {
		t.Fatal(err)
	}
	conf.ServerName = "localhost"
	var invalid x509.CertificateInvalidError
	if _, err := meet(t, ServerTLS(cert), conf); !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		t.Fatalf("by root: %v", err)
	}
	// A device whose clock is wrong may know the server's time.
	conf.Time = func() time.Time { return time.Now().AddDate(-2, 0, 0) }
	if _, err := meet(t, ServerTLS(cert), conf); err != nil {
		t.Fatalf("by root, at the right time: %v", err)
	}
	pin, err := PinOf(certPEM)
	if err != nil {
		t.Fatal(err)
	}
	if conf, err = ClientTLS(nil, &pin); err != nil {
		t.Fatal(err)
	}
	conf.ServerName = "localhost"
	if _, err := meet(t, ServerTLS(cert), conf); err != nil {
		t.Fatalf("by pin: %v", err)
	}
}

func TestSelfSignedKeyIsECDSAOnP256AndIssuesNobodyElse(t *testing.T) {
	t.Parallel()
	certPEM, _ := certificate(t)
	block, _ := pem.Decode(certPEM)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if cert.SignatureAlgorithm != x509.ECDSAWithSHA256 || !cert.MaxPathLenZero {
		t.Fatalf("%s, path length %d", cert.SignatureAlgorithm, cert.MaxPathLen)
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if err := cert.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

func TestNoCertificateInPEMIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := ClientTLS([]byte("no PEM"), nil); err == nil {
		t.Error("roots without a certificate accepted")
	}
	if _, err := PinOf([]byte("no PEM")); err == nil {
		t.Error("pin of nothing")
	}
}
