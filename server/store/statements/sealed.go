package statements

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/server/store"
)

// SealedRows reads rows of a table with sealed columns, by key.
func (t *Tx) SealedRows(ctx context.Context, of *store.SealedTable, q store.SealedQuery) ([]store.SealedRow, error) {
	salt, from := sealedFrom(of)
	columns := append(append(prefixed(of.Keys), prefixed(of.Also)...), salt)
	where, args := sealedWhere(of, q)
	if q.After != nil {
		args = append(args, q.After...)
		where += fmt.Sprintf(" AND (%s) > (%s)", strings.Join(prefixed(of.Keys), ", "), parameters(len(args)-len(q.After), len(q.After)))
	}
	args = append(args, int64(q.Limit))
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT $%d",
		strings.Join(append(columns, prefixed(of.Sealed)...), ", "), from, where, strings.Join(prefixed(of.Keys), ", "), len(args))
	var out []store.SealedRow
	err := t.each(ctx, "read sealed rows of "+of.Name, query, args, func(rows Rows) error {
		r := store.SealedRow{Keys: make([]any, len(of.Keys)), Also: make([]any, len(of.Also)), Sealed: make([][]byte, len(of.Sealed))}
		var into []any
		for i := range r.Keys {
			into = append(into, &r.Keys[i])
		}
		for i := range r.Also {
			into = append(into, &r.Also[i])
		}
		into = append(into, &r.Salt)
		for i := range r.Sealed {
			into = append(into, &r.Sealed[i])
		}
		err := rows.Scan(into...)
		out = append(out, r)
		return err
	})
	return out, err
}

// CountSealed counts them.
func (t *Tx) CountSealed(ctx context.Context, of *store.SealedTable, q store.SealedQuery) (int, error) {
	where, args := sealedWhere(of, q)
	var n int
	err := t.one(ctx, "count sealed rows of "+of.Name, `SELECT count(*) FROM `+of.Name+` AS row WHERE `+where, args, func(rows Rows) error { return rows.Scan(&n) })
	return n, err
}

// sealedFrom gives the expression of the salt, and the tables.
func sealedFrom(of *store.SealedTable) (salt, from string) {
	switch {
	case of.Salt != "":
		return "row." + of.Salt, of.Name + " AS row"
	case of.Salted != "":
		return "salted.salt", of.Name + " AS row LEFT JOIN " + of.Salted + " AS salted ON " + of.Join
	default:
		return "NULL", of.Name + " AS row"
	}
}

// sealedWhere is the condition of rows that hold anything sealed, or anything
// under another key: its id stands in bytes 2 to 5 (internal/record).
func sealedWhere(of *store.SealedTable, q store.SealedQuery) (string, []any) {
	var some []string
	var args []any
	for _, c := range prefixed(of.Sealed) {
		condition := "length(" + c + ") > 0"
		if q.OtherThan != 0 {
			condition = "(" + condition + " AND substr(" + c + ", 2, 4) <> $1)"
			args = []any{binary.BigEndian.AppendUint32(nil, q.OtherThan)}
		}
		some = append(some, condition)
	}
	return "(" + strings.Join(some, " OR ") + ")", args
}

func prefixed(columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = "row." + c
	}
	return out
}

// parameters are n placeholders after so many.
func parameters(after, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("$%d", after+i+1)
	}
	return strings.Join(out, ", ")
}

// PutSealed replaces what is sealed in rows, and the hashes beside it.
func (t *Tx) PutSealed(ctx context.Context, of *store.SealedTable, rows []store.SealedRow) error {
	var set, keys []string
	for i, c := range append(append([]string{}, of.Sealed...), of.Hashes...) {
		set = append(set, fmt.Sprintf("%s = $%d", c, i+1))
	}
	for i, c := range of.Keys {
		keys = append(keys, fmt.Sprintf("%s = $%d", c, len(set)+i+1))
	}
	args := make([][]any, len(rows))
	for i, r := range rows {
		for _, value := range append(append([][]byte{}, r.Sealed...), r.Hashes...) {
			args[i] = append(args[i], value)
		}
		args[i] = append(args[i], r.Keys...)
	}
	err := t.conn.Bulk(ctx, fmt.Sprintf("UPDATE %s SET %s WHERE %s", of.Name, strings.Join(set, ", "), strings.Join(keys, " AND ")), args)
	return t.fail("write sealed rows of "+of.Name, err)
}
