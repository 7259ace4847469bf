package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// runVariable makes the test program ks-server itself, for tests that kill it.
const runVariable = "KS_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runVariable) != "" {
		main()
	}
	passphraseWork = 10
	testscript.Main(m, map[string]func(){
		"ks-server": main,
	})
}

// TestScripts uses the program as an operator does; each script is a story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
