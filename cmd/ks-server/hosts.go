package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// hostLabel is a part of a DNS name.
var hostLabel = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// maxHostName bounds a DNS name, bytes.
const maxHostName = 253

// checkHost tells whether a certificate can be for a host: a DNS name or an IP address.
func checkHost(host string) error {
	if _, err := netip.ParseAddr(host); err == nil && !strings.Contains(host, "%") {
		return nil
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	ok := len(host) <= maxHostName && strings.Trim(last, "0123456789") != "" // else an address that is none
	for _, l := range labels {
		ok = ok && hostLabel.MatchString(l)
	}
	if !ok {
		return fmt.Errorf("%q is no DNS name such as sync.example.go.id and no IP address; without https:// and port", host)
	}
	return nil
}

// checkHosts is of the hosts of a new certificate.
func checkHosts(hosts []string) error {
	if len(hosts) == 0 {
		return misused("--host: a certificate is for one host or more")
	}
	for _, h := range hosts {
		if err := checkHost(h); err != nil {
			return misused("--host %v", err)
		}
	}
	return nil
}

// checkNames tells whether devices can find the server under what a certificate is for.
func checkNames(cert *x509.Certificate) error {
	if len(cert.DNSNames)+len(cert.IPAddresses) == 0 {
		return errors.New("is for no DNS name or IP address (subjectAltName), so that no client trusts it: replace it")
	}
	for _, name := range cert.DNSNames {
		if err := checkHost(strings.TrimPrefix(name, "*.")); err != nil {
			return fmt.Errorf("is for a name that no client asks for: %w: replace it", err)
		}
	}
	return nil
}
