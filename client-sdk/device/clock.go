package device

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// Clock is what the device knows of the time.
type Clock struct {
	// Now is as near as it can tell (Store.Now).
	Now time.Time
	// Latest is the later of the device's own clock and the one that the last sync corrected:
	// what lies behind it can't have been yet. Zero where both lie before Told, and so are
	// known to be slow by nobody knows how much.
	Latest time.Time
	// Told is the server's clock as it was last heard; zero: never.
	Told time.Time
}

// Clock tells what the device knows of the time.
func (s *Store) Clock() Clock {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Clock{Now: time.UnixMilli(int64(s.wallMS()))}
	latest, told := max(s.nowMS(), s.correctedMS()), s.identity.serverClockMS
	if told != 0 {
		c.Told = time.UnixMilli(told)
	}
	if latest >= told-merge.AheadLimitMS {
		c.Latest = time.UnixMilli(latest)
	}
	return c
}

// Now is what the time is, as near as the device can tell: its clock as corrected by the
// last sync. Where that lies before the server's time that the sync told or far after it, and
// the clock itself does not, somebody has set the clock right since; where both do, it is
// never before what the server told.
func (s *Store) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.UnixMilli(int64(s.wallMS()))
}

// nowMS is the device's wall clock in milliseconds.
func (s *Store) nowMS() int64 { return s.env.Now().UnixMilli() }

// correctedMS is the device's clock as corrected by the last sync.
func (s *Store) correctedMS() int64 {
	now := s.nowMS()
	if s.identity.offsetMS.Valid {
		now -= s.identity.offsetMS.Int64
	}
	return now
}

// wallMS is Now in milliseconds: what stamps take. Call with s.mu held.
func (s *Store) wallMS() uint64 {
	own, now, told := s.nowMS(), s.correctedMS(), s.identity.serverClockMS
	switch {
	case told == 0 || mayFollow(now, told):
	case mayFollow(own, told):
		now = own
	default:
		now = max(now, told)
	}
	return uint64(max(now, 0))
}

// mayFollow tells whether it may be ms after a server told the time. A clock set by a
// network goes back a little.
func mayFollow(ms, told int64) bool {
	return ms >= told-merge.AheadLimitMS && ms <= told+prokesga.UnsyncedMax.Milliseconds()
}

// toldMS is the server's clock as the last welcome told it: what is kept for a time is
// measured by it. The device's own may jump by years at any moment, and the correction
// with it, and is not to make the device forget what it has just sent.
func (s *Store) toldMS() int64 {
	if s.identity.serverClockMS == 0 {
		return int64(s.wallMS()) // no server was heard yet
	}
	return s.identity.serverClockMS
}
