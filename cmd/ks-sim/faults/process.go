package faults

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/keluarga-sehat/sync/internal/planted"
)

// process is one that can be killed and started again.
type process struct {
	child
	command *exec.Cmd
	ready   chan struct{}
	ended   chan struct{}
}

// history is what all processes told. Safe for concurrent use.
type history struct {
	mu sync.Mutex
	// tried and saved are tokens; what was tried and not told to be saved may be
	// there or not.
	tried, saved   map[string]bool // guarded by mu
	syncs, failed  int             // guarded by mu
	record         *json.Encoder   // guarded by mu
	unexpectedEnds []string        // guarded by mu
}

// operation is a line of the recorded history.
type operation struct {
	At      int64  `json:"at_us"`
	Process string `json:"process"`
	What    string `json:"what"`
	Detail  string `json:"detail,omitempty"`
}

func (h *history) note(process, what, detail string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch what {
	case wordTry:
		h.tried[detail] = true
	case wordSaved:
		h.saved[detail] = true
	case wordSynced:
		h.syncs++
	case wordFailed:
		h.failed++
	}
	if h.record != nil {
		// The record is for people to read; the model judges by what is kept above.
		_ = h.record.Encode(operation{time.Now().UnixMicro(), process, what, detail})
	}
}

func (c *child) name() string {
	if c.Server {
		return "server " + c.Address
	}
	return "device " + c.Device
}

// kind is what a process is.
type kind bool

const (
	deviceProcess kind = false
	serverProcess kind = true
)

func (c *child) kind() kind { return kind(c.Server) }

// start runs a process; dieAt names the step where it kills itself, "" for none.
func start(ctx context.Context, c child, h *history, dieAt string) (*process, error) {
	config, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode configuration: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{child: c, command: exec.CommandContext(ctx, self, ChildCommand, string(config)), ready: make(chan struct{}), ended: make(chan struct{})}
	p.command.Env = append(os.Environ(), planted.EnvDieAt+"="+dieAt)
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var complaint strings.Builder
	p.command.Stderr = &complaint
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.name(), err)
	}
	h.note(c.name(), "start", dieAt)
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(out)
		var once sync.Once
		for lines.Scan() {
			what, detail, _ := strings.Cut(lines.Text(), " ")
			if what == wordReady {
				once.Do(func() { close(p.ready) })
			}
			h.note(c.name(), what, detail)
		}
		// Killed is what we want; anything else is a fault of the product.
		if err := p.command.Wait(); err != nil && !killed(err) {
			h.mu.Lock()
			h.unexpectedEnds = append(h.unexpectedEnds, fmt.Sprintf("%s ended by itself: %v: %s", c.name(), err, complaint.String()))
			h.mu.Unlock()
		}
	}()
	return p, nil
}

func killed(err error) bool {
	exit, ok := err.(*exec.ExitError)
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// waitReady waits until the process serves or works, or has ended.
func (p *process) waitReady(ctx context.Context) {
	select {
	case <-p.ready:
	case <-p.ended:
	case <-ctx.Done():
	}
}

// kill ends it by SIGKILL and waits for what it still told.
func (p *process) kill(h *history) {
	h.note(p.name(), "kill", "")
	_ = p.command.Process.Kill() // fails only where it has ended already
	<-p.ended
}
