package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// syncCalls bring data to the disk.
const syncCalls = "fsync,fdatasync,sync_file_range,msync,sync,syncfs"

// watch is strace on a server: it writes down when sync calls end.
type watch struct {
	command *exec.Cmd
	file    string
}

// startWatch returns when strace has all threads of the process.
func startWatch(ctx context.Context, pid int, file string) (*watch, error) {
	args := []string{"-f", "-ttt", "-e", "trace=" + syncCalls, "-o", file, "-p", strconv.Itoa(pid)}
	w := &watch{file: file, command: exec.CommandContext(ctx, "strace", args...)}
	w.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT} // it detaches first
	stderr, err := w.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := w.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(stderr)
	line, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(line, "attached") {
		return nil, errors.Join(fmt.Errorf("strace: %s", strings.TrimSpace(line)), w.end())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // ends with strace
	return w, nil
}

// end has strace detach; that it was interrupted is no error.
func (w *watch) end() error {
	_ = w.command.Process.Signal(os.Interrupt)
	var exit *exec.ExitError
	if err := w.command.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// syncs ends the watch and tells when each successful sync call ended.
func (w *watch) syncs() ([]time.Time, error) {
	if err := w.end(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(w.file)
	if err != nil {
		return nil, err
	}
	return parseSyncs(string(text))
}

// parseSyncs reads strace's lines: process, seconds, call and result. Calls that
// were "unfinished" count where they are "resumed".
func parseSyncs(text string) ([]time.Time, error) {
	var out []time.Time
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasSuffix(line, "= 0") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 3 {
			return nil, fmt.Errorf("strace says %q", line)
		}
		seconds, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return nil, fmt.Errorf("strace says %q: %w", line, err)
		}
		whole, fraction := math.Modf(seconds)
		out = append(out, time.Unix(int64(whole), int64(fraction*1e9)))
	}
	return out, nil
}

// exchange is a batch between its sending and its answer.
type exchange struct{ sent, answered time.Time }

// syncedExchanges counts those during which the server synced to disk. Only one
// client sends, so a sync then is of that batch.
func syncedExchanges(all []exchange, syncs []time.Time) int {
	n := 0
	for _, e := range all {
		for _, s := range syncs {
			if s.After(e.sent) && s.Before(e.answered) {
				n++
				break
			}
		}
	}
	return n
}
