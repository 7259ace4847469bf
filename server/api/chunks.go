package api

import (
	"context"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/caught"
	"github.com/keluarga-sehat/sync/server/session"
)

// staged is what a stage made of a chunk, or why it failed.
type staged[T any] struct {
	value T
	err   error
}

// committed is what became of a chunk.
type committed struct {
	ack *ksv1.SyncUploadAck
	err error
}

// chunksAhead is how many chunks of a session are in the stages at most: one each.
const chunksAhead = 3

// carryOut takes chunks, until there are no more, through the stages of a session, a
// goroutine each, and tells in their order what became of them. Behind the first that
// fails it tells of none and begins nothing more, but records what is committed by then.
// Finished is closed at the end; until then acks must be received. While they are not,
// because the device does not read its own, no slot is held: what is ahead finds room
// behind the commit, and nothing more is prepared.
func carryOut(ctx context.Context, s *session.Session, chunks <-chan session.Chunk, acks chan<- committed) (finished <-chan struct{}) {
	ahead := make(chan struct{}, chunksAhead)
	prepared := make(chan staged[*session.PreparedChunk])
	durable := make(chan staged[*session.CommittedChunk], chunksAhead)
	end := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer close(prepared)
		for chunk := range chunks {
			ahead <- struct{}{}
			prepared <- safely(func() (*session.PreparedChunk, error) { return s.PrepareChunk(ctx, chunk) })
		}
	}()
	go func() {
		defer close(durable)
		failed := false
		for p := range prepared {
			c := staged[*session.CommittedChunk]{err: p.err}
			switch {
			case p.err == nil && failed:
				p.value.Discard()
			case p.err == nil:
				c = safely(func() (*session.CommittedChunk, error) { return s.CommitPrepared(ctx, p.value) })
			}
			if c.err != nil {
				failed = true
				stop()
			}
			durable <- c
		}
	}()
	go func() {
		defer close(end)
		defer stop()
		failed := false
		for c := range durable {
			a := staged[*ksv1.SyncUploadAck]{err: c.err}
			if c.err == nil {
				a = safely(func() (*ksv1.SyncUploadAck, error) { return s.RecordChunk(ctx, c.value) })
			}
			if a.err != nil {
				stop()
			}
			if !failed {
				acks <- committed{a.value, a.err}
			}
			failed = failed || a.err != nil
			<-ahead
		}
	}()
	return end
}

// safely keeps a panic within its session.
func safely[T any](step func() (T, error)) (s staged[T]) {
	s.err = caught.Panic(func() (err error) {
		s.value, err = step()
		return err
	})
	return s
}
