package server

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

const (
	// recountRetry is how long villages that could not be counted wait.
	recountRetry = 10 * time.Minute
	// recountTold is how often it is told how far it is.
	recountTold = 10 * time.Minute
)

// recount counts the villages anew whose figures are of earlier rules (ingest.Rules), or from
// before survey years were kept, one after the other, from their families. Until a village is
// counted its figures are those of the earlier rules, and who asks for a survey year that was
// not kept, of it or of an area with many such, is told to come again; all else goes on. After
// each it rests for as long as that took, so that uploads have the store for half the time.
// What is counted is noted with the village: a server that starts again goes on with the rest,
// and what fails, be it for one family that can't be read, is tried again until none is left.
// Several servers begin in different orders and take what is left; where two meet they write
// the same.
func (s *Server) recount(ctx context.Context) {
	untilNone(ctx, func() []uint32 { return s.services.Board.Behind(ingest.Rules) }, func(villages []uint32) {
		s.config.Log.InfoContext(ctx, "count villages anew, by the rules of this version", "villages", len(villages))
		rand.Shuffle(len(villages), func(i, j int) { villages[i], villages[j] = villages[j], villages[i] })
		failed, told := 0, time.Now()
		for n, v := range villages {
			began := time.Now()
			if err := s.recountVillage(ctx, v); err != nil && ctx.Err() == nil {
				failed++
				s.config.Log.WarnContext(ctx, "count village anew: its figures are those of earlier rules, or lack survey years, until it is counted; ks-server recompute does it too",
					"village", v, "error", err, "again_in", recountRetry)
			}
			if time.Since(told) >= recountTold {
				told = time.Now()
				s.config.Log.InfoContext(ctx, "counting villages anew", "done", n+1, "villages", len(villages), "failed", failed)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Since(began)):
			}
		}
		s.config.Log.InfoContext(ctx, "counted villages anew", "villages", len(villages)-failed, "failed", failed)
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
		case <-time.After(recountRetry):
		}
	}
}

// recountVillage counts a village, unless somebody has, and what they wrote can be read.
func (s *Server) recountVillage(ctx context.Context, village uint32) error {
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{village}, Restricted: true})
	var row store.Village
	err := s.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.Village(ctx, village)
		return err
	})
	if err != nil {
		return err
	}
	if _, unread := row.Years.Unpack(&row.Provisional, &row.Verified); !row.YearsMissing && unread == nil && row.Rules >= ingest.Rules {
		return nil
	}
	_, err = s.core.Recompute(ctx, village)
	return err
}
