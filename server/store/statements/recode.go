package statements

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// Recode gives areas new codes. Nothing is written before all is read, so that
// two areas may change places.
func (t *Tx) Recode(ctx context.Context, atMS int64, rename func(path string) string) error {
	if err := t.bumpDirectory(ctx); err != nil {
		return err
	}
	crossing, err := t.crossing(ctx, rename)
	if err != nil {
		return err
	}
	if err := t.recodeVillages(ctx, rename); err != nil {
		return err
	}
	if err := t.noteRecoded(ctx, atMS, rename); err != nil {
		return err
	}
	if err := t.recodeNodes(ctx, rename); err != nil {
		return err
	}
	if err := t.recodeTargets(ctx, rename); err != nil {
		return err
	}
	if err := t.recodeSettings(ctx, rename); err != nil {
		return err
	}
	for _, x := range []struct{ deed, read, write string }{
		{"recode Puskesmas", `SELECT code, district FROM puskesmas ORDER BY code`, `UPDATE puskesmas SET district = $1 WHERE code = $2`},
		{"recode offices", `SELECT user_name, area FROM account ORDER BY number`, `UPDATE account SET area = $1, scope_revision = scope_revision + 1 WHERE user_name = $2`},
		{"recode feed tokens", `SELECT CAST(number AS TEXT), area FROM feed_token ORDER BY number`, `UPDATE feed_token SET area = $1 WHERE CAST(number AS TEXT) = $2`},
	} {
		if err := t.recodeColumn(ctx, x.deed, x.read, x.write, rename); err != nil {
			return err
		}
	}
	if err := t.movePuskesmas(ctx, crossing); err != nil {
		return err
	}
	if err := t.recodeRequests(ctx, rename); err != nil {
		return err
	}
	return t.recodeAssignments(ctx, rename)
}

func (t *Tx) recodeVillages(ctx context.Context, rename func(string) string) error {
	type village struct {
		number, revision int64
		code, puskesmas  string
	}
	taken, moving := map[string]village{}, []village{}
	err := t.each(ctx, "recode villages", `SELECT number, revision, code, puskesmas FROM village ORDER BY number`, nil, func(rows Rows) error {
		var v village
		err := rows.Scan(&v.number, &v.revision, &v.code, &v.puskesmas)
		if rename(v.code) != v.code {
			moving = append(moving, v)
		} else {
			taken[v.code] = v
		}
		return err
	})
	if err != nil {
		return err
	}
	var aside, final [][]any
	for _, v := range moving {
		to := rename(v.code)
		if other, ok := taken[to]; ok {
			if other.number == 0 || other.revision > 0 {
				return fmt.Errorf("recode village %s to %s: %w", v.code, to, store.ErrExists)
			}
			err := t.giveWay(ctx, other.number, v.number)
			if err == nil && v.puskesmas == "" {
				err = t.takePuskesmas(ctx, v.number, other.puskesmas)
			}
			if err != nil {
				return fmt.Errorf("recode village %s to %s: %w", v.code, to, err)
			}
		}
		taken[to] = village{}
		aside = append(aside, []any{fmt.Sprintf("#%d", v.number), v.number})
		final = append(final, []any{to, v.number})
	}
	if len(moving) == 0 {
		return nil
	}
	for _, v := range moving {
		if err := t.noteVillageBefore(ctx, uint32(v.number), v.puskesmas); err != nil {
			return err
		}
	}
	if err := t.conn.Bulk(ctx, `UPDATE village SET code = $1 WHERE number = $2`, aside); err != nil {
		return t.fail("recode villages", err)
	}
	if err := t.beginChange(ctx); err != nil {
		return err
	}
	err = t.conn.Bulk(ctx, `UPDATE village SET code = $1, changed = `+t.engine.Changed()+` WHERE number = $2`, final)
	return t.fail("recode villages", err)
}

// giveWay deletes a village that has no families yet; the RT that are known of it, as by a
// list of the new tree, go to the village that takes its code. What waits for a decision
// would be decided nowhere then.
func (t *Tx) giveWay(ctx context.Context, village, to int64) error {
	if err := t.replaceVillage(ctx, village, to); err != nil {
		return err
	}
	var waiting int64
	err := t.each(ctx, "recode village", `SELECT count(*) FROM quarantine WHERE village = $1 AND state = 0`, []any{village}, func(rows Rows) error {
		return rows.Scan(&waiting)
	})
	if err != nil {
		return err
	}
	if waiting > 0 {
		return fmt.Errorf("%d changes wait there for a supervisor's decision; have them decided first: %w", waiting, store.ErrExists)
	}
	_, err = t.conn.Exec(ctx, `UPDATE place SET village = $1 WHERE village = $2 AND place NOT IN (SELECT place FROM place WHERE village = $1)`, to, village)
	if err != nil {
		return t.fail("recode RT", err)
	}
	_, err = t.conn.Exec(ctx, `DELETE FROM place WHERE village = $1`, village)
	return t.fail("recode RT", err)
}

// recodeNodes moves the nodes of the tree; a name that the new code has already
// stays.
func (t *Tx) recodeNodes(ctx context.Context, rename func(string) string) error {
	there := map[string]bool{}
	var old, moved [][]any
	err := t.each(ctx, "recode areas", `SELECT code, name FROM area ORDER BY code`, nil, func(rows Rows) error {
		var code, name string
		err := rows.Scan(&code, &name)
		to := rename(code)
		if to != code {
			old, moved = append(old, []any{code}), append(moved, []any{to, name})
		}
		there[to] = true
		return err
	})
	if err != nil || len(moved) == 0 {
		return err
	}
	for _, m := range moved {
		code := m[0].(string)
		if parent := parentCode(code); parent != "" && !there[parent] {
			return fmt.Errorf("recode to %s, whose parent %s is not in the tree: %w", code, parent, store.ErrNotFound)
		}
	}
	if err := t.conn.Bulk(ctx, `DELETE FROM area WHERE code = $1`, old); err != nil {
		return t.fail("recode areas", err)
	}
	return t.fail("recode areas", t.conn.Bulk(ctx, `INSERT INTO area (code, name) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING`, moved))
}

// parentCode is the code right above; "" above provinces.
func parentCode(code string) string {
	switch len(code) {
	case villageCodeLength:
		return code[:8]
	case 8:
		return code[:5]
	case 5:
		return code[:2]
	}
	return ""
}

// recodeTargets moves targets; one that the new code has already stays.
func (t *Tx) recodeTargets(ctx context.Context, rename func(string) string) error {
	var old, moved [][]any
	err := t.each(ctx, "recode targets", `SELECT area, families FROM target ORDER BY area`, nil, func(rows Rows) error {
		var code string
		var families int64
		err := rows.Scan(&code, &families)
		if to := rename(code); to != code {
			old, moved = append(old, []any{code}), append(moved, []any{to, families})
		}
		return err
	})
	if err != nil || len(moved) == 0 {
		return err
	}
	if err := t.conn.Bulk(ctx, `DELETE FROM target WHERE area = $1`, old); err != nil {
		return t.fail("recode targets", err)
	}
	return t.fail("recode targets", t.conn.Bulk(ctx, `INSERT INTO target (area, families) VALUES ($1, $2) ON CONFLICT (area) DO NOTHING`, moved))
}

// recodeColumn renames the second column of a query; write takes the new code
// and the first column.
func (t *Tx) recodeColumn(ctx context.Context, deed, read, write string, rename func(string) string) error {
	var rows [][]any
	err := t.each(ctx, deed, read, nil, func(r Rows) error {
		var key, code string
		err := r.Scan(&key, &code)
		if to := rename(code); to != code {
			rows = append(rows, []any{to, key})
		}
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return t.fail(deed, t.conn.Bulk(ctx, write, rows))
}

func (t *Tx) recodeRequests(ctx context.Context, rename func(string) string) error {
	var rows [][]any
	err := t.each(ctx, "recode requests", `SELECT number, district FROM registration ORDER BY number`, nil, func(r Rows) error {
		var number int64
		var code string
		err := r.Scan(&number, &code)
		if to := rename(code); to != code {
			rows = append(rows, []any{to, number})
		}
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return t.fail("recode requests", t.conn.Bulk(ctx, `UPDATE registration SET district = $1 WHERE number = $2`, rows))
}

func (t *Tx) recodeAssignments(ctx context.Context, rename func(string) string) error {
	accounts, err := t.accounts(ctx, `ORDER BY number`)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		assigned := slices.Clone(a.Assigned)
		for i, path := range assigned {
			assigned[i] = rename(path)
		}
		if slices.Equal(assigned, a.Assigned) {
			continue
		}
		text, err := json.Marshal(assigned)
		if err != nil {
			return fmt.Errorf("recode assignments: %w", err)
		}
		_, err = t.conn.Exec(ctx, `UPDATE account SET assigned = $1, scope_revision = scope_revision + 1 WHERE number = $2`, string(text), int64(a.Number))
		if err != nil {
			return t.fail("recode assignments", err)
		}
	}
	return nil
}
