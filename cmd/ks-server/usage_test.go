package main

import (
	"bytes"
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
