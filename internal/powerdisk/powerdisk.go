// Package powerdisk lays a disk under a process that fails a sync as Linux does, and
// whose power may go, for tests: what SQLite does with several processes on one file is
// only to be seen with the system's own files and locks. It works on Linux, with a C
// compiler. (cmd/ks-sim/disk is one within a process, for a database with one connection.)
package powerdisk

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed library/disk.c
var source []byte

// Library is the compiled disk.
type Library string

// Build compiles it into a folder, by the compiler that Go uses for C.
func Build(ctx context.Context, dir string) (Library, error) {
	code, library := filepath.Join(dir, "disk.c"), filepath.Join(dir, "disk.so")
	if err := os.WriteFile(code, source, 0o600); err != nil {
		return "", err
	}
	compiler, err := exec.CommandContext(ctx, "go", "env", "CC").Output()
	if err != nil {
		return "", fmt.Errorf("go env CC: %w", err)
	}
	args := append(strings.Fields(string(compiler)), "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, code, "-ldl", "-lpthread")
	if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return Library(library), nil
}

// Environment is what a process is given so that a database, and what lies beside it,
// lies on the disk. It must have been made there.
func (l Library) Environment(database string) []string {
	return []string{"LD_PRELOAD=" + string(l), "DISK_FILES=" + database}
}

// Died is the exit status of a process that DieAtWrite or DieAtSync ends.
const Died = 9

// DieAtWrite is what else a process is given so that what it writes to the database itself
// lasts though it was not synced, which it may, and that it dies at the nth such write.
func DieAtWrite(n int) string { return "DISK_DIE=" + strconv.Itoa(n) }

// FailSync lets the next sync of a file fail, once.
func FailSync(file string) error { return os.WriteFile(file+".fail", nil, 0o600) }

// DieAtSync is FailSync for the calling process alone, which is killed before it learns of
// it.
func DieAtSync(file string) error {
	if err := os.WriteFile(file+".fails", []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".fails", file+".fail")
}

// MadeLast keeps a file as it is: a process that does not have the disk has synced it.
func MadeLast(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file+".durable", data, 0o600)
}

// CutPower leaves of a database what has been made last, once every process that had it
// has ended.
func CutPower(database string) error {
	for _, file := range []string{database, database + "-wal"} {
		if err := os.Rename(file+".durable", file); err != nil {
			return err
		}
	}
	if err := os.Remove(database + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
