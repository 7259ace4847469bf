package api

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/keluarga-sehat/sync/server/access"
)

// StreamsPerDevice is how many streams of one device, or of one account without
// a device, may be open. A device needs one; those of connections that died
// unheard of are still there for a while. One more ends the oldest.
const StreamsPerDevice = 4

// errSuperseded ends a stream that newer ones of its device have pushed out.
var errSuperseded = errors.New("a newer session of the device has taken over")

// streams are those that are open. Safe for concurrent use.
type streams struct {
	mu   sync.Mutex
	open map[streamOwner][]*openStream // guarded by mu; oldest first
}

type streamOwner struct{ account, device uint32 }

type openStream struct{ end context.CancelCauseFunc }

// begin counts a stream, and ends its owner's oldest where there are too many;
// done must be called when it has ended.
func (s *streams) begin(c *access.Caller, end context.CancelCauseFunc) (done func()) {
	owner := streamOwner{c.Account.Number, c.Device}
	this := &openStream{end}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[streamOwner][]*openStream{}
	}
	list := append(s.open[owner], this)
	if len(list) > StreamsPerDevice {
		list[0].end(errSuperseded)
		list = list[1:]
	}
	s.open[owner] = list
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		left := slices.DeleteFunc(s.open[owner], func(o *openStream) bool { return o == this })
		if s.open[owner] = left; len(left) == 0 {
			delete(s.open, owner)
		}
	}
}
