package server

import (
	"context"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// yearsRetry is how long villages whose survey years could not be counted wait.
const yearsRetry = 10 * time.Minute

// countYears counts the survey years of villages that are from before they were kept,
// one after the other, from their families. Until a village is counted, who asks for a
// survey year of it, or of an area with many such, is told to come again; all else goes
// on. So what fails, be it for one family that can't be read, is tried again until none is
// left. Where several servers do so at once, they write the same.
func (s *Server) countYears(ctx context.Context) {
	untilNone(ctx, s.services.Board.Uncounted, func(villages []uint32) {
		s.config.Log.InfoContext(ctx, "count survey years", "villages", len(villages))
		failed := 0
		for _, v := range villages {
			if ctx.Err() != nil {
				return
			}
			if err := s.countYearsOf(ctx, v); err != nil && ctx.Err() == nil {
				failed++
				s.config.Log.WarnContext(ctx, "count survey years: the areas above are without this village until it is counted; ks-server recompute does it too",
					"village", v, "error", err, "again_in", yearsRetry)
			}
		}
		s.config.Log.InfoContext(ctx, "counted survey years", "villages", len(villages)-failed, "failed", failed)
	})
}

// untilNone takes up what is left, and again after a time, until nothing is.
func untilNone(ctx context.Context, left func() []uint32, takeUp func([]uint32)) {
	for {
		rest := left()
		if len(rest) == 0 {
			return
		}
		takeUp(rest)
		select {
		case <-ctx.Done():
			return
		case <-time.After(yearsRetry):
		}
	}
}

// countYearsOf counts a village's, unless somebody has, and what they wrote can be read.
func (s *Server) countYearsOf(ctx context.Context, village uint32) error {
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{village}, Restricted: true})
	var row store.Village
	err := s.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.Village(ctx, village)
		return err
	})
	if err != nil {
		return err
	}
	if _, unread := row.Years.Unpack(&row.Provisional, &row.Verified); !row.YearsMissing && unread == nil {
		return nil
	}
	_, err = s.core.Recompute(ctx, village)
	return err
}
