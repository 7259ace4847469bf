package clientsdk

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// halfDead is a stream whose connection died at its first bytes: gRPC began it anew
// for the receiver, so that a welcome comes and nothing behind it.
type halfDead struct {
	grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse]
	ctx     context.Context
	welcome chan *ksv1.SyncResponse
}

func (halfDead) Send(*ksv1.SyncRequest) error { return io.EOF }

func (h halfDead) Recv() (*ksv1.SyncResponse, error) {
	select {
	case r := <-h.welcome:
		return r, nil
	case <-h.ctx.Done():
		return nil, h.ctx.Err()
	}
}

// TestASessionOnAHalfDeadConnectionIsBegunAnew: that a welcome was heard does not
// make it a session.
func TestASessionOnAHalfDeadConnectionIsBegunAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		raw := halfDead{ctx: ctx, welcome: make(chan *ksv1.SyncResponse, 1)}
		raw.welcome <- &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Welcome{Welcome: &ksv1.SyncWelcome{
			Compression: ksv1.Compression_COMPRESSION_ZSTD,
		}}}
		s, err := startStream(ctx, raw, ksv1.Compression_COMPRESSION_ZSTD, patience{&traffic{}, cancel})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			cancel(nil)
			s.close()
		}()
		if err := s.Send(&ksv1.SyncRequest{}); err != nil {
			t.Fatalf("sending says %v; the receiver tells why", err)
		}
		if first := s.next(ctx); first.err != nil || first.response.GetWelcome() == nil {
			t.Fatalf("first came %v, %v", first.response, first.err)
		}
		last := s.next(ctx)
		if !errors.Is(last.err, errUnheard) || !errors.Is(last.err, ErrOffline) {
			t.Errorf("then came %v; the session is not begun anew", last.err)
		}
	})
}
