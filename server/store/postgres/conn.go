package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/server/store/statements"
)

// conn is a transaction as package statements wants it.
type conn struct {
	tx pgx.Tx
	// together holds the statements that wait to be sent in one go; nil: each is sent
	// at once.
	together *pgx.Batch
}

func (c *conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := c.flush(ctx); err != nil {
		return 0, err
	}
	tag, err := c.tx.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (c *conn) Query(ctx context.Context, query string, args ...any) (statements.Rows, error) {
	if err := c.flush(ctx); err != nil {
		return nil, err
	}
	return c.tx.Query(ctx, query, args...)
}

// Together sends what fn writes in as few round trips as its queries leave.
func (c *conn) Together(ctx context.Context, fn func() error) error {
	c.together = &pgx.Batch{}
	err := fn()
	if err == nil {
		err = c.flush(ctx)
	}
	c.together = nil
	return err
}

// flush sends what waits.
func (c *conn) flush(ctx context.Context) error {
	if c.together == nil || c.together.Len() == 0 {
		return nil
	}
	batch := c.together
	c.together = &pgx.Batch{}
	return c.tx.SendBatch(ctx, batch).Close()
}

// Do runs a statement, or has it wait.
func (c *conn) Do(ctx context.Context, query string, args ...any) error {
	return c.Bulk(ctx, query, [][]any{args})
}

// Bulk pipelines the statements in one round trip.
func (c *conn) Bulk(ctx context.Context, query string, list [][]any) error {
	batch := c.together
	if batch == nil {
		batch = &pgx.Batch{}
	}
	for _, args := range list {
		batch.Queue(query, args...)
	}
	if c.together != nil {
		return nil
	}
	return c.tx.SendBatch(ctx, batch).Close()
}

// Insert sends each column as one array, or, where all rows have the same, as one value:
// both ends pay for every element.
func (c *conn) Insert(ctx context.Context, into statements.Insertion, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	args := make([]any, into.Width())
	types := make([]string, len(args))
	for i := range args {
		var err error
		if i < into.Common {
			args[i], types[i], err = commonOf(rows, i)
		} else {
			args[i], types[i], err = columnOf(rows, i)
		}
		if err != nil {
			return fmt.Errorf("insert into %s: %w", into.Table, err)
		}
	}
	return c.Do(ctx, insertText(into, types), args...)
}

// insertText is the statement of an insertion of columns of these types.
func insertText(into statements.Insertion, types []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) SELECT ", into.Table, into.Columns)
	for i, t := range types[:into.Common] {
		fmt.Fprintf(&b, "$%d::%s, ", i+1, t)
	}
	b.WriteString("each.* FROM unnest(")
	for i, t := range types[into.Common:] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d::%s[]", into.Common+i+1, t)
	}
	b.WriteString(") AS each")
	b.WriteString(into.Conflict)
	return b.String()
}

// commonOf is the one value of a column; rows that differ are a programmer's error.
func commonOf(rows [][]any, at int) (value any, sqlType string, err error) {
	value = rows[0][at]
	switch value.(type) {
	case int64:
		sqlType = "bigint"
	case string:
		sqlType = "text"
	default:
		return nil, "", fmt.Errorf("one value of %T", value)
	}
	for _, row := range rows[1:] {
		if row[at] != value {
			return nil, "", fmt.Errorf("%v and %v in a column of one value", value, row[at])
		}
	}
	return value, sqlType, nil
}

// columnOf gathers a column's values, with the type of their array's elements.
func columnOf(rows [][]any, at int) (array any, sqlType string, err error) {
	switch rows[0][at].(type) {
	case int64:
		array, err = gather[int64](rows, at)
		return array, "bigint", err
	case []byte:
		array, err = gather[[]byte](rows, at)
		return array, "bytea", err
	case string:
		array, err = gather[string](rows, at)
		return array, "text", err
	}
	return nil, "", fmt.Errorf("no array of %T", rows[0][at])
}

func gather[T any](rows [][]any, at int) ([]T, error) {
	out := make([]T, len(rows))
	for i, row := range rows {
		v, ok := row[at].(T)
		if !ok {
			return nil, fmt.Errorf("%T among values of %T", row[at], v)
		}
		out[i] = v
	}
	return out, nil
}
