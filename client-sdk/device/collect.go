package device

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// collect reads a column.
func collect[T any](ctx context.Context, q querier, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		out = append(out, value)
	}
	return out, rows.Err()
}

func collectIDs(ctx context.Context, q querier, query string, args ...any) ([]merge.ID, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	defer rows.Close()
	var out []merge.ID
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, fmt.Errorf("read ids: %w", err)
		}
		id, err := merge.IDFromBytes(b)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
