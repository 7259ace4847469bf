package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

var insertVerdicts = Insertion{Table: "verdict", Columns: `village, id, family, author, outcome, decided_ms, revision, payload`}

func (v *villageTx) putVerdicts(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.Verdicts))
	for i := range c.Verdicts {
		d := &c.Verdicts[i]
		rows[i] = []any{
			int64(v.row.Number), d.ID[:], d.Family[:], int64(d.Author), int64(d.Outcome), d.DecidedAtMS, int64(d.Revision), d.Payload,
		}
	}
	return v.insert(ctx, "write verdicts", insertVerdicts, rows)
}

// batches runs a query over batch rows.
func (t *Tx) batches(ctx context.Context, sql string, args ...any) ([]store.Batch, error) {
	var out []store.Batch
	err := t.each(ctx, "read batches", `SELECT village, id, author, state, received_ms, salt, payload FROM batch `+sql, args, func(rows Rows) error {
		var b store.Batch
		var id, salt []byte
		var village, author, state int64
		err := rows.Scan(&village, &id, &author, &state, &b.ReceivedAtMS, &salt, &b.Payload)
		copy(b.ID[:], id)
		copy(b.Salt[:], salt)
		b.Village, b.Author, b.State = uint32(village), uint32(author), int(state)
		out = append(out, b)
		return err
	})
	return out, err
}

// Batches reads the batches named.
func (v *villageTx) Batches(ctx context.Context, ids []merge.ID) ([]store.Batch, error) {
	e := v.tx.engine
	return v.tx.batches(ctx, `WHERE village = $1 AND id `+e.InBlobs("$2"), int64(v.row.Number), e.Blobs(BlobsOf(ids)))
}

func (v *villageTx) putAwaited(ctx context.Context, c *store.Commit) error {
	rowsOf := func(list []store.Awaited) [][]any {
		rows := make([][]any, len(list))
		for i := range list {
			rows[i] = []any{int64(v.row.Number), list[i].Family[:], list[i].Batch[:]}
		}
		return rows
	}
	err := v.bulk(ctx, "await families", `INSERT INTO awaited (village, family, batch) VALUES ($1, $2, $3)`, rowsOf(c.Awaited))
	if err != nil {
		return err
	}
	return v.bulk(ctx, "await families no more", `DELETE FROM awaited WHERE village = $1 AND family = $2 AND batch = $3`, rowsOf(c.Arrived))
}

// Awaited tells which of the families batches wait for.
func (v *villageTx) Awaited(ctx context.Context, families []merge.ID) ([]store.Awaited, error) {
	e := v.tx.engine
	var out []store.Awaited
	err := v.tx.each(ctx, "read awaited families", `SELECT family, batch FROM awaited WHERE village = $1 AND family `+e.InBlobs("$2")+` ORDER BY family, batch`,
		[]any{int64(v.row.Number), e.Blobs(BlobsOf(families))}, func(rows Rows) error {
			var a store.Awaited
			var family, batch []byte
			err := rows.Scan(&family, &batch)
			copy(a.Family[:], family)
			copy(a.Batch[:], batch)
			out = append(out, a)
			return err
		})
	return out, err
}

// Authors tells who wrote to the families.
func (v *villageTx) Authors(ctx context.Context, families []merge.ID) ([]store.Authorship, error) {
	e := v.tx.engine
	var out []store.Authorship
	err := v.tx.each(ctx, "read authors", `
SELECT family, author, max(revision) FROM history WHERE village = $1 AND author >= 0 AND family `+e.InBlobs("$2")+` GROUP BY family, author ORDER BY family, author`,
		[]any{int64(v.row.Number), e.Blobs(BlobsOf(families))}, func(rows Rows) error {
			var a store.Authorship
			var family []byte
			var author, revision int64
			err := rows.Scan(&family, &author, &revision)
			copy(a.Family[:], family)
			a.Author, a.Revision = uint32(author), uint64(revision)
			out = append(out, a)
			return err
		})
	return out, err
}

// ListReview lists families by review.
func (t *Tx) ListReview(ctx context.Context, q store.ReviewQuery) ([]store.Family, error) {
	// The states are those of the partial indexes.
	where := `WHERE village ` + t.engine.InInts("$1") + ` AND (review_ms, id) > ($2, $3) AND review_state IN (1, 4)`
	if q.Returned {
		where = `WHERE village ` + t.engine.InInts("$1") + ` AND (review_ms, id) > ($2, $3) AND review_state = 3`
	}
	args := []any{t.engine.Ints(numbersOf(q.Villages)), q.AfterMS, q.AfterID[:]}
	where += unrestricted(ctx)
	bound := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(condition, len(args))
	}
	if q.To != 0 {
		bound(` AND place >= $%d`, int64(q.From))
		bound(` AND place <= $%d`, int64(q.To))
	}
	if q.Author != 0 {
		bound(` AND review_author = $%d`, int64(q.Author))
	}
	if q.BeforeMS != 0 {
		bound(` AND review_ms < $%d`, q.BeforeMS)
	}
	bound(` ORDER BY review_ms, id LIMIT $%d`, int64(q.Limit))
	return t.families(ctx, where, args...)
}

// ListBatches lists batches, newest first.
func (t *Tx) ListBatches(ctx context.Context, q store.BatchQuery) ([]store.Batch, error) {
	where := `WHERE village ` + t.engine.InInts("$1")
	args := []any{t.engine.Ints(numbersOf(q.Villages))}
	bound := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(condition, len(args))
	}
	if q.BeforeMS != 0 {
		args = append(args, q.BeforeMS, q.BeforeID[:])
		where += fmt.Sprintf(` AND (received_ms, id) < ($%d, $%d)`, len(args)-1, len(args))
	}
	if q.Author != 0 {
		bound(` AND author = $%d`, int64(q.Author))
	}
	if q.State != 0 {
		bound(` AND state = $%d`, int64(q.State))
	}
	bound(` ORDER BY received_ms DESC, id DESC LIMIT $%d`, int64(q.Limit))
	return t.batches(ctx, where, args...)
}

// FindBatch looks in the villages given.
func (t *Tx) FindBatch(ctx context.Context, villages []uint32, id merge.ID) (store.Batch, error) {
	found, err := t.batches(ctx, `WHERE village `+t.engine.InInts("$1")+` AND id = $2`, t.engine.Ints(numbersOf(villages)), id[:])
	if err != nil {
		return store.Batch{}, err
	}
	if len(found) == 0 {
		return store.Batch{}, fmt.Errorf("batch %s: %w", id, store.ErrNotFound)
	}
	return found[0], nil
}

// Verdicts reads a family's, newest first.
func (t *Tx) Verdicts(ctx context.Context, village uint32, family merge.ID, before uint64, limit int) ([]store.Verdict, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	var out []store.Verdict
	err := t.each(ctx, "read verdicts", `
SELECT id, author, outcome, decided_ms, revision, payload FROM verdict WHERE village = $1 AND family = $2 AND revision < $3
ORDER BY revision DESC LIMIT $4`,
		[]any{int64(village), family[:], int64(before), int64(limit)}, func(rows Rows) error {
			d := store.Verdict{Village: village, Family: family}
			var id []byte
			var author, outcome, revision int64
			err := rows.Scan(&id, &author, &outcome, &d.DecidedAtMS, &revision, &d.Payload)
			copy(d.ID[:], id)
			d.Author, d.Outcome, d.Revision = uint32(author), int(outcome), uint64(revision)
			out = append(out, d)
			return err
		})
	return out, err
}
