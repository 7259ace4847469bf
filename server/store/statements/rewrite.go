package statements

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Rewrite replaces what is sealed of a family.
func (v *villageTx) Rewrite(ctx context.Context, r *store.Rewrite) error {
	village := int64(v.row.Number)
	var history, kept, gone [][]any
	for i := range r.History {
		h := &r.History[i]
		history = append(history, []any{h.Payload, village, int64(h.Revision)})
	}
	for i := range r.Quarantine {
		q := &r.Quarantine[i]
		if len(q.Payload) == 0 {
			gone = append(gone, []any{village, q.Change[:]})
			continue
		}
		kept = append(kept, []any{q.Salt[:], q.Payload, q.ContentHash, village, q.Change[:]})
	}
	for _, step := range []struct {
		deed, sql string
		rows      [][]any
	}{
		{"rewrite history", `UPDATE history SET payload = $1 WHERE village = $2 AND revision = $3`, history},
		{"rewrite quarantine", `UPDATE quarantine SET salt = $1, payload = $2, content_hash = $3 WHERE village = $4 AND change = $5`, kept},
		{"delete quarantine", `DELETE FROM quarantine WHERE village = $1 AND change = $2`, gone},
	} {
		if err := v.bulk(ctx, step.deed, step.sql, step.rows); err != nil {
			return err
		}
	}
	if r.KeepIdentifiers {
		return nil
	}
	// Verdicts are sealed under the family's salt, which is another now.
	if _, err := v.tx.conn.Exec(ctx, `DELETE FROM verdict WHERE village = $1 AND family = $2`, village, r.Family[:]); err != nil {
		return v.tx.fail("delete verdicts", err)
	}
	if err := v.putVerdicts(ctx, &store.Commit{Verdicts: r.Verdicts}); err != nil {
		return err
	}
	if err := v.detachMovements(ctx, r.Family, r.Nobody); err != nil {
		return err
	}
	return v.eraseIdentifiers(ctx, r.Family, r.Member)
}

var insertErasedIDs = Insertion{Table: "erased_id", Columns: `id, fate`, Conflict: `
ON CONFLICT (id) DO UPDATE SET fate = excluded.fate`}

func (v *villageTx) putErasedIDs(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.ErasedIDs))
	for i := range c.ErasedIDs {
		rows[i] = []any{c.ErasedIDs[i].ID[:], int64(c.ErasedIDs[i].Fate)}
	}
	return v.insert(ctx, "keep erased ids", insertErasedIDs, rows)
}

// ErasedIDs finds which ids are kept of erasures.
func (v *villageTx) ErasedIDs(ctx context.Context, ids []merge.ID) (out []store.ErasedID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	e := v.tx.engine
	err = v.tx.each(ctx, "find erased ids", `SELECT id, fate FROM erased_id WHERE id `+e.InBlobs("$1"), []any{e.Blobs(BlobsOf(ids))}, func(rows Rows) error {
		var id []byte
		var fate int64
		err := rows.Scan(&id, &fate)
		found := store.ErasedID{Fate: store.Fate(fate)}
		copy(found.ID[:], id)
		out = append(out, found)
		return err
	})
	return out, err
}

// Restrict restricts a family's processing, or lifts that.
func (v *villageTx) Restrict(ctx context.Context, family [16]byte, restricted bool) error {
	return v.tx.fail("restrict family", v.mark(ctx, "restricted", family, restricted))
}

// Supersede marks a family as going on elsewhere, or no longer.
func (v *villageTx) Supersede(ctx context.Context, family [16]byte, superseded bool) error {
	return v.tx.fail("supersede family", v.mark(ctx, "superseded", family, superseded))
}

func (v *villageTx) mark(ctx context.Context, column string, family [16]byte, marked bool) error {
	value := int64(0)
	if marked {
		value = 1
	}
	n, err := v.tx.conn.Exec(ctx, `UPDATE family SET `+column+` = $1 WHERE village = $2 AND id = $3`, value, int64(v.row.Number), family[:])
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}
