package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/server/store/statements"
)

// conn is a transaction as package statements wants it. It writes whatever
// becomes of the context meanwhile: for one that can be cancelled the driver
// starts a goroutine for each statement, which takes longer than most of them.
type conn struct{ tx *sql.Tx }

func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := c.tx.ExecContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c conn) Do(ctx context.Context, query string, args ...any) error {
	return c.run(context.WithoutCancel(ctx), query, args)
}

// Together has nothing to gain: there is no way between here and the engine.
func (c conn) Together(_ context.Context, fn func() error) error { return fn() }

func (c conn) Query(ctx context.Context, query string, args ...any) (statements.Rows, error) {
	r, err := c.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return rows{r}, nil
}

func (c conn) Bulk(ctx context.Context, query string, list [][]any) error {
	ctx = context.WithoutCancel(ctx)
	for _, args := range list {
		if err := c.run(ctx, query, args); err != nil {
			return err
		}
	}
	return nil
}

// run runs a statement that gives no rows, as a query: of a query the driver hands
// all arguments over at once and has the first step taken, which is all of it; of
// any other statement it hands over each by itself, and copies it twice.
func (c conn) run(ctx context.Context, query string, args []any) error {
	r, err := c.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if err := r.Close(); err != nil {
		return err
	}
	return r.Err()
}

type rows struct{ *sql.Rows }

// Close closes; what went wrong while reading is Err's.
func (r rows) Close() { r.Rows.Close() }

// insertSizes are how many rows one statement inserts: few sizes, so that each
// stays prepared.
var insertSizes = [...]int{32, 8, 1}

// Insert inserts rows, many with one statement.
func (c conn) Insert(ctx context.Context, into statements.Insertion, rows [][]any) error {
	ctx = context.WithoutCancel(ctx)
	args := make([]any, 0, insertSizes[0]*into.Width())
	for _, size := range insertSizes {
		if len(rows) < size {
			continue
		}
		text := insertText(into, size)
		for ; len(rows) >= size; rows = rows[size:] {
			args = args[:0]
			for _, row := range rows[:size] {
				args = append(args, row...)
			}
			if err := c.run(ctx, text, args); err != nil {
				return err
			}
		}
	}
	return nil
}

// insertText is the statement that inserts so many rows.
func insertText(into statements.Insertion, rows int) string {
	row := "(?" + strings.Repeat(",?", into.Width()-1) + ")"
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s%s%s", into.Table, into.Columns, row, strings.Repeat(","+row, rows-1), into.Conflict)
}
