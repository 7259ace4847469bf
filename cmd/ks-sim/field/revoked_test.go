package field

import (
	"context"
	"errors"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server/store"
)

func revokeDevice(t *testing.T, f *Field, number uint32) {
	t.Helper()
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().RevokeDevice(ctx, number) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestARevokedDeviceIsWipedOfUnsentWorkOnAnErasedFamily(t *testing.T) {
	onEachEngine(t, 2, aRevokedDeviceWithWorkOnAnErasedFamily)
}

func aRevokedDeviceWithWorkOnAnErasedFamily(t *testing.T, f *Field) {
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	id := onBoth(t, a, b)
	move(t, b, id, "Jl. Terlambat")
	eraseFamily(t, f, id, clientsdk.ID{})
	revokeDevice(t, f, 2)
	if _, err := b.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrWiped) || strings.Contains(err.Error(), "termasuk") {
		t.Errorf("the erased family stays on the revoked device: %v", err)
	}
}

func TestARevokedDeviceKeepsWhatTheServerRefusedSealedAlone(t *testing.T) {
	onEachEngine(t, 1, aRevokedDeviceWithRefusedWork)
}

func aRevokedDeviceWithRefusedWork(t *testing.T, f *Field) {
	c := deviceOf(t, f, "surveyor1")
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	id := startBudi(t, u)
	mustSync(t, u)
	for _, street := range []string{"Jl. Ditolak", "Jl. Tak Terbaca", "Jl. Baru"} {
		move(t, u, id, street)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	// The server has refused one change before, and can't read another.
	alterFile(t, f, "surveyor1",
		`UPDATE change SET status = 2 WHERE seq = (SELECT max(seq) - 2 FROM change)`,
		`UPDATE change SET escrow = randomblob(64) WHERE seq = (SELECT max(seq) - 1 FROM change)`)
	u = signInOn(t, c, f, "surveyor1")
	revokeDevice(t, f, 1)
	_, err := u.Sync(t.Context(), nil)
	if !errors.Is(err, clientsdk.ErrWiped) || !strings.Contains(err.Error(), "termasuk 2 perubahan yang tidak dapat diterima server") {
		t.Fatalf("never wiped, or nothing told of what was refused: %v", err)
	}
	db := deviceFile(t, f, "surveyor1")
	defer db.Close()
	var held, readable int
	err = db.QueryRowContext(t.Context(), `SELECT count(*) FILTER (WHERE length(escrow) > 0), count(*) FILTER (WHERE length(payload) > 0) FROM change`).Scan(&held, &readable)
	if err != nil || held != 3 || readable != 0 {
		t.Errorf("%d changes are held sealed, %d can be read with the password: %v", held, readable, err)
	}
}
