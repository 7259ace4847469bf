package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

const selectHandover = `SELECT device, incarnation, outgoing, incoming, signer, signer_device, issued_ms, recorded_ms, unsent FROM handover `

func (t *Tx) handovers(ctx context.Context, where string, args ...any) ([]store.Handover, error) {
	var out []store.Handover
	err := t.each(ctx, "read hand-overs", selectHandover+where, args, func(rows Rows) error {
		var device, incarnation, outgoing, incoming, signer, signerDevice int64
		var h store.Handover
		err := rows.Scan(&device, &incarnation, &outgoing, &incoming, &signer, &signerDevice, &h.IssuedMS, &h.RecordedMS, &h.Unsent)
		h.Device, h.Incarnation, h.Outgoing, h.Incoming = uint32(device), uint32(incarnation), uint32(outgoing), uint32(incoming)
		h.Signer, h.SignerDevice = uint32(signer), uint32(signerDevice)
		out = append(out, h)
		return err
	})
	return out, err
}

// FindHandover reads one.
func (t *Tx) FindHandover(ctx context.Context, device, incarnation uint32) (store.Handover, error) {
	found, err := t.handovers(ctx, `WHERE device = $1 AND incarnation = $2`, int64(device), int64(incarnation))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read hand-over: %w", store.ErrNotFound)
	}
	if err != nil {
		return store.Handover{}, err
	}
	return found[0], nil
}

// HandoversTo lists what an account took over.
func (t *Tx) HandoversTo(ctx context.Context, incoming uint32) ([]store.Handover, error) {
	return t.handovers(ctx, `WHERE incoming = $1 ORDER BY device, incarnation`, int64(incoming))
}

// PutHandover adds one.
func (t *Tx) PutHandover(ctx context.Context, h store.Handover) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO handover (device, incarnation, outgoing, incoming, signer, signer_device, issued_ms, recorded_ms, unsent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (device, incarnation) DO NOTHING`,
		int64(h.Device), int64(h.Incarnation), int64(h.Outgoing), int64(h.Incoming), int64(h.Signer), int64(h.SignerDevice), h.IssuedMS, h.RecordedMS, append([]byte{}, h.Unsent...))
	return t.fail("write hand-over", err)
}

// PutHandoverKey keeps by which key a device's user signs hand-overs.
func (t *Tx) PutHandoverKey(ctx context.Context, device uint32, publicKey []byte) error {
	_, err := t.conn.Exec(ctx, `UPDATE device SET handover_key = $1 WHERE number = $2 AND (handover_key IS NULL OR handover_key <> $1)`, publicKey, int64(device))
	return t.fail("write hand-over key", err)
}
