package postgres

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/server/store/statements"
)

var errUndone = errors.New("undone")

// TestColumnsArriveAsTheyWere inserts values of each type, also null, empty, extreme and
// large ones, and reads them back.
func TestColumnsArriveAsTheyWere(t *testing.T) {
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows := [][]any{
		{int64(7), int64(0), []byte(nil), "", []byte("first")},
		{int64(7), int64(math.MinInt64), []byte{}, "a,b{}\"\\ 'NULL'", bytes.Repeat([]byte{0, 255}, 100_000)},
		{int64(7), int64(math.MaxInt64), []byte{0}, "Ngārūawāhia", []byte("last")},
	}
	into := statements.Insertion{Table: "seen", Columns: "one, number, bytes, words, more", Common: 1}
	inTransaction(t, s, func(ctx context.Context, c *conn) {
		if _, err := c.Exec(ctx, `CREATE TEMP TABLE seen (at INT GENERATED ALWAYS AS IDENTITY, one BIGINT, number BIGINT, bytes BYTEA, words TEXT, more BYTEA)`); err != nil {
			t.Fatal(err)
		}
		if err := c.Insert(ctx, into, rows); err != nil {
			t.Fatal(err)
		}
		found, err := c.tx.Query(ctx, `SELECT one, number, bytes, words, more FROM seen ORDER BY at`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(found, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
		if err != nil || len(got) != len(rows) {
			t.Fatalf("read %d rows (%v), want %d", len(got), err, len(rows))
		}
		for i, row := range rows {
			for j, want := range row {
				if v, ok := want.([]byte); ok && v == nil {
					want = nil
				}
				if !reflect.DeepEqual(got[i][j], want) {
					t.Errorf("row %d, column %d: %.60q, want %.60q", i, j, got[i][j], want)
				}
			}
		}
	})
}

// TestColumnsArriveInEachModeOfTheDriver that an address may name, as for a pooler.
func TestColumnsArriveInEachModeOfTheDriver(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), cluster.NewDatabase(t)+" default_query_exec_mode="+mode)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			inTransaction(t, s, func(ctx context.Context, c *conn) {
				into := statements.Insertion{Table: "area", Columns: "code, name"}
				if err := c.Insert(ctx, into, [][]any{{"97", "a"}, {"98", "b"}}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestColumnsOfMixedTypesAreRefused before anything of them is sent.
func TestColumnsOfMixedTypesAreRefused(t *testing.T) {
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, c := range map[string]struct {
		rows   [][]any
		common int
		says   string
	}{
		"mixed":            {[][]any{{int64(1)}, {"two"}}, 0, "string in an array"},
		"mixed with null":  {[][]any{{int64(1)}, {[]byte(nil)}}, 0, "[]uint8 in an array"},
		"of no type":       {[][]any{{int64(1)}, {nil}}, 0, "<nil> in an array"},
		"of none at first": {[][]any{{1.5}}, 0, "no column of float64"},
		"common differs":   {[][]any{{int64(1)}, {int64(2)}}, 1, "1 and 2 in a column of one value"},
		"common of bytes":  {[][]any{{[]byte{1}}}, 1, "one value of []uint8"},
	} {
		t.Run(name, func(t *testing.T) {
			inTransaction(t, s, func(ctx context.Context, conn *conn) {
				if _, err := conn.Exec(ctx, `CREATE TEMP TABLE seen (value BIGINT)`); err != nil {
					t.Fatal(err)
				}
				err := conn.Insert(ctx, statements.Insertion{Table: "seen", Columns: "value", Common: c.common}, c.rows)
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want %q", err, c.says)
				}
			})
		})
	}
}

// inTransaction runs fn in one that is undone.
func inTransaction(t *testing.T, s *Store, fn func(ctx context.Context, c *conn)) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error {
		fn(t.Context(), &conn{tx: tx})
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		t.Error(err)
	}
}
