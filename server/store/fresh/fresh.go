// Package fresh gives tests new stores. Each engine's schema is brought up once a test binary
// and then copied: its steps take many times as long to read and run, most of all under the
// race detector. How they run, the engines' own tests try.
package fresh

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// database is a server's file in its folder.
const database = "server.db"

// SQLite opens server.db in a folder, where it may stand already.
func SQLite(ctx context.Context, dir string, o sqlite.Options) (*sqlite.Store, error) {
	if err := Place(dir); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, filepath.Join(dir, database), o)
}

// Place writes server.db, with a schema and nothing else, into a folder that has none.
func Place(dir string) error {
	content, err := migrated()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, database), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// migrated is the content of a file whose schema is up.
var migrated = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "ks-fresh-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, database)
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{Unsafe: true})
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		return nil, err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil, fmt.Errorf("a new database was closed and %s is left", log.Name())
	}
	return os.ReadFile(path)
})

// PostgreSQL makes a database whose schema is up, and gives its address.
func PostgreSQL(tb testing.TB, cluster *pgtest.Cluster) string {
	tb.Helper()
	return cluster.NewCopy(tb, func(ctx context.Context, address string) error {
		s, err := postgres.Open(ctx, address)
		if err != nil {
			return err
		}
		return s.Close()
	})
}
