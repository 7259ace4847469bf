package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// timelineFile holds the timeline of the database on which the folder was last used.
func (o *options) timelineFile() string { return filepath.Join(o.dir, "timeline") }

// timelineOf is a store's; "": it has none, or does not tell.
func timelineOf(s store.Store) string {
	if p, ok := s.(*postgres.Store); ok {
		return p.Timeline()
	}
	return ""
}

// keepTimeline tells whether a new epoch begins, because the database has gone over to another
// timeline. That is before the gate is entered, for a hold is of one epoch.
func keepTimeline(ctx context.Context, s store.Store) (begun bool, err error) {
	if begun, err = server.KeepTimeline(store.AsOperator(ctx), s, timelineOf(s), rand.Reader); err != nil {
		return false, fmt.Errorf("keep the timeline of the database: %w", err)
	}
	return begun, nil
}

// followTimeline carries out the folder's ledger again, where the database has gone over to
// another timeline since the folder was last used: who was erased or shut out last may be back.
// begun: the new epoch began at this opening, which the trail is told.
func (o *options) followTimeline(ctx context.Context, s store.Store, ring *record.Ring, begun bool) error {
	now := timelineOf(s)
	if now == "" {
		return nil
	}
	former, err := os.ReadFile(o.timelineFile())
	if string(former) == now || err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if begun {
		if err := o.recordOperation(ctx, s, ring, operate("new epoch after a failover")); err != nil {
			return err
		}
	}
	if begun || err == nil {
		o.wentOver = &person.Reapplied{}
		if _, err := os.Stat(o.ledger()); err == nil {
			if o.wentOver, err = o.personService(s, ring).Reapply(store.AsOperator(ctx), o.ledger()); err != nil {
				return fmt.Errorf("carry out %s again after a failover: %w", o.ledger(), err)
			}
		}
	}
	err = lasting.WriteFile(o.timelineFile(), []byte(now), keysMode)
	if o.wentOver == nil {
		return nil // a command in a folder that it can't write to; the next that can writes it
	}
	return err
}
