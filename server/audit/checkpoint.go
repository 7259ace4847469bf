package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// checkpointEvery is how long entries stand without a signature at most.
const checkpointEvery = 5 * time.Second

// signed is what a checkpoint's signature covers.
func signed(body []byte) []byte { return append([]byte("keluarga-sehat/audit-checkpoint"), body...) }

// Run makes checkpoints until the context ends, and a last one then.
func (l *Log) Run(ctx context.Context, failed func(error)) {
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := l.Checkpoint(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
			defer cancel()
			if err := l.Checkpoint(last); err != nil {
				failed(err)
			}
			return
		}
	}
}

// Checkpoint joins and signs the chains that have grown, those of processes that
// have died too. Where another process does so at this moment it leaves it to
// that one. Errors: those of the store, and of the head file.
func (l *Log) Checkpoint(ctx context.Context) error {
	var made *head
	err := l.config.Store.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		made, err = l.checkpoint(ctx, tx)
		return err
	})
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("audit checkpoint: %w", err)
	}
	if made == nil || l.config.HeadFile == "" {
		return nil
	}
	return made.write(l.config.HeadFile)
}

func (l *Log) checkpoint(ctx context.Context, tx store.Tx) (*head, error) {
	grown, err := tx.Snapshot().AuditChains(ctx, true)
	if err != nil || len(grown) == 0 {
		return nil, err
	}
	c := &ksv1.AuditCheckpoint{Number: 1, TimeMs: uint64(l.config.Now().UnixMilli())}
	last, err := tx.Snapshot().LastAuditCheckpoint(ctx)
	switch {
	case err == nil:
		sum := sha256.Sum256(last.Body)
		c.Number, c.Previous = last.Number+1, sum[:]
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	for _, g := range grown {
		c.Heads = append(c.Heads, &ksv1.AuditHead{Chain: g.Chain, Sequence: g.Sequence, Hash: g.Hash[:]})
	}
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode audit checkpoint: %w", err)
	}
	row := store.AuditCheckpoint{Number: c.GetNumber(), Body: body, Signature: ed25519.Sign(l.signer, signed(body))}
	sum := sha256.Sum256(body)
	return &head{Number: c.GetNumber(), Hash: hex.EncodeToString(sum[:])}, tx.Directory().PutAuditCheckpoint(ctx, row, grown)
}

// head is the last checkpoint as the head file keeps it.
type head struct {
	Number uint64 `json:"number"`
	Hash   string `json:"sha256"`
}

func (h *head) write(path string) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode audit head: %w", err)
	}
	if err := lasting.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write audit head: %w", err)
	}
	return nil
}

func readHead(path string) (*head, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	h := &head{}
	if err := json.Unmarshal(text, h); err != nil {
		return nil, fmt.Errorf("audit head file %s: %w", path, err)
	}
	return h, nil
}

// Keys verify checkpoints; who is given them can check an exported trail without
// any of the server's secrets.
type Keys struct {
	Present ed25519.PublicKey
	// Former signed before a rotation of keys, oldest first.
	Former []record.FormerAuditor
}

// KeysOf are a ring's.
func KeysOf(ring *record.Ring) (Keys, error) {
	signer, err := signerOf(ring)
	if err != nil {
		return Keys{}, err
	}
	public, ok := signer.Public().(ed25519.PublicKey)
	if !ok {
		return Keys{}, errors.New("audit key without a public one")
	}
	return Keys{Present: public, Former: ring.FormerAuditors()}, nil
}

// signed tells whether one of the keys made the signature, at a time when it did.
func (k *Keys) signed(body, signature []byte, timeMS uint64) bool {
	if ed25519.Verify(k.Present, signed(body), signature) {
		return true
	}
	for _, f := range k.Former {
		if timeMS <= uint64(f.UntilMS) && ed25519.Verify(f.PublicKey, signed(body), signature) {
			return true
		}
	}
	return false
}
