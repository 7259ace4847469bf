package dukcapil

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/keluarga-sehat/sync/internal/settings"
)

// Config is the way to a registry, and how much it may be used.
type Config struct {
	// URL of the registry's web service, https.
	URL string
	// CA is a file of PEM certificates that the registry's must come from; "": the
	// system's.
	CA string
	// Certificate and Key are PEM files by which this server shows itself.
	Certificate, Key string
	// Consumer is the institution's part of the address; User and Password are its
	// credentials; ServerAddress is the IP address that the agreement names.
	Consumer, User, Password, ServerAddress string
	// PersonMethod and CardMethod are the last parts of the addresses.
	PersonMethod, CardMethod string
	// PerUser and InAll bound look-ups a day (WIB).
	PerUser, InAll int64

	now            func() time.Time
	attemptTimeout time.Duration
}

// Defaults of a configuration: a surveyor visits some ten to thirty families a
// day; what the whole server may ask is for the agreement to say.
const (
	DefaultPersonMethod = "CALL_NIK"
	DefaultCardMethod   = "CALL_KK"
	DefaultPerUser      = 100
	DefaultInAll        = 100_000
)

// othersMode is what others may read of files with secrets: nothing.
const othersMode = 0o077

// LoadConfig reads a file of lines name=value: url, ca, certificate, key,
// consumer, user, password-file, server-address, person-method, card-method,
// per-user, in-all. Paths are from the file's folder. The password stands in a
// file of its own; neither it nor the key may be readable by others.
func LoadConfig(path string) (Config, error) {
	c := Config{PersonMethod: DefaultPersonMethod, CardMethod: DefaultCardMethod, PerUser: DefaultPerUser, InAll: DefaultInAll}
	data, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	passwordFile := ""
	texts := map[string]*string{
		"url": &c.URL, "ca": &c.CA, "certificate": &c.Certificate, "key": &c.Key, "consumer": &c.Consumer, "user": &c.User,
		"password-file": &passwordFile, "server-address": &c.ServerAddress, "person-method": &c.PersonMethod, "card-method": &c.CardMethod,
	}
	numbers := map[string]*int64{"per-user": &c.PerUser, "in-all": &c.InAll}
	values, err := settings.Parse(data, slices.Concat(slices.Sorted(maps.Keys(texts)), slices.Sorted(maps.Keys(numbers))))
	if err != nil {
		return c, fmt.Errorf("%s %w", path, err)
	}
	for name, value := range values {
		if text := texts[name]; text != nil {
			*text = value.Text
			continue
		}
		number := numbers[name]
		if *number, err = strconv.ParseInt(value.Text, 10, 64); err != nil || *number < 0 {
			return c, fmt.Errorf("%s line %d: %s: not a number of look-ups", path, value.Line, name)
		}
	}
	for _, file := range []*string{&c.CA, &c.Certificate, &c.Key, &passwordFile} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(filepath.Dir(path), *file)
		}
	}
	if c.Password, err = readSecret(passwordFile); err != nil {
		return c, fmt.Errorf("%s: password-file: %w", path, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// check finds all that is missing at once.
func (c *Config) check() error {
	var wrong []error
	if u, err := url.Parse(c.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		wrong = append(wrong, errors.New("url: must be https://HOST[:PORT][/PATH]"))
	}
	for _, x := range []struct{ name, value string }{
		{"certificate", c.Certificate}, {"key", c.Key}, {"consumer", c.Consumer}, {"user", c.User},
		{"person-method", c.PersonMethod}, {"card-method", c.CardMethod},
	} {
		if x.value == "" {
			wrong = append(wrong, fmt.Errorf("%s: missing", x.name))
		}
	}
	if strings.ContainsAny(c.Consumer+c.PersonMethod+c.CardMethod, "?#") {
		wrong = append(wrong, errors.New("consumer and methods are parts of a path"))
	}
	return errors.Join(wrong...)
}

func readSecret(path string) (string, error) {
	if path == "" {
		return "", errors.New("missing")
	}
	if err := closedToOthers(path); err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	return strings.TrimSpace(string(data)), err
}

func closedToOthers(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&othersMode != 0 && os.PathSeparator == '/' {
		return fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	return nil
}

// tls is how the connection is secured: 1.2 at least, both sides shown.
func (c *Config) tls() (*tls.Config, error) {
	if err := closedToOthers(c.Key); err != nil {
		return nil, err
	}
	own, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate for the civil registry: %w", err)
	}
	out := &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		data, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, err
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("%s: no certificate in it", c.CA)
		}
	}
	return out, nil
}
