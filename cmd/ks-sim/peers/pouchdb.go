package peers

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// startPouchDB starts pouchdb-server on LevelDB, as it comes or synced, with
// PouchDBs in a Node process of their own.
func startPouchDB(ctx context.Context, p place, synced bool) (c *contestant, err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	args := []string{
		filepath.Join(p.node, "node_modules", "pouchdb-server", "bin", "pouchdb-server"),
		"--port", port, "--dir", p.data, "--config", filepath.Join(p.dir, "config.json"), "--no-stdout-logs",
	}
	if synced {
		args = append(args, "--level-backend", filepath.Join(p.node, "synced-level.js"))
	}
	server, err := startProcess(ctx, p.dir, nil, "node", args...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errOptional, err)
	}
	c = &contestant{place: p, pid: server.pid()}
	c.closing(server.stop)
	if err := errors.Join(server.ready(ctx, "http://"+address), c.listen(address)); err != nil {
		return nil, errors.Join(err, c.close())
	}
	clients, err := startPouchClients(ctx, p, "http://"+c.proxy.Address()+"/families")
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	c.clients, c.clientPID = clients, clients.command.Process.Pid
	c.closing(clients.close)
	return c, nil
}

// pouchClients is the Node process of clients.js.
type pouchClients struct {
	place
	url     string
	command *exec.Cmd
	stdin   io.WriteCloser
	answers *bufio.Reader
	sources map[int]*source
}

func startPouchClients(ctx context.Context, p place, url string) (*pouchClients, error) {
	folder := filepath.Join(p.dir, "clients")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	c := &pouchClients{place: p, url: url, sources: map[int]*source{}}
	c.command = exec.CommandContext(ctx, "node", filepath.Join(p.node, "clients.js"), folder, strconv.Itoa(p.batch))
	c.command.Stderr = os.Stderr
	c.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, err1 := c.command.StdinPipe()
	stdout, err2 := c.command.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	c.stdin, c.answers = stdin, bufio.NewReader(stdout)
	return c, c.command.Start()
}

// nodeCommand is a line that clients.js understands.
type nodeCommand struct {
	Do      string `json:"do"`
	Client  int    `json:"client"`
	Clients []int  `json:"clients,omitempty"`
	File    string `json:"file,omitempty"`
	URL     string `json:"url,omitempty"`
}

// ask has a command done, which must deal with so many documents.
func (c *pouchClients) ask(command nodeCommand, documents int) error {
	line, err := json.Marshal(command)
	if err != nil {
		return fmt.Errorf("encode command: %w", err)
	}
	if _, err := c.stdin.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("PouchDB clients: %w", err)
	}
	if line, err = c.answers.ReadBytes('\n'); err != nil {
		return fmt.Errorf("PouchDB clients: %w", err)
	}
	var answer struct {
		Documents int    `json:"docs"`
		Error     string `json:"error"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return fmt.Errorf("PouchDB clients say %q: %w", line, err)
	}
	if answer.Error != "" || answer.Documents != documents {
		return fmt.Errorf("PouchDB clients: %s: %d of %d documents: %s", command.Do, answer.Documents, documents, answer.Error)
	}
	return nil
}

// prepare saves families in the client's own database.
func (c *pouchClients) prepare(_ context.Context, client, families int) error {
	if c.sources[client] == nil {
		c.sources[client] = newSource(client)
	}
	file := filepath.Join(c.dir, "families.jsonl")
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(out)
	for range families {
		f, err := c.sources[client].next()
		if err == nil {
			err = lines.Encode(struct {
				ID string `json:"_id"`
				*family
			}{f.ID, f})
		}
		if err != nil {
			return errors.Join(err, out.Close())
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return c.ask(nodeCommand{Do: "load", Client: client, File: file}, families)
}

func (c *pouchClients) send(_ context.Context, clients []int, families int) error {
	return c.ask(nodeCommand{Do: "push", Clients: clients, URL: c.url}, families*len(clients))
}

func (c *pouchClients) pull(_ context.Context, families int) (seconds float64, err error) {
	begin := time.Now()
	err = c.ask(nodeCommand{Do: "pull", Client: freshClient, URL: c.url}, families)
	return time.Since(begin).Seconds(), err
}

func (c *pouchClients) close() error { return errors.Join(c.stdin.Close(), c.command.Wait()) }
