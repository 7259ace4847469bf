package main

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// TestACertificateIsForHostsThatCanBeAskedFor: others are refused before anything is made.
func TestACertificateIsForHostsThatCanBeAskedFor(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"https://sync.example.go.id", "x:8443", "", "bad host", "a..b", ".a", "a.", "-a", "10.0.0", "1.2.3.400", "fe80::1%eth0", "*.go.id", "a_b", strings.Repeat("a", 64)} {
		dir := filepath.Join(t.TempDir(), "d")
		var out bytes.Buffer
		if code := Run(t.Context(), []string{"init", "--dir", dir, "--host", host}, strings.NewReader(""), &out, &out); code != exitMisused || !strings.Contains(out.String(), "--host") {
			t.Errorf("%q: exit code %d, %s", host, code, out.String())
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q: a folder was made", host)
		}
	}
	for _, host := range []string{"localhost", "sync.example.go.id", "SYNC-1.go.id", "127.0.0.1", "::1", "3com.example", "xn--bcher-kva.example"} {
		if err := checkHost(host); err != nil {
			t.Error(err)
		}
	}
}

// wrongCount is how doctor ends.
func wrongCount(wrong int) string {
	if wrong == 1 {
		return "1 thing is wrong"
	}
	return strconv.Itoa(wrong) + " things are wrong"
}

// TestDoctorLooksAtTheCertificateAndItsKey, which clients and others see.
func TestDoctorLooksAtTheCertificateAndItsKey(t *testing.T) {
	t.Parallel()
	o := &options{dir: filepath.Join(t.TempDir(), "d")}
	mustRun(t, "init", "--dir", o.dir)
	doctor := func() string {
		var out bytes.Buffer
		Run(t.Context(), []string{"doctor", "--dir", o.dir}, strings.NewReader(""), &out, &out)
		return out.String()
	}
	if said := doctor(); !strings.Contains(said, "ok     certificate\n") || strings.Contains(said, "others can read") {
		t.Errorf("as init made it: %s", said)
	}
	if err := os.Chmod(o.privateKey(), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := doctor(); !strings.Contains(said, "others can read "+o.privateKey()+": chmod 600 it") {
		t.Errorf("others can read the key: %s", said)
	}
	for says, hosts := range map[string][]string{"is for no DNS name": nil, `"https://a.go.id" is no DNS name`: {"a.go.id", "https://a.go.id"}} {
		certificate, key, err := wire.SelfSigned(rand.Reader, hosts, time.Now(), certificateValidity)
		if err != nil {
			t.Fatal(err)
		}
		write(t, o.certificate(), string(certificate))
		write(t, o.privateKey(), string(key))
		if said := doctor(); !strings.Contains(said, "WRONG  certificate: ") || !strings.Contains(said, says) || !strings.Contains(said, ": "+wrongCount(strings.Count(said, "WRONG"))) {
			t.Errorf("for %q: %s", hosts, said)
		}
	}
}
