package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// timelineFile holds the timeline of the database and the epoch in which the folder was last used.
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

// followTimeline carries out the folder's ledger again, where a new epoch has begun since the
// folder was last used, as when the database went over to another timeline: who was erased or
// shut out last may be back. Numbers of timelines come again, as those of two standbys that are
// promoted one after the other; epochs do not. begun: this opening began it.
func (o *options) followTimeline(ctx context.Context, s store.Store, ring *record.Ring, begun bool) error {
	timeline := timelineOf(s)
	if timeline == "" {
		return nil
	}
	var epoch string
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		epoch, err = snap.Meta(ctx, store.MetaEpoch)
		return err
	})
	if err != nil {
		return err
	}
	now := timeline + " " + epoch
	former, err := os.ReadFile(o.timelineFile())
	if string(former) == now || err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if begun || err == nil {
		if err := o.recordOperation(ctx, s, ring, operate("ledger again in a new epoch")); err != nil {
			return err
		}
		o.wentOver = &person.Reapplied{}
		if _, err := os.Stat(o.ledger()); err == nil {
			if o.wentOver, err = o.personService(s, ring).Reapply(store.AsOperator(ctx), o.ledger()); err != nil {
				return fmt.Errorf("carry out %s again in a new epoch: %w", o.ledger(), err)
			}
		}
	}
	err = lasting.WriteFile(o.timelineFile(), []byte(now), keysMode)
	if o.wentOver == nil {
		return nil // a command in a folder that it can't write to; the next that can writes it
	}
	return err
}

// warnOfStore logs what an operator is to know of a store as it is opened.
func (o *options) warnOfStore(ctx context.Context, s store.Store, log *slog.Logger) {
	if p, ok := s.(*postgres.Store); ok {
		if err := checkWall(ctx, p); err != nil {
			log.WarnContext(ctx, "second wall does not hold", "error", err)
		}
		if p.Timeline() == "" {
			log.WarnContext(ctx, "the database does not tell its timeline: after a failover that lost commits, run 'ks-server restore'")
		}
	}
	if r := o.wentOver; r != nil {
		log.WarnContext(ctx, "a new epoch has begun since this folder was used last, as when a standby is promoted or a backup restored: devices offer again what may be lost",
			"erased_again", r.Erased+r.Marked, "shut_out_again", r.Again)
	}
}
