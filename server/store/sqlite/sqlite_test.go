package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

func TestSQLiteConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store {
		s, err := Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
