package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// findingsMax bounds what Check lists: the first few say enough.
const findingsMax = 20

// Check runs SQLite's quick check, which reads the whole file. It finds torn
// and misplaced pages, not a lost tail of the WAL or a flipped bit in a
// payload. Errors: ErrDamaged with what it found; the context's.
func Check(ctx context.Context, db *sql.DB) error {
	found, err := findings(ctx, db)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(found) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(found, "; "))
	}
	return nil
}

func findings(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("PRAGMA quick_check(%d)", findingsMax))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		if line != "ok" {
			found = append(found, line)
		}
	}
	return found, rows.Err()
}
