package session

import (
	"context"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// A device hangs up as soon as it has all it asked for. That it did is kept all the same, for
// those who look after devices.
func TestASyncThatTheDeviceFinishedIsNotedThoughItHasHungUp(t *testing.T) {
	t.Parallel()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var device store.Device
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		device.Number, err = tx.Directory().PutDevice(ctx, store.Device{PublicKey: make([]byte, 32), Name: "Tablet 7"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.UnixMilli(1_800_000_000_000)
	session := &Session{backend: &Backend{Store: s, Now: func() time.Time { return at }}, caller: &access.Caller{Device: device.Number}}
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	if _, err := session.do(gone, syncing.Close{}); err != nil {
		t.Error(err)
	}
	err = s.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		device, err = snap.FindDevice(ctx, device.Number)
		return err
	})
	if err != nil || device.SyncedMS != at.UnixMilli() {
		t.Errorf("%v: noted as synced at %d", err, device.SyncedMS)
	}
}
