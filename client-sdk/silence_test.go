package clientsdk

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// silent is a stream whose connection lives and whose server says nothing, but for what
// comes by come.
type silent struct {
	grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse]
	ctx  context.Context
	come chan *ksv1.SyncResponse
	full bool // what is sent is not taken either
}

func (s silent) Send(*ksv1.SyncRequest) error {
	if s.full {
		<-s.ctx.Done()
		return io.EOF
	}
	return nil
}

func (s silent) Recv() (*ksv1.SyncResponse, error) {
	select {
	case r := <-s.come:
		return r, nil
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, full := range map[string]bool{"takes what is sent": false, "takes nothing": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				counted := &traffic{}
				s, err := startStream(ctx, silent{ctx: ctx, full: full}, ksv1.Compression_COMPRESSION_ZSTD, patience{counted, cancel})
				if err != nil {
					t.Fatal(err)
				}
				defer s.close()
				// The connection itself lives.
				pings := time.AfterFunc(time.Minute, func() { counted.down.Add(100) })
				defer pings.Stop()
				begun := time.Now()
				if err := s.Send(&ksv1.SyncRequest{}); err != nil {
					t.Fatal(err)
				}
				r := s.next(ctx)
				if !errors.Is(r.err, ErrOffline) || !errors.Is(r.err, errSilent) {
					t.Errorf("ended with %v", r.err)
				}
				if took := time.Since(begun); took != silenceMax {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestAMessageThatComesSlowlyIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		raw := silent{ctx: ctx, come: make(chan *ksv1.SyncResponse, 1)}
		counted := &traffic{}
		s, err := startStream(ctx, raw, ksv1.Compression_COMPRESSION_ZSTD, patience{counted, cancel})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			cancel(nil)
			s.close()
		}()
		go func() {
			for range 15 {
				time.Sleep(time.Minute)
				counted.down.Add(silenceBytes)
			}
			raw.come <- &ksv1.SyncResponse{}
		}()
		if r := s.next(ctx); r.err != nil {
			t.Errorf("given up while it came: %v", r.err)
		}
	})
}
