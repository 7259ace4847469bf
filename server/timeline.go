package server

import (
	"context"
	"io"

	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// KeepTimeline keeps on which timeline of its database a store is used. Where that was
// another before, commits that were acknowledged may be gone, and it begins a new epoch, as
// after a restore: devices offer them again. A store that kept none, or has no epoch, goes
// on as it is.
func KeepTimeline(ctx context.Context, s store.Store, timeline string, rand io.Reader) (begun bool, err error) {
	if timeline == "" {
		return false, nil
	}
	var kept, epoch string
	look := func(ctx context.Context, snap store.Snapshot) (err error) {
		if epoch, err = snap.Meta(ctx, store.MetaEpoch); err == nil {
			kept, err = snap.Meta(ctx, store.MetaTimeline)
		}
		return err
	}
	if err := s.Read(ctx, look); err != nil || epoch == "" || kept == timeline {
		return false, err
	}
	err = s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		// Of servers that start together one begins it: each waits for who writes this
		// first, and then sees what that one has kept.
		if err := tryWrite(ctx, tx); err != nil {
			return err
		}
		if err := look(ctx, tx.Snapshot()); err != nil {
			return err
		}
		if begun = kept != "" && kept != timeline; begun {
			if err := session.BeginEpoch(ctx, tx, rand); err != nil {
				return err
			}
		}
		return tx.Directory().PutMeta(ctx, store.MetaTimeline, timeline)
	})
	return begun, err
}
