package device

import (
	"database/sql"
	"testing"
	"time"
)

func TestTheDeviceKnowsTheTimeAsTheServerToldIt(t *testing.T) {
	t.Parallel()
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	told := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	for what, c := range map[string]struct {
		// off is by how much the clock was ahead at the sync, own where it is now; after
		// told, as the rest.
		off, own time.Duration
		// now and latest are what the device knows; latest -1: nothing.
		now, latest time.Duration
	}{
		"right":                      {0, day, day, day},
		"2 years behind":             {-2 * year, day - 2*year, day, day},
		"2 years ahead":              {2 * year, day + 2*year, day, day + 2*year},
		"2 days behind":              {-2 * day, 0, 2 * day, 2 * day},
		"set back a little":          {2 * day, 2*day - time.Second, -time.Second, 2*day - time.Second},
		"behind, set right since":    {-2 * year, day, day, day + 2*year},
		"ahead, set right since":     {2 * year, day, day, day},
		"lost since":                 {0, -8 * year, 0, -1},
		"jumped ahead since":         {0, 8 * year, 8 * year, 8 * year},
		"behind and jumped since":    {-2 * year, 8 * year, 10 * year, 10 * year},
		"without a sync for 80 days": {-30 * day, 50 * day, 80 * day, 80 * day},
	} {
		s := &Store{env: Env{Now: func() time.Time { return told.Add(c.own) }}}
		s.identity.serverClockMS = told.UnixMilli()
		s.identity.offsetMS = sql.NullInt64{Int64: c.off.Milliseconds(), Valid: true}
		k, latest := s.Clock(), time.Duration(-1)
		if !k.Latest.IsZero() {
			latest = k.Latest.Sub(told)
		}
		if now := k.Now.Sub(told); now != c.now || latest != c.latest || !k.Told.Equal(told) || !s.Now().Equal(k.Now) {
			t.Errorf("%s: it is %v after the server's time, at most %v, want %v and %v", what, now, latest, c.now, c.latest)
		}
	}
	s := &Store{env: Env{Now: func() time.Time { return told }}}
	if k := s.Clock(); !k.Now.Equal(told) || !k.Latest.Equal(told) || !k.Told.IsZero() {
		t.Errorf("before the first sync it knows %+v", k)
	}
}
