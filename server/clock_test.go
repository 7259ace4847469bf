package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// timed is a store whose database's clock is off from the test's, and takes long to tell.
type timed struct {
	store.Store
	off, takes time.Duration
	err        error
}

func (s *timed) Clock(context.Context) (time.Time, error) {
	time.Sleep(s.takes)
	return time.Now().Add(s.off), s.err
}

func TestAClockThatIsOffIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			off, takes time.Duration
			err        error
			says       string
		}{
			{off: clockOff}, {off: -clockOff}, {takes: time.Hour}, {off: time.Minute, takes: time.Hour},
			{off: -5 * time.Hour, says: "clock is 5h0m0s ahead of the database's"}, {off: clockOff + time.Second, says: "clock is 2m1s behind the database's"},
			{err: errors.New("down"), says: "down"},
		} {
			err := CheckClock(t.Context(), &timed{off: c.off, takes: c.takes, err: c.err}, time.Now)
			if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("off by %v, told after %v: %v, want %q", c.off, c.takes, err, c.says)
			}
		}
		if err := CheckClock(t.Context(), &endsWith{}, time.Now); err != nil {
			t.Errorf("a store without a clock: %v", err)
		}
	})
}

func TestClocksAreComparedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &Server{config: Config{Log: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now}, told: &toldStore{Store: &timed{off: time.Hour}}}
		ctx, cancel := context.WithTimeout(t.Context(), 2*clockEvery+time.Second)
		defer cancel()
		s.beside(ctx, "compare clocks", s.compareClocks)
		if said := log.String(); strings.Count(said, "level=WARN msg=\"compare clocks\"") != 3 || !strings.Contains(said, "1h0m0s behind") {
			t.Errorf("log: %s", said)
		}
	})
}
