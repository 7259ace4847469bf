package device

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"io"
)

// secretHandoverKey is the seed by which the user signs hand-overs and opens what
// stores have sealed for it. It is not the device's key: the seed of that lies in the
// clear (deposit), and who has a stolen file must open nothing by it.
const secretHandoverKey = "handover-key"

// HandoverKey is the key by which the user signs hand-overs; nil: the store has had no
// sync that could have published one.
func (s *Store) HandoverKey(ctx context.Context) (ed25519.PrivateKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handoverKey(ctx)
}

func (s *Store) handoverKey(ctx context.Context) (ed25519.PrivateKey, error) {
	seed, err := s.secret(ctx, secretHandoverKey)
	if err != nil || len(seed) == 0 {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("hand-over key of %d bytes", len(seed))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// publishedHandoverKey is what the server is told of it; drawn once, at the first sync.
func (s *Store) publishedHandoverKey(ctx context.Context) (ed25519.PublicKey, error) {
	if s.vault.root == s.vault.key {
		return nil, nil // it would be sealed under what a hand-over opens
	}
	key, err := s.handoverKey(ctx)
	if err != nil {
		return nil, err
	}
	if key == nil {
		seed := make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(s.env.Rand, seed); err != nil {
			return nil, fmt.Errorf("draw hand-over key: %w", err)
		}
		defer clear(seed)
		err := s.transact(ctx, func(tx *sql.Tx) error { return s.putSecret(ctx, tx, secretHandoverKey, seed) })
		if err != nil {
			return nil, err
		}
		key = ed25519.NewKeyFromSeed(seed)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("hand-over key without a public one")
	}
	return public, nil
}
