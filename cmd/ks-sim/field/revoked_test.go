package field

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
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
	mustSync(t, a)
	id, err := Interview(t.Context(), a, village(t, a), "001/001", NewGenerator(77, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, a)
	mustSync(t, b)
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
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	for _, street := range []string{"Jl. Ditolak", "Jl. Tak Terbaca", "Jl. Baru"} {
		move(t, u, id, street)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	// The server has refused one change before, and can't read another.
	path := filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE change SET status = 2 WHERE seq = (SELECT max(seq) - 2 FROM change)`,
		`UPDATE change SET escrow = randomblob(64) WHERE seq = (SELECT max(seq) - 1 FROM change)`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if u, err = c.SignIn(t.Context(), "surveyor1", f.Password); err != nil {
		t.Fatal(err)
	}
	revokeDevice(t, f, 1)
	_, err = u.Sync(t.Context(), nil)
	if !errors.Is(err, clientsdk.ErrWiped) || !strings.Contains(err.Error(), "termasuk 2 perubahan yang tidak dapat diterima server") {
		t.Fatalf("never wiped, or nothing told of what was refused: %v", err)
	}
	if db, err = sql.Open("sqlite3", path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var held, readable int
	err = db.QueryRowContext(t.Context(), `SELECT count(*) FILTER (WHERE length(escrow) > 0), count(*) FILTER (WHERE length(payload) > 0) FROM change`).Scan(&held, &readable)
	if err != nil || held != 3 || readable != 0 {
		t.Errorf("%d changes are held sealed, %d can be read with the password: %v", held, readable, err)
	}
}
