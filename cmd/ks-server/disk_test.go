//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/powerdisk"
	sqlitefile "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server"
)

// disked is a store on a disk whose sync fails and whose power goes.
type disked struct {
	disk          powerdisk.Library
	dir, database string
	families      string // a file of 9,999, whose log is written back
}

func newDisked(t *testing.T) disked {
	t.Helper()
	root := t.TempDir()
	disk, err := powerdisk.Build(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	d := disked{disk: disk, dir: filepath.Join(root, "d"), families: filepath.Join(root, "families.csv")}
	d.database = (&options{dir: d.dir}).sqliteFile()
	areas := filepath.Join(root, "areas.csv")
	write(t, areas, "code,name\n32,Jawa Barat\n32.04,Bandung\n32.04.05,Cileunyi\n32.04.05.2001,Kulon\n")
	write(t, d.families, families(9_999))
	for _, args := range [][]string{{"init"}, {"import", "areas", areas}} {
		c, said := d.command(t, args...)
		if err := c.Run(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	return d
}

func (d disked) command(t *testing.T, args ...string) (c *exec.Cmd, output *bytes.Buffer) {
	t.Helper()
	c, output = ksServer(t, append(args, "--dir", d.dir)...)
	c.Env = append(c.Env, d.disk.Environment(d.database)...)
	return c, output
}

// importInto runs an import during which a sync of the database fails.
func (d disked) importInto(t *testing.T) {
	t.Helper()
	if err := powerdisk.FailSync(d.database); err != nil {
		t.Fatal(err)
	}
	c, said := d.command(t, "import", "families", d.families)
	if err := c.Run(); err == nil || !strings.Contains(said.String(), sqlitefile.ErrNotWrittenBack.Error()) {
		t.Fatalf("an import to a disk that fails: %v\n%s", err, said)
	}
}

// importAgain gives the same file once more, to a disk that is well.
func (d disked) importAgain(t *testing.T) {
	t.Helper()
	mustRun(t, "import", "families", "--dir", d.dir, d.families)
	mustRun(t, "verify", "--dir", d.dir)
	if list := mustRun(t, "export", "families", "--dir", d.dir); strings.Count(list, "\nK") != 9_999 {
		t.Errorf("%d of 9999 families", strings.Count(list, "\nK"))
	}
}

// TestADiskThatFailsOnceLosesNothing: a sync of the database fails while a large import's
// log is written back, the power goes, and the import is given once more.
func TestADiskThatFailsOnceLosesNothing(t *testing.T) {
	t.Parallel()
	d := newDisked(t)
	d.importInto(t)
	if err := powerdisk.CutPower(d.database); err != nil {
		t.Fatal(err)
	}
	d.importAgain(t)
}

// TestAServerEndsForAFailureBesideIt: whichever of the two processes meets it.
func TestAServerEndsForAFailureBesideIt(t *testing.T) {
	t.Parallel()
	d := newDisked(t)
	serve, said := d.command(t, "serve", "--listen", "127.0.0.1:0")
	serve.Stdout = nil
	out, err := serve.StdoutPipe()
	if err == nil {
		err = serve.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "serving on ") {
		t.Fatalf("%q: %v", line, err)
	}
	d.importInto(t)
	patience := time.AfterFunc(time.Minute, func() {
		if err := serve.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	defer patience.Stop()
	if err := serve.Wait(); err == nil || !strings.Contains(said.String(), "ks-server: "+sqlitefile.ErrNotWrittenBack.Error()) {
		t.Errorf("the server: %v\n%s", err, said)
	}
	d.importAgain(t)
}

// TestABackupTellsThatItsStoreFailed: it is whole, and kept.
func TestABackupTellsThatItsStoreFailed(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	o, path := &options{dir: filepath.Join(root, "d")}, filepath.Join(root, "b.tar")
	mustRun(t, "init", "--dir", o.dir)
	certificate, err := os.ReadFile(o.certificate())
	if err != nil {
		t.Fatal(err)
	}
	// The store is copied and still open when the certificate is read.
	if err := errors.Join(os.Remove(o.certificate()), syscall.Mkfifo(o.certificate(), 0o600)); err != nil {
		t.Fatal(err)
	}
	c, said := ksServer(t, "backup", "--dir", o.dir, path)
	c.Stdin = strings.NewReader("rahasia milik sari 77\n")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(o.certificate(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	write(t, o.sqliteFile()+"-turn", "1") // a process was killed as it wrote the log back
	if _, err := pipe.Write(certificate); err != nil {
		t.Error(err)
	}
	if err := pipe.Close(); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err == nil || !strings.Contains(said.String(), "backup written to "+path) || !strings.Contains(said.String(), sqlitefile.ErrNotWrittenBack.Error()) {
		t.Errorf("%v\n%s", err, said)
	}
	restored := filepath.Join(root, "r")
	c, said = ksServer(t, "restore", "--dir", restored, path)
	c.Stdin = strings.NewReader("rahasia milik sari 77\n")
	if err := c.Run(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestAServerEndsForWhatComes(t *testing.T) {
	t.Parallel()
	o := &options{dir: t.TempDir()}
	var out bytes.Buffer
	if err := runInit(t.Context(), o, []string{"localhost"}, "operator", &out); err != nil {
		t.Fatal(err)
	}
	s, ring, done, err := o.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := done(); err != nil {
			t.Error(err)
		}
	}()
	certificate, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, comes := range []int{0, 1, -1} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv, err := server.New(server.Config{Store: s, Ring: ring, Certificate: certificate, Listener: listener, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		ends := []end{{make(chan struct{}), errGateLost}, {make(chan struct{}), sqlitefile.ErrOthersAfterFailure}, {nil, errors.New("never")}}
		closed := make(chan struct{})
		close(closed)
		var want error
		ctx, stop := context.WithCancel(t.Context())
		if comes >= 0 {
			ends[comes].comes, want = closed, ends[comes].cause
		} else {
			stop()
		}
		if err := runUntil(ctx, srv, ends); !errors.Is(err, want) {
			t.Errorf("%v, not %v", err, want)
		}
		stop()
	}
}
