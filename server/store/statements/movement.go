package statements

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

const movementColumns = `village, day, revision, moved`

// addMovements is of a commit with a revision of its own, which has none yet.
var addMovements = Insertion{Table: "movement", Columns: movementColumns}

var writeMovements = Insertion{Table: "movement", Columns: movementColumns, Conflict: `
ON CONFLICT (village, day, revision) DO UPDATE SET moved = excluded.moved`}

// putMovements writes a commit's movements. A commit without a revision of its own, as a
// recompute is, goes on from those that the revision has.
func (v *villageTx) putMovements(ctx context.Context, c *store.Commit) error {
	if len(c.Movements) == 0 {
		return nil
	}
	if c.Village.Revision != v.row.Revision {
		return v.writeMovements(ctx, addMovements, c, c.Movements)
	}
	moved := map[merge.ID]store.Movement{}
	err := v.tx.movements(ctx, func(m store.Movement) error { moved[m.Family] = m; return nil },
		`WHERE village = $1 AND day = $2 AND revision = $3`, int64(v.row.Number), int64(c.Day), int64(c.Village.Revision))
	if err != nil {
		return err
	}
	for i := range c.Movements {
		m := c.Movements[i]
		if before, ok := moved[m.Family]; ok {
			if m, err = before.Then(&m); err != nil {
				return fmt.Errorf("write movement of family %s: %w", m.Family, err)
			}
		}
		moved[m.Family] = m
	}
	return v.writeMovements(ctx, writeMovements, c, slices.Collect(maps.Values(moved)))
}

func (v *villageTx) writeMovements(ctx context.Context, into Insertion, c *store.Commit, list []store.Movement) error {
	packed, err := store.PackMovements(list)
	if err != nil {
		return err
	}
	return v.insert(ctx, "write movements", into, [][]any{{int64(v.row.Number), int64(c.Day), int64(c.Village.Revision), packed}})
}

// detachMovements gives the movements of a family that was erased, or a member of which was, the
// id of nobody: the tallies are their sum, but whose they were is not to be known any more. What
// one before the erasure counts less than one after it is what the erased alone had.
func (v *villageTx) detachMovements(ctx context.Context, family, nobody merge.ID) error {
	var changed [][]any
	err := v.tx.each(ctx, "read movements", `SELECT day, revision, moved FROM movement WHERE village = $1`, []any{int64(v.row.Number)}, func(rows Rows) error {
		var day, revision int64
		var moved []byte
		if err := rows.Scan(&day, &revision, &moved); err != nil || !bytes.Contains(moved, family[:]) {
			return err
		}
		var list []store.Movement
		err := store.UnpackMovements(moved, func(m store.Movement) error {
			if m.Family == family {
				m.Family = nobody
			}
			list = append(list, m)
			return nil
		})
		if err != nil {
			return err
		}
		moved, err = store.PackMovements(list)
		changed = append(changed, []any{moved, int64(v.row.Number), day, revision})
		return err
	})
	if err != nil {
		return err
	}
	return v.bulk(ctx, "detach movements", `UPDATE movement SET moved = $1 WHERE village = $2 AND day = $3 AND revision = $4`, changed)
}

// MovementsBetween hands over the movements of a period.
func (t *Tx) MovementsBetween(ctx context.Context, villages []uint32, after, upTo int, visit func(store.Movement) error) error {
	return t.movements(ctx, visit, `WHERE village `+t.engine.InInts("$1")+` AND day > $2 AND day <= $3`,
		t.engine.Ints(numbersOf(villages)), int64(after), int64(upTo))
}

// MovementsBeyond hands over a village's that came later, by the primary key.
func (t *Tx) MovementsBeyond(ctx context.Context, b store.Beyond, visit func(store.Movement) error) error {
	return t.movements(ctx, visit, `WHERE village = $1 AND day > $2 AND day <= $3 AND revision > $4`,
		int64(b.Village), int64(b.After), int64(b.UpTo), int64(b.Revision))
}

// movements hands over those of the rows that the condition, which begins with WHERE,
// chooses, in the order of villages, days, revisions and families' ids.
func (t *Tx) movements(ctx context.Context, visit func(store.Movement) error, where string, args ...any) error {
	return t.each(ctx, "read movements", `SELECT `+movementColumns+` FROM movement `+where+` ORDER BY village, day, revision`, args, func(rows Rows) error {
		var village, day, revision int64
		var moved []byte
		if err := rows.Scan(&village, &day, &revision, &moved); err != nil {
			return err
		}
		err := store.UnpackMovements(moved, func(m store.Movement) error {
			m.Village, m.Day, m.Revision = uint32(village), int(day), uint64(revision)
			return visit(m)
		})
		if errors.Is(err, store.ErrMovements) {
			err = fmt.Errorf("village %d on %d, revision %d: %w", village, day, revision, err)
		}
		return err
	})
}
