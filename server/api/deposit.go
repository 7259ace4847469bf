package api

import (
	"context"
	"crypto/ed25519"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Deposit takes sealed changes from a registered device, whoever may or may not
// be able to sign in on it; a revoked one too, whose work is not to be lost.
// Errors: auth.ErrDeviceProof, ingest.ErrQuarantineFull.
func (s syncService) Deposit(ctx context.Context, r *ksv1.DepositRequest) (*ksv1.DepositResponse, error) {
	err := s.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		d, err := snap.FindDevice(ctx, r.GetDevice())
		if err != nil || len(d.PublicKey) != ed25519.PublicKeySize || !ed25519.Verify(d.PublicKey, syncing.DepositMessage(r), r.GetSignature()) {
			return auth.ErrDeviceProof
		}
		return ingest.CheckQuota(ctx, snap, d.Number)
	})
	if err != nil {
		return nil, err
	}
	receipts, err := ingest.Deposit(ctx, s.services.Store, s.services.Vault, s.services.Backend.Changes, r, s.services.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	return &ksv1.DepositResponse{Receipts: receipts}, nil
}
