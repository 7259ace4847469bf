package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ChildCommand is the hidden command of ks-sim that runs one server.
const ChildCommand = "bench-server"

// child says what a server process is to be, and, in its first line of output,
// what it has become.
type child struct {
	// Bare runs the baseline; otherwise the product's server.
	Bare bool `json:"bare"`
	// Payload is the baseline's row, in bytes.
	Payload int `json:"payload,omitempty"`
	// Store is a file, or a PostgreSQL address ("host=...").
	Store string `json:"store"`
	// Country fills the store with every village of a country; Stocked finds it
	// filled.
	Country bool `json:"country,omitempty"`
	Stocked bool `json:"stocked,omitempty"`
	// Accounts that devices sign in to in turn, for one may have few of them; 0: as many
	// as the devices that write.
	Accounts int `json:"accounts,omitempty"`
	// Nation is a folder of CSV files of all areas, with whose figures the store is
	// filled; "" for none.
	Nation string `json:"nation,omitempty"`
	// Profile is a file for the processor profile of the product's server; "" for
	// none.
	Profile string `json:"profile,omitempty"`
	// Address of the server; Account, Password and Villages for ours.
	Address  string   `json:"address,omitempty"`
	CertPEM  []byte   `json:"cert,omitempty"`
	Password string   `json:"password,omitempty"`
	Villages []uint32 `json:"villages,omitempty"`
}

// process is a running server.
type process struct {
	child
	command *exec.Cmd
	stdin   io.Closer
}

// start runs a server; it ends with its standard input.
func start(ctx context.Context, c child) (*process, error) {
	config, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode configuration: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.CommandContext(ctx, self, ChildCommand, string(config))}
	p.command.Stderr = os.Stderr
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.stdin = stdin
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.child)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("server says %q: %w", line, err), p.stop())
	}
	return p, nil
}

func (p *process) stop() error { return errors.Join(p.stdin.Close(), p.command.Wait()) }

func (p *process) pid() int { return p.command.Process.Pid }

// clockTicks a second of the kernel's processor times (USER_HZ, 100 on every
// Linux that Go runs on).
const clockTicks = 100

// cpuSeconds is the processor time of a process, with children that have ended.
func cpuSeconds(pid int) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold anything; fields are counted behind it.
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	const utime, fields4 = 11, 4
	if len(fields) < utime+fields4 {
		return 0, fmt.Errorf("process %d: unreadable times", pid)
	}
	total := 0
	for _, f := range fields[utime : utime+fields4] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, fmt.Errorf("process %d: %w", pid, err)
		}
		total += n
	}
	return float64(total) / clockTicks, nil
}

// familyCPU is that of a process and its children now.
func familyCPU(parent int) (float64, error) {
	total, err := cpuSeconds(parent)
	if err != nil {
		return 0, err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, path := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || parentOf(path) != parent {
			continue
		}
		// A process that has ended meanwhile counts with its parent's.
		if seconds, err := cpuSeconds(pid); err == nil {
			total += seconds
		}
	}
	return total, nil
}

func parentOf(statPath string) int {
	data, err := os.ReadFile(statPath)
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	n, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return n
}

// peakMiB is the most memory that a process has held.
func peakMiB(pid int) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(data), "\n") {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("process %d tells no peak memory", pid)
}
