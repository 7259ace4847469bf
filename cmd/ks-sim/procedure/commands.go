package procedure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Options of a walk.
type Options struct {
	// Root is the source tree, with README.md and the example.
	Root string
	// Programs is the folder of ks-server and ks-device, as Build leaves them.
	Programs string
	// Out gets each step and what it printed.
	Out io.Writer
}

// commandsTimeout bounds the walk by commands.
const commandsTimeout = 3 * time.Minute

// Build builds the programs of a source tree into a folder.
func Build(ctx context.Context, root, to string) error {
	c := exec.CommandContext(ctx, "go", "build", "-o", to+string(filepath.Separator), "./cmd/ks-server", "./cmd/ks-device")
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build programs: %w: %s", err, out)
	}
	return nil
}

// walk is a folder to work in.
type walk struct {
	Options
	dir string
}

func begin(o Options) (*walk, error) {
	dir, err := os.MkdirTemp("", "ks-procedure-")
	return &walk{Options: o, dir: dir}, err
}

func (w *walk) end() error { return os.RemoveAll(w.dir) }

// freeAddress is an address that nobody listens on at this moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// environment is that of a program in the walk: nothing of the caller's settings.
func (w *walk) environment(more ...string) []string {
	return append([]string{"PATH=" + w.Programs + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + w.dir, "TMPDIR=" + w.dir}, more...)
}

// example is the folder of invented papers, from the root.
const example = "server/registration/example"

// layExample puts the example where the commands look for it.
func (w *walk) layExample() error {
	at, err := filepath.Abs(filepath.Join(w.Root, example))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(w.dir, filepath.Dir(example)), 0o700); err != nil {
		return err
	}
	return os.Symlink(at, filepath.Join(w.dir, example))
}

// ByCommands runs the commands of README as they stand there.
func ByCommands(ctx context.Context, o Options) (err error) {
	readme, err := os.ReadFile(filepath.Join(o.Root, "README.md"))
	if err != nil {
		return err
	}
	blocks, err := Commands(string(readme))
	if err != nil {
		return err
	}
	w, err := begin(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	address, err := freeAddress()
	if err != nil {
		return err
	}
	if err := w.layExample(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandsTimeout)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", script(blocks))
	shell.Dir, shell.Env = w.dir, w.environment("KS_LISTEN="+address, "KS_SERVER="+address)
	shell.Stdout, shell.Stderr = o.Out, o.Out
	shell.WaitDelay = 5 * time.Second
	if err := shell.Run(); err != nil {
		return fmt.Errorf("commands of README: %w", err)
	}
	return nil
}
