package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// watch looks for a pass that another process has abandoned.
func (b *writeBack) watch() error {
	b.passing.Lock()
	defer b.passing.Unlock()
	if err := b.settle(); err != nil {
		return err
	}
	abandoned, err := b.server.turn.abandoned()
	switch {
	case abandoned:
		return b.endFor(errAbandoned)
	case errors.Is(err, errTurnRemoved):
		return b.endFor(err)
	}
	return err
}

// lookOut watches. It is apart from run, which may wait for the writer for as long as this
// process copies the database.
func (b *writeBack) lookOut(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var t troubles
	for b.next(ctx, ticker, nil) {
		if err := b.watch(); err != nil && b.failure() == nil && t.isOver() {
			b.tell(&t, fmt.Errorf("whether another process was killed as it wrote the write-ahead log back cannot be seen for now: %w", err))
		} else if err == nil {
			t = troubles{}
		}
	}
}
