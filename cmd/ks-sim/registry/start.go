package registry

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// Options of a stand-in.
type Options struct {
	// Dir gets the files by which a ks-server is configured to use it: ConfigFile
	// and what that names.
	Dir string
	// Listen address; "": a free loopback port.
	Listen string
	// Quota of requests before it says that the day's is used up; 0: none.
	Quota int
	// PerUser and InAll go into ConfigFile.
	PerUser, InAll int
}

// ConfigFile is the file for `ks-server serve --dukcapil`.
const ConfigFile = "dukcapil.conf"

// validity of its certificates.
const validity = 30 * 24 * time.Hour

// Start starts a stand-in that knows nobody yet.
func Start(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, err
	}
	s := &Server{
		credentials: Credentials{Consumer: "dinkes-contoh", User: "ks-sync", Password: rand.Text()},
		quota:       o.Quota, mode: Answers, listener: listener, done: make(chan error, 1),
	}
	config, err := s.furnish(o)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), TLSConfig: config, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	go func() {
		err := s.http.ServeTLS(listener, "", "")
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		s.done <- err
	}()
	return s, nil
}

// URL is its address.
func (s *Server) URL() string { return "https://" + s.listener.Addr().String() }

// furnish makes certificates and writes the caller's files.
func (s *Server) furnish(o Options) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return nil, err
	}
	now := time.Now()
	ownCert, ownKey, err := wire.SelfSigned(rand.Reader, []string{host}, now, validity)
	if err != nil {
		return nil, err
	}
	callerCert, callerKey, err := callerCertificate(now)
	if err != nil {
		return nil, err
	}
	perUser, inAll := "", ""
	if o.PerUser > 0 {
		perUser = fmt.Sprintf("per-user = %d\n", o.PerUser)
	}
	if o.InAll > 0 {
		inAll = fmt.Sprintf("in-all = %d\n", o.InAll)
	}
	text := fmt.Sprintf(`# Written by the stand-in registry: invented persons, for development and tests.
url = %s
ca = registry.pem
certificate = caller.pem
key = caller.key
consumer = %s
user = %s
password-file = password
server-address = %s
%s%s`, s.URL(), s.credentials.Consumer, s.credentials.User, host, perUser, inAll)
	for name, data := range map[string][]byte{
		"registry.pem": ownCert, "caller.pem": callerCert, "caller.key": callerKey, "password": []byte(s.credentials.Password + "\n"), ConfigFile: []byte(text),
	} {
		if err := os.WriteFile(filepath.Join(o.Dir, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	own, err := tls.X509KeyPair(ownCert, ownKey)
	if err != nil {
		return nil, err
	}
	callers := x509.NewCertPool()
	callers.AppendCertsFromPEM(callerCert)
	return &tls.Config{
		Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: callers,
	}, nil
}

// callerCertificate makes the certificate by which the stand-in knows its caller.
func callerCertificate(now time.Time) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Keluarga Sehat Sync (contoh)"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}
