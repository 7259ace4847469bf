package field

import (
	"context"
	"strings"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// OpenStore opens the store at an address as processes are told of it: "host=..." of
// PostgreSQL, else SQLite's file.
func OpenStore(ctx context.Context, address string) (store.Store, error) {
	if strings.HasPrefix(address, "host=") {
		return postgres.Open(ctx, address)
	}
	return sqlite.Open(ctx, address, sqlite.Options{})
}
