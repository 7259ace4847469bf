package follow_test

import (
	"path/filepath"
	"testing"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) { pgtest.Main(m, &cluster) }

// onEachEngine runs a test with either engine; open opens a new store.
func onEachEngine(t *testing.T, name string, test func(t *testing.T, open func() store.Store)) {
	for engine, openNew := range map[string]func(t *testing.T) (store.Store, error){
		"SQLite": func(t *testing.T) (store.Store, error) {
			return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
		},
		"PostgreSQL": func(t *testing.T) (store.Store, error) { return postgres.Open(t.Context(), cluster.NewDatabase(t)) },
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
