package follow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) { pgtest.Main(m, &cluster) }

// onEachEngine runs a test with either engine; open opens a new store.
func onEachEngine(t *testing.T, name string, test func(t *testing.T, open func() store.Store)) {
	for engine, openNew := range map[string]func(t *testing.T) (store.Store, error){
		"SQLite": func(t *testing.T) (store.Store, error) {
			return fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
		},
		"PostgreSQL": func(t *testing.T) (store.Store, error) {
			address := fresh.PostgreSQL(t, cluster)
			s, err := postgres.Open(t.Context(), address)
			return &onPostgres{s, address}, err
		},
	} {
		t.Run(name+" "+engine, func(t *testing.T) {
			t.Parallel()
			test(t, func() store.Store {
				s, err := openNew(t)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
				return s
			})
		})
	}
}

// onPostgres is a store that tells where its database is.
type onPostgres struct {
	*postgres.Store
	address string
}

// waits tells how many writers wait for another's transaction: on SQLite, have waited.
func waits(ctx context.Context, s store.Store) (n int64, err error) {
	switch engine := s.(type) {
	case *sqlite.Store:
		return engine.DB().Stats().WaitCount, nil
	case *onPostgres:
		var c *pgx.Conn
		if c, err = pgx.Connect(ctx, engine.address); err != nil {
			return 0, err
		}
		err = c.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n)
		return n, errors.Join(err, c.Close(ctx))
	default:
		return 0, fmt.Errorf("%T tells of nobody who waits", s)
	}
}
