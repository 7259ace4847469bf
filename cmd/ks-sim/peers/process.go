package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// readyPatience bounds a server's start.
	readyPatience = 30 * time.Second
	// endPatience is how long a server may take to close its files.
	endPatience = 10 * time.Second
)

// process is a peer's server.
type process struct {
	command *exec.Cmd
	log     *os.File
	done    chan error
}

// startProcess runs a command in a folder, which gets its output.
func startProcess(ctx context.Context, dir string, env []string, name string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(dir, "output.txt"))
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.CommandContext(ctx, name, args...), log: log, done: make(chan error, 1)}
	p.command.Dir, p.command.Env = dir, append(os.Environ(), env...)
	p.command.Stdout, p.command.Stderr = log, log
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() { p.done <- p.command.Wait() }()
	return p, nil
}

func (p *process) pid() int { return p.command.Process.Pid }

// ready waits until a URL answers 200.
func (p *process) ready(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for {
		select {
		case err := <-p.done:
			p.done <- err
			return fmt.Errorf("%s ended early: %w: %s", filepath.Base(p.command.Path), err, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w: %s", filepath.Base(p.command.Path), ctx.Err(), p.tail())
		case <-time.After(50 * time.Millisecond):
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		if err := response.Body.Close(); err == nil && response.StatusCode == http.StatusOK {
			return nil
		}
	}
}

// stop interrupts the process, and kills it if that does not end it.
func (p *process) stop() error {
	if err := p.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return errors.Join(err, p.log.Close())
	}
	var exit *exec.ExitError
	select {
	case err := <-p.done:
		if err != nil && !errors.As(err, &exit) {
			return errors.Join(err, p.log.Close())
		}
		return p.log.Close()
	case <-time.After(endPatience):
		err := p.command.Process.Kill()
		<-p.done
		return errors.Join(fmt.Errorf("%s had to be killed", filepath.Base(p.command.Path)), err, p.log.Close())
	}
}

// tail is the end of what it wrote.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}

// freeAddress is one on which nobody listens now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
