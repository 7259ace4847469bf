package attack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// target is a running `ks-server dev`.
type target struct {
	command       *exec.Cmd
	address       string
	pin           wire.Pin
	password, log string
}

// startTimeout bounds how long the server may take until it serves.
const startTimeout = time.Minute

// start starts the program at path; "": it is built first.
func start(ctx context.Context, path, dir string) (*target, error) {
	if path == "" {
		path = filepath.Join(dir, "ks-server")
		build := exec.CommandContext(ctx, "go", "build", "-o", path, "github.com/keluarga-sehat/sync/cmd/ks-server")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build ks-server: %w: %s", err, out)
		}
	}
	t := &target{log: filepath.Join(dir, "server.log")}
	log, err := os.Create(t.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	t.command = exec.Command(path, "dev")
	t.command.Env = append(os.Environ(), "TMPDIR="+dir)
	t.command.Stderr = log
	out, err := t.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	giveUp := time.AfterFunc(startTimeout, func() { _ = t.command.Process.Kill() })
	defer giveUp.Stop()
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) > 1 && words[0] == "pin":
			if t.pin, err = wire.ParsePin(words[1]); err != nil {
				return nil, errors.Join(err, t.stop())
			}
		case len(words) > 1 && words[0] == "password":
			t.password = words[1]
		case len(words) == 3 && words[0] == "serving":
			t.address = strings.TrimPrefix(words[2], "https://")
			return t, nil
		}
	}
	return nil, errors.Join(errors.New("ks-server ended before it served"), t.stop())
}

// stop ends the server and waits for it.
func (t *target) stop() error {
	if runtime.GOOS == "windows" {
		return errors.Join(t.command.Process.Kill(), t.command.Wait())
	}
	if err := t.command.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	kill := time.AfterFunc(startTimeout, func() { _ = t.command.Process.Kill() })
	defer kill.Stop()
	var ended *exec.ExitError
	if err := t.command.Wait(); err != nil && !errors.As(err, &ended) {
		return err
	}
	return nil
}

// memory is what the server's process holds, in bytes.
func (t *target) memory() (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "VmRSS:" {
			kib, err := strconv.ParseInt(words[1], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("the process has no VmRSS")
}
