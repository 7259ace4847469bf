package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/wire"
)

func TestMain(m *testing.M) {
	if args := os.Getenv(envRunApp); args != "" {
		// A process of its own, to be killed.
		os.Exit(Run(context.Background(), strings.Fields(args), os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"ks-device": func() { os.Exit(Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts uses the program as a surveyor does, against a real server; each
// script has a Puskesmas of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/scripts", Setup: func(env *testscript.Env) error {
		f, err := field.New(context.Background(), field.Options{Dir: env.WorkDir, Surveyors: 2})
		if err != nil {
			return err
		}
		env.Defer(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		pin, err := wire.PinOf(f.CertPEM)
		if err != nil {
			return err
		}
		env.Setenv("KS_SERVER", f.Address)
		env.Setenv("KS_PIN", pin.String())
		env.Setenv("KS_PASSWORD", f.Password)
		return nil
	}})
}
