package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// A file has its name once it is whole: a kill leaves none that looks like all.
func TestAFileHasItsNameOnceItIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv")
	names := func() (names []string) {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			names = append(names, f.Name())
		}
		return names
	}
	half := func(to io.Writer) error {
		if _, err := io.WriteString(to, "half"); err != nil {
			t.Error(err)
		}
		if found := names(); len(found) != 1 || !strings.HasPrefix(found[0], "x.csv.part-") {
			t.Errorf("while it is written there is %q", found)
		}
		return nil
	}
	failing := func(to io.Writer) error { return errors.Join(half(to), errFull) }
	if err := withOutput(path, nil, failing); !errors.Is(err, errFull) || len(names()) != 0 {
		t.Errorf("%v, and there is %q", err, names())
	}
	if err := withOutput(path, nil, half); err != nil || !slices.Equal(names(), []string{"x.csv"}) {
		t.Errorf("%v, and there is %q", err, names())
	}
	if err := withOutput(path, nil, half); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	// Who takes the name meanwhile keeps it, and what was written is not lost.
	taken := func(to io.Writer) error {
		write(t, filepath.Join(dir, "y.csv"), "other")
		_, err := io.WriteString(to, "whole")
		return err
	}
	err := withOutput(filepath.Join(dir, "y.csv"), nil, taken)
	kept, _ := filepath.Glob(filepath.Join(dir, "y.csv.part-*"))
	if !errors.Is(err, fs.ErrExist) || len(kept) != 1 || !strings.Contains(err.Error(), kept[0]) {
		t.Errorf("%v, and there is %q", err, names())
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
