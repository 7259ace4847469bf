package story

import (
	"context"
	"encoding/json"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestAnAdministratorAssignsAndRevokesAndAHeadNamesASupervisor(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	if err := w.assign(t.Context(), "surveyor2", []string{"32.04.05.2002"}); err != nil {
		t.Fatal(err)
	}
	deeds := w.deeds()
	deeds["held"] = w.held
	deeds["second"] = func(ctx context.Context, _ json.RawMessage) (any, error) {
		return nil, w.signIn(t, "surveyor1", "hilang")
	}
	deeds["loseVillage"] = w.loseVillage
	play(t, "staff", w.settings(t), deeds)
}

// loseVillage takes the last village from the Puskesmas.
func (w *world) loseVillage(ctx context.Context, _ json.RawMessage) (any, error) {
	return nil, w.field.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		p, err := tx.Snapshot().FindPuskesmas(ctx, sample.PuskesmasCode)
		if err != nil {
			return err
		}
		p.Villages = p.Villages[:len(p.Villages)-1]
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{p})
	})
}

// held syncs a device and tells how many families it holds then, and why it could
// not sync; "" it could.
func (w *world) held(ctx context.Context, arguments json.RawMessage) (any, error) {
	u, err := w.onDevice(arguments, &struct{}{})
	if err != nil {
		return nil, err
	}
	refused := ""
	if _, err := u.Sync(ctx, nil); err != nil {
		refused = err.Error()
	}
	list, _ := u.Families(clientsdk.Query{Limit: 1000})
	return map[string]any{"families": len(list), "refused": refused}, nil
}
