package main

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// Devices pin the key, so that a renewed certificate must have the same.
func TestARenewedCertificateKeepsKeyAndNames(t *testing.T) {
	t.Parallel()
	o := &options{dir: filepath.Join(t.TempDir(), "d")}
	run := func(want int, words ...string) string {
		var out bytes.Buffer
		if code := Run(t.Context(), append(words, "--dir", o.dir), strings.NewReader(""), &out, &out); code != want {
			t.Errorf("%q: exit code %d, %s", words, code, out.String())
		}
		return out.String()
	}
	pem := func() []byte {
		data, err := os.ReadFile(o.certificate())
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	leaf := func() *x509.Certificate {
		pair, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf
	}
	run(exitOK, "init", "--host", "sync.example.go.id", "--host", "10.0.0.7")
	old := pem()
	pin, err := wire.PinOf(old)
	if err != nil {
		t.Fatal(err)
	}
	// As two years later.
	pair, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		t.Fatal(err)
	}
	ending, err := wire.Renewed(rand.Reader, pair, nil, time.Now(), time.Hour)
	if err := errors.Join(err, os.WriteFile(o.certificate(), ending, 0o600)); err != nil {
		t.Fatal(err)
	}
	if said := run(exitFailed, "doctor"); !strings.Contains(said, "'ks-server certificate renew'") {
		t.Errorf("doctor: %s", said)
	}
	if said := run(exitOK, "certificate", "renew"); !strings.Contains(said, pin.String()) {
		t.Errorf("renew: %s", said)
	}
	now, err := wire.PinOf(pem())
	if c := leaf(); err != nil || now != pin || bytes.Equal(pem(), ending) || time.Until(c.NotAfter) < certificateValidity-time.Hour ||
		c.VerifyHostname("sync.example.go.id") != nil || c.VerifyHostname("10.0.0.7") != nil {
		t.Errorf("renewed: pin %s, %v, until %s, for %q %v", now, err, c.NotAfter, c.DNSNames, c.IPAddresses)
	}
	if said := run(exitFailed, "doctor"); strings.Contains(said, "WRONG  certificate") {
		t.Errorf("doctor: %s", said)
	}
	run(exitOK, "certificate", "renew", "--host", "baru.example.go.id")
	if c := leaf(); c.VerifyHostname("baru.example.go.id") != nil || c.VerifyHostname("10.0.0.7") == nil {
		t.Errorf("renewed for %q %v", c.DNSNames, c.IPAddresses)
	}
	run(exitMisused, "certificate", "renew", "--host", "https://x")
	if err := checkPair(o); err != nil {
		t.Error(err)
	}
}
