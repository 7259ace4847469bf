package api

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
)

// seenStream has somebody look while a part is sent.
type seenStream struct {
	grpc.ServerStreamingServer[httpbody.HttpBody]
	look func()
}

func (s *seenStream) Send(*httpbody.HttpBody) error {
	s.look()
	return nil
}

// How long a receiver is waited for is told by a clock that nobody sets: one that is put forward
// while a part is sent blames no receiver.
func TestAReceiverIsTimedByAClockThatIsNeverSet(t *testing.T) {
	t.Parallel()
	stream := &seenStream{}
	var s *sender
	looked := make(chan *time.Time, 1)
	stream.look = func() { looked <- s.since.Load() }
	s = newSender(t.Context(), stream, "text/csv", Pace{Window: time.Hour})
	if _, err := s.Write([]byte("a line")); err != nil {
		t.Error(err)
	}
	// The text of a time has its reading of that clock, where it has one.
	if since := <-looked; since == nil || !strings.Contains(since.String(), " m=") {
		t.Errorf("waited for since %v", since)
	}
	if s.since.Load() != nil || s.waitedSoFar() <= 0 {
		t.Errorf("waited for since %v, for %d", s.since.Load(), s.waitedSoFar())
	}
	if err := s.close(nil); err != nil {
		t.Error(err)
	}
}
