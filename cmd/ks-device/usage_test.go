package main

import (
	"bytes"
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
