package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestTheDoctorNamesADiskThatIsGettingFull(t *testing.T) {
	t.Parallel()
	if err := enough(roomWarning, "/var/lib/ks"); err != nil {
		t.Error(err)
	}
	const want = "511 MiB are free in /var/lib/ks: make at least 512"
	if err := enough(roomWarning-1, "/var/lib/ks"); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, not %s", err, want)
	}
}

// TestTheDoctorNamesAFullDisk: a real one of eight megabytes.
func TestTheDoctorNamesAFullDisk(t *testing.T) {
	t.Parallel()
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small file system can't be mounted here (it needs root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	o := &options{dir: filepath.Join(small, "d")}
	mustRun(t, "init", "--dir", o.dir)
	s, err := o.openStore(t.Context()) // as a server has it, whose log may grow no more
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := os.WriteFile(filepath.Join(small, "filler"), make([]byte, 16<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("eight megabytes are not full: %v", err)
	}
	var out bytes.Buffer
	code := Run(t.Context(), []string{"doctor", "--dir", o.dir}, strings.NewReader(""), &out, &out)
	for _, want := range []string{"WRONG  the store can be written: ", "disk is full", "WRONG  free space: 0 MiB are free in " + o.dir} {
		if code != exitFailed || !strings.Contains(out.String(), want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, out.String())
		}
	}
}
