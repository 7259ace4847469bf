package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/lasting"
)

// Setup is where a device's server is: what an administrator hands out as a link
// or QR code.
type Setup struct {
	// Server is "host:port".
	Server string `json:"server"`
	// Pin is SHA-256 of the server's public key, hexadecimal; "": the machine's
	// certificates vouch for the server.
	Pin string `json:"pin,omitempty"`
	// DeviceName is how people know this device.
	DeviceName string `json:"deviceName,omitempty"`
}

// setupFile keeps it in the folder of the data.
const setupFile = "setup.json"

// linkScheme of an administrator's link.
const linkScheme = "keluargasehat"

// maxDeviceName bounds a device's name, in characters, as the server does.
const maxDeviceName = 100

// ErrLink: the text is no link from an administrator, or says nothing usable.
var ErrLink = errors.New("tautan penyiapan perangkat tidak dikenali; minta tautan atau kode QR baru kepada administrator Puskesmas")

// ParseLink reads an administrator's link,
// "keluargasehat://siapkan?server=HOST:PORT&pin=HEX&nama=NAME". Errors: ErrLink.
func ParseLink(link string) (Setup, error) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Scheme != linkScheme || u.Host != "siapkan" {
		return Setup{}, ErrLink
	}
	s := Setup{Server: u.Query().Get("server"), Pin: u.Query().Get("pin"), DeviceName: u.Query().Get("nama")}
	return s, s.check()
}

// Link is the link that ParseLink reads.
func (s Setup) Link() string {
	q := url.Values{"server": {s.Server}}
	if s.Pin != "" {
		q.Set("pin", s.Pin)
	}
	if s.DeviceName != "" {
		q.Set("nama", s.DeviceName)
	}
	return linkScheme + "://siapkan?" + q.Encode()
}

func (s Setup) check() error {
	if err := clientsdk.CheckServer(s.Server); err != nil {
		return fmt.Errorf("%w (server %q)", ErrLink, s.Server)
	}
	if utf8.RuneCountInString(s.DeviceName) > maxDeviceName {
		return fmt.Errorf("%w (nama perangkat lebih dari %d huruf)", ErrLink, maxDeviceName)
	}
	if s.Pin != "" {
		if _, err := clientsdk.ParsePin(s.Pin); err != nil {
			return fmt.Errorf("%w (pin)", ErrLink)
		}
	}
	return nil
}

// readSetup is what a folder keeps; the zero Setup where it keeps nothing.
func readSetup(dir string) (Setup, error) {
	var s Setup
	data, err := os.ReadFile(filepath.Join(dir, setupFile))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", setupFile, err)
	}
	return s, s.check()
}

// write keeps it, whole or not at all.
func (s Setup) write(dir string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("encode set-up: %w", err)
	}
	if err := lasting.WriteFile(filepath.Join(dir, setupFile), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("keep set-up: %w", err)
	}
	return nil
}
