package statements

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// FindArea reads one node.
func (t *Tx) FindArea(ctx context.Context, code string) (store.Area, error) {
	var a store.Area
	err := t.one(ctx, "read area "+code, `SELECT code, name FROM area WHERE code = $1`, []any{code}, func(rows Rows) error {
		return rows.Scan(&a.Code, &a.Name)
	})
	return a, err
}

// childLength is the length of codes right below a parent.
func childLength(parent string) int {
	switch len(parent) {
	case 0:
		return 2
	case 2:
		return 5
	case 5:
		return 8
	default:
		return 13
	}
}

// ListAreas lists the nodes right below a code.
func (t *Tx) ListAreas(ctx context.Context, parent, after string, limit int) ([]store.Area, error) {
	var out []store.Area
	from, to := prefixRange(parent)
	if after > from {
		from = after
	}
	err := t.each(ctx, "list areas", `
SELECT code, name FROM area WHERE code > $1 AND code < $2 AND length(code) = $3 ORDER BY code LIMIT $4`,
		[]any{from, to, int64(childLength(parent)), int64(limit)}, func(rows Rows) error {
			var a store.Area
			err := rows.Scan(&a.Code, &a.Name)
			out = append(out, a)
			return err
		})
	return out, err
}

// prefixRange bounds the codes that begin with a dotted prefix, the prefix
// itself left out at the lower end.
func prefixRange(prefix string) (from, to string) {
	if prefix == "" {
		return "", ":"
	}
	return prefix, prefix + "/"
}

// ListPuskesmas lists health centres.
func (t *Tx) ListPuskesmas(ctx context.Context, district, after string, limit int) ([]store.Puskesmas, error) {
	return t.puskesmas(ctx, `WHERE (district = $1 OR district LIKE $2) AND puskesmas.code > $3 ORDER BY puskesmas.code LIMIT $4`,
		district, likePrefix(district), after, int64(limit))
}

func likePrefix(district string) string {
	if district == "" {
		return "%"
	}
	return district + ".%"
}

// FindPuskesmas reads one.
func (t *Tx) FindPuskesmas(ctx context.Context, code string) (store.Puskesmas, error) {
	found, err := t.puskesmas(ctx, `WHERE puskesmas.code = $1`, code)
	if err != nil {
		return store.Puskesmas{}, err
	}
	if len(found) == 0 {
		return store.Puskesmas{}, fmt.Errorf("find Puskesmas %s: %w", code, store.ErrNotFound)
	}
	return found[0], nil
}

func (t *Tx) puskesmas(ctx context.Context, where string, args ...any) ([]store.Puskesmas, error) {
	var out []store.Puskesmas
	err := t.each(ctx, "list Puskesmas", `SELECT code, name, district FROM puskesmas `+where, args, func(rows Rows) error {
		var p store.Puskesmas
		err := rows.Scan(&p.Code, &p.Name, &p.District)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		err := t.each(ctx, "list villages of a Puskesmas", `SELECT code FROM village WHERE puskesmas = $1 ORDER BY code`,
			[]any{out[i].Code}, func(rows Rows) error {
				var code string
				err := rows.Scan(&code)
				out[i].Villages = append(out[i].Villages, code)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// VillagesUnder lists villages by code prefix.
func (t *Tx) VillagesUnder(ctx context.Context, prefix string) ([]store.Village, error) {
	var out []store.Village
	_, to := prefixRange(prefix)
	err := t.each(ctx, "list villages", selectVillage+`WHERE village.code >= $1 AND village.code < $2 ORDER BY number`,
		[]any{prefix, to}, func(rows Rows) error {
			v, err := t.scanVillage(rows)
			out = append(out, v)
			return err
		})
	return out, err
}

// Targets lists targets by area prefix.
func (t *Tx) Targets(ctx context.Context, prefix string) ([]store.Target, error) {
	var out []store.Target
	to := prefix + ":"
	err := t.each(ctx, "list targets", `SELECT area, families FROM target WHERE area >= $1 AND area < $2 ORDER BY area`,
		[]any{prefix, to}, func(rows Rows) error {
			var x store.Target
			err := rows.Scan(&x.Area, &x.Families)
			out = append(out, x)
			return err
		})
	return out, err
}

// Meta reads a small setting.
func (t *Tx) Meta(ctx context.Context, name string) (string, error) {
	var value string
	err := t.each(ctx, "read "+name, `SELECT value FROM meta WHERE name = $1`, []any{name}, func(rows Rows) error {
		return rows.Scan(&value)
	})
	return value, err
}

// PutMeta keeps a small setting.
func (t *Tx) PutMeta(ctx context.Context, name, value string) error {
	_, err := t.conn.Exec(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return t.fail("write "+name, err)
}

const villageCodeLength = 13

// metaDirectory counts the changes of areas, Puskesmas and targets, for those
// who keep them in memory.
const metaDirectory = "directory"

func (t *Tx) bumpDirectory(ctx context.Context) error {
	_, err := t.conn.Exec(ctx, `INSERT INTO meta (name, value) VALUES ($1, '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)`, metaDirectory)
	return t.fail("count changes of the directory", err)
}

// PutAreas adds or renames nodes.
func (t *Tx) PutAreas(ctx context.Context, areas []store.Area) error {
	if err := t.bumpDirectory(ctx); err != nil {
		return err
	}
	var nodes, villages [][]any
	for _, a := range areas {
		nodes = append(nodes, []any{a.Code, a.Name})
		if len(a.Code) == villageCodeLength {
			villages = append(villages, []any{a.Code, []byte{}, t.engine.Counts(nil), t.engine.Counts(nil)})
		}
	}
	if len(nodes) > 0 {
		err := t.conn.Bulk(ctx, `INSERT INTO area (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name`, nodes)
		if err != nil {
			return t.fail("write areas", err)
		}
	}
	if len(villages) == 0 {
		return nil
	}
	return t.fail("write villages", t.conn.Bulk(ctx, `
INSERT INTO village (code, puskesmas, revision, hash, provisional, verified, submitted, approved, returned, changed)
VALUES ($1, '', 0, $2, $3, $4, 0, 0, 0, 0) ON CONFLICT (code) DO NOTHING`, villages))
}

// PutPuskesmas adds or replaces health centres.
func (t *Tx) PutPuskesmas(ctx context.Context, list []store.Puskesmas) error {
	if err := t.bumpDirectory(ctx); err != nil {
		return err
	}
	before, err := t.puskesmasOfVillages(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		_, err := t.conn.Exec(ctx, `
INSERT INTO puskesmas (code, name, district) VALUES ($1, $2, $3)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, district = excluded.district`, p.Code, p.Name, p.District)
		if err != nil {
			return t.fail("write Puskesmas", err)
		}
		if _, err := t.conn.Exec(ctx, `UPDATE village SET puskesmas = '' WHERE puskesmas = $1`, p.Code); err != nil {
			return t.fail("write Puskesmas", err)
		}
		for _, code := range p.Villages {
			n, err := t.conn.Exec(ctx, `UPDATE village SET puskesmas = $1 WHERE code = $2`, p.Code, code)
			if err != nil {
				return t.fail("write Puskesmas", err)
			}
			if n == 0 {
				return fmt.Errorf("village %s of Puskesmas %s: %w", code, p.Code, store.ErrNotFound)
			}
		}
	}
	after, err := t.puskesmasOfVillages(ctx)
	for _, village := range slices.Sorted(maps.Keys(after)) {
		if err == nil && after[village] != before[village] {
			err = errors.Join(t.noteVillageBefore(ctx, village, before[village]), t.markDoubledStale(ctx, village))
		}
	}
	return err
}

// noteVillageBefore keeps by what a village was known: its code before that is altered, with
// the Puskesmas that it was of.
func (t *Tx) noteVillageBefore(ctx context.Context, number uint32, puskesmas string) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO village_before (number, code, puskesmas) SELECT number, code, CAST($1 AS TEXT) FROM village WHERE number = $2
ON CONFLICT DO NOTHING`, puskesmas, int64(number))
	return t.fail("note by what a village was known", err)
}

// VillageBefore lists by what a village was known before.
func (t *Tx) VillageBefore(ctx context.Context, number uint32) ([]store.Village, error) {
	var out []store.Village
	err := t.each(ctx, "read by what a village was known", `SELECT code, puskesmas FROM village_before WHERE number = $1 ORDER BY code, puskesmas`,
		[]any{int64(number)}, func(rows Rows) error {
			v := store.Village{Number: number}
			err := rows.Scan(&v.Code, &v.Puskesmas)
			out = append(out, v)
			return err
		})
	return out, err
}

// VillagesOnce lists the villages that had a code before.
func (t *Tx) VillagesOnce(ctx context.Context, code string) ([]uint32, error) {
	var out []uint32
	err := t.each(ctx, "read whose a code was", `SELECT DISTINCT number FROM village_before WHERE code = $1 ORDER BY number`,
		[]any{code}, func(rows Rows) error {
			var number int64
			err := rows.Scan(&number)
			out = append(out, uint32(number))
			return err
		})
	return out, err
}

// puskesmasOfVillages are the health centres of villages that have families; "": none.
func (t *Tx) puskesmasOfVillages(ctx context.Context) (map[uint32]string, error) {
	out := map[uint32]string{}
	err := t.each(ctx, "read the Puskesmas of villages", `SELECT number, puskesmas FROM village WHERE revision > 0`, nil, func(rows Rows) error {
		var village int64
		var code string
		err := rows.Scan(&village, &code)
		out[uint32(village)] = code
		return err
	})
	return out, err
}

// PutTargets adds or replaces targets.
func (t *Tx) PutTargets(ctx context.Context, targets []store.Target) error {
	rows := make([][]any, len(targets))
	for i, x := range targets {
		rows[i] = []any{x.Area, x.Families}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := t.bumpDirectory(ctx); err != nil {
		return err
	}
	return t.fail("write targets", t.conn.Bulk(ctx, `
INSERT INTO target (area, families) VALUES ($1, $2) ON CONFLICT (area) DO UPDATE SET families = excluded.families`, rows))
}

func jsonOf[T any](list []T) string {
	if list == nil {
		list = []T{}
	}
	b, err := json.Marshal(list)
	if err != nil {
		// Numbers and strings always marshal.
		panic(err)
	}
	return string(b)
}
