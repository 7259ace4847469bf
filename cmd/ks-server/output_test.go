package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// full is where nothing can be written.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// What a command could not write is its error, whatever it did.
func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	for _, args := range []string{
		"person export --nik 3204050302800001" + personArgs, "verify", "audit key", "recompute", "export families", "doctor", "import areas " + filepath.Join(dir, "areas.csv"),
	} {
		var errs bytes.Buffer
		words := append(strings.Fields(args), "--dir", filepath.Join(dir, "d"))
		if code := Run(t.Context(), words, strings.NewReader("rahasia milik sari 77\n"), full{}, &errs); code != exitFailed || !strings.Contains(errs.String(), errFull.Error()) {
			t.Errorf("%s: exit code %d, %s", args, code, errs.String())
		}
	}
	var errs bytes.Buffer
	if code := Run(t.Context(), []string{"init", "--dir", filepath.Join(dir, "new")}, strings.NewReader(""), full{}, &errs); code != exitFailed || !strings.Contains(errs.String(), "password of its first account") {
		t.Errorf("init: exit code %d, %s", code, errs.String())
	}
}

// An error is told once.
func TestAnExportThatFailsTellsItsErrorOnce(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	var errs bytes.Buffer
	Run(t.Context(), []string{"export", "families", "--dir", filepath.Join(dir, "d")}, strings.NewReader(""), full{}, &errs)
	if n := strings.Count(errs.String(), errFull.Error()); n != 1 {
		t.Errorf("%d times: %s", n, errs.String())
	}
}
