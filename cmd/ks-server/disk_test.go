//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/powerdisk"
	sqlitefile "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server"
)

// TestADiskThatFailsOnceLosesNothing: a sync of the database fails while a large import's
// log is written back, the power goes, and the import is given once more.
func TestADiskThatFailsOnceLosesNothing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir, csv := filepath.Join(root, "d"), filepath.Join(root, "families.csv")
	disk, err := powerdisk.Build(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	database := (&options{dir: dir}).sqliteFile()
	onDisk := func(args ...string) (string, error) {
		c, output := ksServer(t, append(args, "--dir", dir)...)
		c.Env = append(c.Env, disk.Environment(database)...)
		err := c.Run()
		return output.String(), err
	}
	if said, err := onDisk("init"); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	write(t, csv, "code,name\n32,Jawa Barat\n32.04,Bandung\n32.04.05,Cileunyi\n32.04.05.2001,Kulon\n")
	if said, err := onDisk("import", "areas", csv); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	write(t, csv, families(9_999))
	if err := powerdisk.FailSync(database); err != nil {
		t.Fatal(err)
	}
	said, err := onDisk("import", "families", csv)
	if err == nil || !strings.Contains(said, sqlitefile.ErrNotWrittenBack.Error()) {
		t.Fatalf("an import to a disk that fails: %v\n%s", err, said)
	}
	if err := powerdisk.CutPower(database); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "import", "families", "--dir", dir, csv)
	mustRun(t, "verify", "--dir", dir)
	if list := mustRun(t, "export", "families", "--dir", dir); strings.Count(list, "\nK") != 9_999 {
		t.Errorf("%d of 9999 families", strings.Count(list, "\nK"))
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
		ends := []end{{make(chan struct{}), errGateLost}, {make(chan struct{}), sqlitefile.ErrNotWrittenBack}, {nil, errors.New("never")}}
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
