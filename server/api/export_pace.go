package api

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
)

// Pace is what the receiver of a file must keep so as not to lose its place to those
// who wait. The zero value is the default.
type Pace struct {
	// Window is how long it is looked at.
	Window time.Duration
	// Least is how many bytes it takes in one, uncompressed.
	Least int64
}

// A receiver is too slow who took less than minExportRate through a whole window in
// which the file waited for it. Lists and RAW shrink to a tenth on the way, so that
// a line of 4 kbit/s keeps up, one of 33 kbit/s with a workbook.
const (
	paceWindow    = time.Minute
	minExportRate = 4 << 10 // bytes a second, uncompressed
)

func (p Pace) orDefault() Pace {
	if p.Window == 0 {
		return Pace{paceWindow, int64(paceWindow.Seconds()) * minExportRate}
	}
	return p
}

// errReceiverSlow ends an export whose receiver holds others up.
var errReceiverSlow = errors.New("the file was received too slowly")

// sender sends what is written to it. Sending waits for the receiver, maybe for
// ever; a write waits no longer than the context of the sender lasts, which ends
// when the receiver is too slow.
type sender struct {
	ctx         context.Context
	end         context.CancelCauseFunc
	stream      grpc.ServerStreamingServer[httpbody.HttpBody]
	contentType string
	// parts are handed over one at a time; taken answers each that was sent.
	parts chan []byte
	taken chan struct{}
	// bytes were sent; waited is how long the receiver has been waited for, in
	// nanoseconds, and since when it is waited for now; nil: it is not.
	bytes, waited atomic.Int64
	since         atomic.Pointer[time.Time] // by no clock that may be set
}

func newSender(ctx context.Context, stream grpc.ServerStreamingServer[httpbody.HttpBody], contentType string, p Pace) *sender {
	s := &sender{stream: stream, contentType: contentType, parts: make(chan []byte), taken: make(chan struct{})}
	s.ctx, s.end = context.WithCancelCause(ctx)
	go s.run()
	go s.watch(p)
	return s
}

// run sends until there is nothing more. Where a send is stuck when the export has
// been given up, the end of the call breaks it off.
func (s *sender) run() {
	for {
		var part []byte
		var more bool
		select {
		case part, more = <-s.parts:
		case <-s.ctx.Done():
		}
		if !more {
			return
		}
		begun := time.Now()
		s.since.Store(&begun)
		err := s.stream.Send(&httpbody.HttpBody{ContentType: s.contentType, Data: part})
		s.since.Store(nil)
		s.waited.Add(int64(time.Since(begun)))
		if err != nil {
			s.end(err)
			return
		}
		s.bytes.Add(int64(len(part)))
		select {
		case s.taken <- struct{}{}:
		case <-s.ctx.Done():
		}
	}
}

// watch looks at the receiver once a window, until the sender ends.
func (s *sender) watch(p Pace) {
	ticker := time.NewTicker(p.Window)
	defer ticker.Stop()
	var bytes, waited int64
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		isBytes, isWaited := s.bytes.Load(), s.waitedSoFar()
		// Where the store was what took long, the receiver was waited for less.
		const waitedMostly = 0.9
		if isBytes-bytes < p.Least && float64(isWaited-waited) > waitedMostly*float64(p.Window) {
			s.end(errReceiverSlow)
			return
		}
		bytes, waited = isBytes, isWaited
	}
}

func (s *sender) waitedSoFar() int64 {
	waited := s.waited.Load()
	if since := s.since.Load(); since != nil {
		waited += int64(time.Since(*since))
	}
	return waited
}

// Write sends bytes, in parts of exportChunk. Errors: those of the stream,
// errReceiverSlow.
func (s *sender) Write(b []byte) (int, error) {
	for sent := 0; sent < len(b); {
		part := append([]byte(nil), b[sent:min(len(b), sent+exportChunk)]...)
		select {
		case s.parts <- part:
		case <-s.ctx.Done():
			return sent, context.Cause(s.ctx)
		}
		select {
		case <-s.taken:
			sent += len(part)
		case <-s.ctx.Done():
			return sent, context.Cause(s.ctx)
		}
	}
	return len(b), nil
}

// close ends the sender, all that was written having been sent, and gives the error
// that ended the export, if any did.
func (s *sender) close(failed error) error {
	defer s.end(nil)
	close(s.parts)
	if cause := context.Cause(s.ctx); cause != nil {
		return cause // the context's own error says less
	}
	return failed
}
