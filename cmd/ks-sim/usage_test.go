package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestWrongArgumentsEndWithTheirOwnCodeAndSayWhereHelpIs(t *testing.T) {
	t.Parallel()
	for args, help := range map[string]string{
		"bogus":                      "ks-sim --help",
		"promises --seeds 9-1":       "ks-sim promises --help",
		"promises 7":                 "ks-sim promises --help",
		"puskesmas --conflict 2":     "ks-sim puskesmas --help",
		"demo --families 0":          "ks-sim demo --help",
		"links --step 0":             "ks-sim links --help",
		"procedure --only wishes":    "ks-sim procedure --help",
		"attack --for 1ms":           "ks-sim attack --help",
		"faults --cycles 0":          "ks-sim faults --help",
		"bench-peers --families 7":   "ks-sim bench-peers --help",
		"dukcapil --mode sleepy":     "ks-sim dukcapil --help",
		"dukcapil --quota -1":        "ks-sim dukcapil --help",
		"soak-report":                "ks-sim soak-report --help",
		"soak-report x --suites 0":   "ks-sim soak-report --help",
		"bench --only what-is-not":   "ks-sim bench --help",
		"bench --families 0":         "ks-sim bench --help",
		"bench --export-families 0":  "ks-sim bench --help",
		"bench --rights-families 99": "ks-sim bench --help",
		"mutants --only nothing-new": "ks-sim mutants --help",
	} {
		var out, errs bytes.Buffer
		if code := Run(t.Context(), strings.Fields(args), &out, &errs); code != exitMisused || !strings.Contains(errs.String(), "Run '"+help+"'") {
			t.Errorf("ks-sim %s: exit %d, %s", args, code, errs.String())
		}
	}
}
