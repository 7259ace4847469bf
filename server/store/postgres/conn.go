package postgres

import (
	"context"
	"fmt"

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
	room := roomOf(rows, into.Common)
	for i := range args {
		var err error
		switch types[i], err = typeOf(rows[0][i]); {
		case err != nil:
		case i < into.Common:
			args[i], err = commonOf(rows, i)
		default:
			args[i], room = column{rows, i, room}, 0
		}
		if err != nil {
			return fmt.Errorf("insert into %s: %w", into.Table, err)
		}
	}
	return c.Do(ctx, insertText(into, types), args...)
}
