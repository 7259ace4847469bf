package app

import (
	"errors"
	"strings"
	"testing"
)

// A device's name has as many letters as the server takes, whatever bytes these are.
func TestALinkNamesADeviceInAsManyLettersAsTheServerTakes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]error{
		"Tablet 7": nil, strings.Repeat("é", maxDeviceName): nil, strings.Repeat("é", maxDeviceName+1): ErrLink, strings.Repeat("x", maxDeviceName+1): ErrLink,
	} {
		link := Setup{Server: "server.example:8443", DeviceName: name}.Link()
		if s, err := ParseLink(link); !errors.Is(err, want) || err == nil && s.DeviceName != name {
			t.Errorf("%q: %q, %v", name, s.DeviceName, err)
		}
	}
}
