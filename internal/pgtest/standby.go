package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Standby makes a standby that has what is committed by now, and nothing that comes later, as
// one that lags. It is not started; it ends with the test.
func (c *Cluster) Standby(t testing.TB) *Cluster {
	t.Helper()
	s, err := c.standby(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (c *Cluster) standby(ctx context.Context) (s *Cluster, err error) {
	s = &Cluster{bin: c.bin, process: c.process}
	if s.dir, err = os.MkdirTemp("", "ks-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	for _, arg := range c.args {
		s.args = append(s.args, strings.ReplaceAll(arg, c.dir, s.dir))
	}
	if err := c.copyTo(ctx, filepath.Join(s.dir, "data")); err != nil {
		return nil, err
	}
	return s, s.own()
}

// copyTo makes a base backup, by the functions that pg_basebackup stands for: not every
// PostgreSQL comes with it.
func (c *Cluster) copyTo(ctx context.Context, dir string) (err error) {
	conn, err := pgx.Connect(ctx, c.address("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, "SELECT pg_backup_start('standby', true)"); err != nil {
		return fmt.Errorf("begin a base backup: %w", err)
	}
	data := filepath.Join(c.dir, "data")
	if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
		return fmt.Errorf("copy the cluster: %w", err)
	}
	var label string
	if err := conn.QueryRow(ctx, "SELECT labelfile FROM pg_backup_stop(false)").Scan(&label); err != nil {
		return fmt.Errorf("end a base backup: %w", err)
	}
	// The log up to the end of the backup.
	wal := filepath.Join(dir, "pg_wal")
	if err := os.RemoveAll(wal); err != nil {
		return err
	}
	return errors.Join(os.CopyFS(wal, os.DirFS(filepath.Join(data, "pg_wal"))), os.Remove(filepath.Join(dir, "postmaster.pid")),
		os.WriteFile(filepath.Join(dir, "backup_label"), []byte(label), 0o600), os.WriteFile(filepath.Join(dir, "standby.signal"), nil, 0o600))
}

// own gives the folder to the user that PostgreSQL runs as, as it wants it.
func (c *Cluster) own() error {
	return filepath.WalkDir(c.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := os.FileMode(0o600)
		if d.IsDir() {
			mode = 0o700
		}
		err = os.Chmod(path, mode)
		if who := c.process.Credential; who != nil {
			err = errors.Join(err, os.Chown(path, int(who.Uid), int(who.Gid)))
		}
		return err
	})
}

// Run starts a standby.
func (c *Cluster) Run() error { return c.run() }

// Follow starts a standby that follows a cluster, to which it is named.
func (c *Cluster) Follow(first *Cluster, name string) error {
	c.args = append(c.args, "-c", fmt.Sprintf("primary_conninfo=host=%s user=postgres application_name=%s", first.dir, name))
	return c.run()
}

// Kill kills the cluster for good, as of a machine that is lost.
func (c *Cluster) Kill() error {
	if err := c.command.Process.Kill(); err != nil {
		return err
	}
	<-c.ended
	return nil
}

// Promote starts a standby and makes it a server of its own, on another timeline.
func (c *Cluster) Promote(ctx context.Context) error {
	if err := c.Run(); err != nil {
		return err
	}
	return c.exec(ctx, "SELECT pg_promote()")
}

// AddressOr is the address of a database at whichever of two clusters takes writes.
func (c *Cluster) AddressOr(other *Cluster, address string) string {
	return strings.Replace(address, "host="+c.dir, "host="+c.dir+","+other.dir, 1) + " target_session_attrs=read-write"
}

// AddressOf is the address of a database here that is a copy of another cluster's.
func (c *Cluster) AddressOf(other *Cluster, address string) string {
	return strings.Replace(address, "host="+other.dir, "host="+c.dir, 1)
}
