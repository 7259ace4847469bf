package server

import (
	"context"

	"github.com/keluarga-sehat/sync/server/store"
)

// countYears counts the survey years of villages that are from before they were kept,
// one after the other, from their families. Until a village is counted, who asks for a
// survey year of it is told to come again; all else goes on. Where several servers do
// so at once, they write the same.
func (s *Server) countYears(ctx context.Context) {
	villages := s.services.Board.Uncounted()
	if len(villages) == 0 {
		return
	}
	s.config.Log.InfoContext(ctx, "count survey years", "villages", len(villages))
	ctx = store.AsOperator(ctx)
	for _, v := range villages {
		if ctx.Err() != nil {
			return
		}
		if err := s.countYearsOf(ctx, v); err != nil && ctx.Err() == nil {
			s.config.Log.WarnContext(ctx, "count survey years; ks-server recompute does it too", "village", v, "error", err)
		}
	}
	s.config.Log.InfoContext(ctx, "counted survey years", "villages", len(villages))
}

// countYearsOf counts a village's, unless somebody has.
func (s *Server) countYearsOf(ctx context.Context, village uint32) error {
	var row store.Village
	err := s.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.Village(ctx, village)
		return err
	})
	if err != nil || !row.YearsMissing {
		return err
	}
	_, err = s.core.Recompute(ctx, village)
	return err
}
