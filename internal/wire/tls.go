package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"
)

// ErrCertificate is returned for a server whose certificate is not the one
// expected: a captive portal, another server, an attacker.
var ErrCertificate = errors.New("server's certificate is not the expected one")

// SelfSigned makes a certificate (ECDSA on P-256) for the hosts (names or
// addresses), valid from an hour before now, since clocks differ; clients trust
// it by its pin or by the certificate itself. rand gives the serial number; the
// key and signature take the system's randomness, as crypto/ecdsa does.
func SelfSigned(rand io.Reader, hosts []string, now time.Time, validity time.Duration) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	if certPEM, err = certify(rand, key, hosts, now, validity); err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encode key: %w", err)
	}
	return certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

// ErrIssued is returned for a certificate that somebody else has signed.
var ErrIssued = errors.New("the certificate is not signed by its own key")

// Renewed makes a certificate anew for its own key, so that its pin stays; no hosts: those that
// it is for. Errors: ErrIssued.
func Renewed(rand io.Reader, old tls.Certificate, hosts []string, now time.Time, validity time.Duration) (certPEM []byte, err error) {
	cert, err := x509.ParseCertificate(old.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("parse certificate: %w", err)
	}
	key, ok := old.PrivateKey.(crypto.Signer)
	if !ok || cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) != nil {
		return nil, ErrIssued
	}
	if len(hosts) == 0 {
		hosts = slices.Clone(cert.DNSNames)
		for _, ip := range cert.IPAddresses {
			hosts = append(hosts, ip.String())
		}
	}
	return certify(rand, key, hosts, now, validity)
}

// certify has a key sign a certificate for itself.
func certify(rand io.Reader, key crypto.Signer, hosts []string, now time.Time, validity time.Duration) (certPEM []byte, err error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(rand, serial); err != nil {
		return nil, fmt.Errorf("draw serial: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: "Keluarga Sehat Sync"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// Its own issuer, and nobody else's.
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// ServerTLS is a server's configuration: TLS 1.3, 1.2 at least; it prefers
// http/1.1, which browsers and REST clients offer, so that gRPC clients, which
// offer only h2, keep gRPC's own transport.
func ServerTLS(certificate tls.Certificate) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", "h2"},
	}
}

// Pin is SHA-256 of a certificate's public key (SPKI).
type Pin [sha256.Size]byte

// ParsePin reads a pin as ks-server init prints it: 64 hexadecimal digits.
func ParsePin(text string) (Pin, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != len(Pin{}) {
		return Pin{}, fmt.Errorf("a pin has %d hexadecimal digits", 2*len(Pin{}))
	}
	return Pin(raw), nil
}

// String is what ParsePin reads.
func (p Pin) String() string { return hex.EncodeToString(p[:]) }

// PinOf is the pin of the first certificate in PEM.
func PinOf(certPEM []byte) (Pin, error) {
	block, _ := pem.Decode(certPEM)
	if block == nil {
		return Pin{}, errors.New("no certificate in PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Pin{}, fmt.Errorf("parse certificate: %w", err)
	}
	return sha256.Sum256(cert.RawSubjectPublicKeyInfo), nil
}

// ClientTLS trusts servers that the roots in PEM vouch for (nil: the system's),
// or, where a pin is given, exactly that public key, whatever its issuer and
// dates; then the roots are not asked. A certificate's dates are compared with
// the clock of the device, which may be wrong: set the result's Time where a
// better one is known.
func ClientTLS(rootsPEM []byte, pin *Pin) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}}
	if rootsPEM != nil {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(rootsPEM) {
			return nil, errors.New("no certificate in the roots' PEM")
		}
	}
	if pin != nil {
		// The pin replaces the chain, not the proof of possession.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo) != *pin {
				return ErrCertificate
			}
			return nil
		}
	}
	return c, nil
}
