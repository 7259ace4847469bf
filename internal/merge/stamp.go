package merge

import (
	"cmp"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Stamp orders writes. It is a hybrid logical clock, compared in the order of
// its fields; unique, and always increasing on one device incarnation.
type Stamp struct {
	// TimeMS is milliseconds since 1970-01-01 UTC.
	TimeMS uint64
	// Counter tells apart stamps of one millisecond.
	Counter uint32
	// Device is the number under which the server registered the device.
	Device uint32
	// Incarnation is drawn anew whenever the device's database is made,
	// restored or found to be a copy.
	Incarnation uint32
}

// Compare is -1 where s is before t, +1 where it is after, 0 where they are
// one.
func (s Stamp) Compare(t Stamp) int {
	if c := cmp.Compare(s.TimeMS, t.TimeMS); c != 0 {
		return c
	}
	if c := cmp.Compare(s.Counter, t.Counter); c != 0 {
		return c
	}
	if c := cmp.Compare(s.Device, t.Device); c != 0 {
		return c
	}
	return cmp.Compare(s.Incarnation, t.Incarnation)
}

// IsZero tells whether s is no stamp at all.
func (s Stamp) IsZero() bool { return s == Stamp{} }

// sameSource tells whether both stamps come from one device incarnation.
func (s Stamp) sameSource(t Stamp) bool {
	return s.Device == t.Device && s.Incarnation == t.Incarnation
}

// compareSource orders stamps by device, then incarnation: the order within a
// context.
func (s Stamp) compareSource(t Stamp) int {
	if c := cmp.Compare(s.Device, t.Device); c != 0 {
		return c
	}
	return cmp.Compare(s.Incarnation, t.Incarnation)
}

// Clock issues the stamps of one device incarnation. The zero value with
// Device and Incarnation set is ready; it is not safe for concurrent use.
type Clock struct {
	// Device and Incarnation go into every stamp.
	Device, Incarnation uint32
	// Last is the highest stamp issued or seen so far; persist it with what
	// was stamped.
	Last Stamp
}

// Next issues a stamp: the later of the wall clock and the last stamp seen.
func (c *Clock) Next(wallMS uint64) Stamp {
	next := Stamp{TimeMS: wallMS, Device: c.Device, Incarnation: c.Incarnation}
	if wallMS <= c.Last.TimeMS {
		next.TimeMS, next.Counter = c.Last.TimeMS, c.Last.Counter+1
		if next.Counter == 0 {
			next.TimeMS++
		}
	}
	c.Last = next
	return next
}

// NextAfter issues a stamp that is after seen, too, the highest of the family that it is for.
// One that lies ahead (AheadLimitMS), as of while the server's clock was ahead itself, is
// followed by that step alone: the clock stays home.
func (c *Clock) NextAfter(seen Stamp, wallMS uint64) Stamp {
	c.ObserveNear(seen, wallMS)
	if c.Last.Compare(seen) >= 0 {
		return c.Next(wallMS)
	}
	ahead := Clock{Device: c.Device, Incarnation: c.Incarnation, Last: seen}
	return ahead.Next(wallMS)
}

// ObserveNear is Observe of what does not lie ahead (AheadLimitMS).
func (c *Clock) ObserveNear(s Stamp, wallMS uint64) {
	if s.TimeMS <= wallMS+AheadLimitMS {
		c.Observe(s)
	}
}

// Observe makes the clock issue only stamps after s from now on.
func (c *Clock) Observe(s Stamp) {
	if s.Compare(c.Last) > 0 {
		c.Last = s
	}
}

// AheadLimitMS is how far, in milliseconds, a stamp may lie ahead of the
// server's clock before its author must stamp it anew: five minutes, far above
// the error of a clock set by a network and far below what moves a day's order.
const AheadLimitMS = 5 * 60 * 1000

// IsAhead tells whether a change names a stamp further ahead of the server's clock than that.
func IsAhead(c *ksv1.Change, wallMS uint64) bool {
	return HighestStampIn(c).TimeMS > wallMS+AheadLimitMS
}

// StepsFrom tells whether a change that is ahead goes no further than the step after held,
// the highest stamp that the server holds of the change's family. A correction of what was
// stamped while the server's own clock was ahead must come after it. A step counts up and
// leaves the time as it is, but for a millisecond where the counter is full: so much, at most,
// gets who does it on purpose ahead with each change.
func StepsFrom(held Stamp, c *ksv1.Change) bool {
	clock := Clock{Last: held}
	return HighestStampIn(c).TimeMS <= clock.Next(0).TimeMS
}

// Context is what a register has held: for each device incarnation the highest
// stamp, ascending by device, then incarnation.
type Context []Stamp

// Covers tells whether the context names s or a later stamp of its source.
func (c Context) Covers(s Stamp) bool {
	for i := range c {
		if c[i].sameSource(s) {
			return c[i].Compare(s) >= 0
		}
	}
	return false
}

// protos are the stamps named, in order.
func (c Context) protos() []*ksv1.Stamp {
	out := make([]*ksv1.Stamp, len(c))
	for i := range c {
		out[i] = c[i].Proto()
	}
	return out
}

// with is the context that also names s; c is left as it was.
func (c Context) with(s Stamp) Context {
	return joinContexts(c, Context{s})
}

// joinContexts takes the maximum for each source. Neither argument is changed;
// one of them may be returned as it is.
func joinContexts(a, b Context) Context {
	if len(b) == 0 || equalContexts(a, b) {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := make(Context, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch c := a[i].compareSource(b[j]); {
		case c < 0:
			out = append(out, a[i])
			i++
		case c > 0:
			out = append(out, b[j])
			j++
		default:
			out = append(out, MaxStamp(a[i], b[j]))
			i++
			j++
		}
	}
	out = append(out, a[i:]...)
	return append(out, b[j:]...)
}

// MaxStamp is the later of two.
func MaxStamp(a, b Stamp) Stamp {
	if a.Compare(b) >= 0 {
		return a
	}
	return b
}

func equalContexts(a, b Context) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
