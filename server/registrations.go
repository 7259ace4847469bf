package server

import (
	"io"
	"log/slog"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

// NewRegistrations is the registration procedure for programs that work beside a
// running server.
func NewRegistrations(s store.Store, ring *record.Ring, now func() time.Time, rand io.Reader, log *slog.Logger) (*registration.Service, error) {
	signIn, err := auth.New(s, ring, now, rand, log)
	if err != nil {
		return nil, err
	}
	vault := ingest.NewVault(ring, rand)
	accounts := &account.Service{Store: s, Vault: vault, Auth: signIn, Now: now, Rand: rand}
	out := &registration.Service{Store: s, Vault: vault, Accounts: accounts, Now: now}
	accounts.Activated, accounts.FormAccepted = out.Activated, out.InForce
	return out, nil
}
