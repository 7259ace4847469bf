package story

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestARightThatEndsIsToldOnThePageThatIsOpen(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 1)
	deeds := w.deeds()
	deeds["role"] = w.role
	play(t, "rights", w.settings(t), deeds)
}

// role gives an account a role in place of those that it has.
func (w *world) role(ctx context.Context, arguments json.RawMessage) (any, error) {
	var a struct{ User, Role string }
	if err := json.Unmarshal(arguments, &a); err != nil {
		return nil, err
	}
	role, ok := ksv1.Role_value[a.Role]
	if !ok {
		return nil, fmt.Errorf("no role %q", a.Role)
	}
	return nil, w.field.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		found, err := tx.Snapshot().FindAccountByName(ctx, a.User)
		if err != nil {
			return err
		}
		row, err := tx.Directory().LockAccount(ctx, found.Number)
		if err != nil {
			return err
		}
		row.Roles = []int32{role}
		row.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, row)
		return err
	})
}
