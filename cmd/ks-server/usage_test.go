package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrongArgumentsEndWithTheirOwnCodeAndSayWhereHelpIs(t *testing.T) {
	for args, help := range map[string]string{
		"":                                  "ks-server --help",
		"bogus":                             "ks-server --help",
		"serve --listne 127.0.0.1:0":        "ks-server serve --help",
		"import":                            "ks-server import --help",
		"import areas":                      "ks-server import areas --help",
		"export families --format pdf":      "ks-server export families --help",
		"export families --year -3":         "ks-server export families --help",
		"export families --year 20262":      "ks-server export families --help",
		"serve --return-days -1":            "ks-server serve --help",
		"serve --return-days=366":           "ks-server serve --help",
		"account add siti --role king":      "ks-server account add --help",
		"registration accept one":           "ks-server registration accept --help",
		"person erase --nik 12":             "ks-server person erase --help",
		"device held":                       "ks-server device held --help",
		"keys turn":                         "ks-server keys --help",
		"audit verify --since yesterday":    "ks-server audit verify --help",
		"contacts import a.csv --area xx x": "ks-server contacts import --help",
	} {
		var out, errs bytes.Buffer
		words := append(strings.Fields(args), "--dir", t.TempDir())
		if code := Run(t.Context(), words, strings.NewReader(""), &out, &errs); code != exitMisused || !strings.Contains(errs.String(), "Run '"+help+"'") {
			t.Errorf("ks-server %s: exit %d, %s", args, code, errs.String())
		}
	}
}

// Names that a device could take for another's are refused before anything is made.
func TestUserNamesAreThoseThatNameFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	for _, name := range []string{"", "  ", "a\nb", "siti aminah", "siti/aminah", "-siti", strings.Repeat("s", 65), "siti\u00e9"} {
		for _, words := range [][]string{
			{"init", "--dir", dir, "--user", name},
			{"account", "add", "--dir", dir, "--role", "national", "--", name},
		} {
			var out, errs bytes.Buffer
			if code := Run(t.Context(), words, strings.NewReader("kata sandi yang panjang sekali\n"), &out, &errs); code != exitMisused {
				t.Errorf("%q: exit code %d, %s", words, code, errs.String())
			}
			if _, err := os.Stat(dir); err == nil {
				t.Fatalf("%q made a folder", words)
			}
		}
	}
}

// A folder in whose place no other can be put is found before a restore begins.
func TestAFolderThatCannotBeReplacedIsFoundFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := checkReplaceable(filepath.Join(dir, "new")); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
	there := filepath.Join(dir, "there")
	if err := os.Mkdir(there, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := checkReplaceable(there); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := os.Stat(there); err != nil {
		t.Errorf("it is not where it was: %v", err)
	}
	for _, dir := range []string{".", "/proc"} {
		if err := checkReplaceable(dir); err == nil || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
