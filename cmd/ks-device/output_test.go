package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// full is where nothing can be written.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// What a command could not write is its error, whatever it did.
func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	const family = `{"family":{"headName":"Asep","buildingNumber":"1"}}`
	dir := t.TempDir()
	f, err := field.New(t.Context(), field.Options{Dir: dir, Surveyors: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"KS_SERVER": f.Address, "KS_PIN": pin.String(), "KS_PASSWORD": f.Password, "KS_USER": "surveyor1", "KS_DEVICE_DIR": filepath.Join(dir, "device")} {
		t.Setenv(name, value)
	}
	id := ""
	for _, args := range []string{"sync", "add 32.04.05.2001 001/001 -"} {
		var out bytes.Buffer
		if code := Run(t.Context(), strings.Fields(args), strings.NewReader(family), &out, os.Stderr); code != exitOK {
			t.Fatalf("%s: exit code %d", args, code)
		}
		id = strings.TrimSpace(out.String())
	}
	for _, args := range []string{
		"add 32.04.05.2001 001/001 -", "families", "show " + id, "index " + id, "submit " + id, "outbox", "status", "villages", "sync", "sign-in", "--help",
		"iks testdata/raw_survei.csv",
	} {
		var errs bytes.Buffer
		code := Run(t.Context(), strings.Fields(args), strings.NewReader(family), full{}, &errs)
		if code != exitFailed || !strings.HasSuffix(errs.String(), errFull.Error()+"\n") {
			t.Errorf("%s: exit code %d, %q", args, code, errs.String())
		}
	}
}
