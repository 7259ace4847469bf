package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrongArgumentsEndWithTheirOwnCodeAndSayWhereHelpIs(t *testing.T) {
	t.Setenv("KS_USER", "")
	for args, help := range map[string]string{
		"bogus":                       "ks-device --help",
		"sync":                        "ks-device sync --help",
		"sync --user siti --pin zz":   "ks-device sync --help",
		"show --user siti":            "ks-device show --help",
		"iks":                         "ks-device iks --help",
		"iks --from xml families.csv": "ks-device iks --help",
		"app --listen 0.0.0.0:0":      "ks-device app --help",
		"review bogus --user siti":    "ks-device review --help",
		"backup --user siti":          "ks-device backup --help",
	} {
		var out, errs bytes.Buffer
		words := strings.Fields(args)
		if len(words) > 1 && words[0] != "iks" {
			words = append(words, "--dir", t.TempDir())
		}
		if code := Run(t.Context(), words, strings.NewReader(""), &out, &errs); code != exitMisused || !strings.Contains(errs.String(), "Run '"+help+"'") {
			t.Errorf("ks-device %s: exit %d, %s", args, code, errs.String())
		}
	}
}

// TestAPlaceThatCannotBeIsNamed, and is not taken for a device without signal: an address in
// another form, and a folder in whose place the program lies.
func TestAPlaceThatCannotBeIsNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ks-device")
	if err := os.WriteFile(file, []byte("program"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, server, says string }{
		{t.TempDir(), "https://x:1", `"https://x:1": write host:port`},
		{t.TempDir(), "https://x", `"https://x": write host:port`},
		{t.TempDir(), "x:1/", `"x:1/": write host:port`},
		{t.TempDir(), "x:", `"x:": write host:port`},
		{t.TempDir(), "sync.example.go.id", `"sync.example.go.id": write host:port`},
		{t.TempDir(), ":8443", `":8443": write host:port`},
		{t.TempDir(), "x y:1", `"x y:1": write host:port`},
		{file, "127.0.0.1:1", "KS_DEVICE_DIR): " + file + ", where the device's data are to be, is a file"},
	} {
		for _, command := range []string{"sync --user siti", "carry --user siti file.ksb", "app"} {
			var out, errs bytes.Buffer
			words := append(strings.Fields(command), "--dir", c.dir, "--server", c.server)
			if code := Run(t.Context(), words, strings.NewReader("kata sandi\n"), &out, &errs); code != exitMisused || !strings.Contains(errs.String(), c.says) {
				t.Errorf("ks-device %q: exit code %d, %s", words, code, errs.String())
			}
		}
	}
	for _, server := range []string{"127.0.0.1:8443", "sync.example.go.id:443", "[::1]:8443", "x:https"} {
		if err := (&place{server: server}).checkServer(); err != nil {
			t.Error(err)
		}
	}
}
