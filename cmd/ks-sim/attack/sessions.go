package attack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// bombBytes is what a bomb decompresses to.
const bombBytes = 256 << 20

func gzipBomb() []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
	if err != nil {
		return nil
	}
	zeros := make([]byte, 1<<20)
	for range bombBytes >> 20 {
		if _, err := w.Write(zeros); err != nil {
			return nil
		}
	}
	if w.Close() != nil {
		return nil
	}
	return out.Bytes()[:min(out.Len(), wire.MaxChunkBytes)]
}

func zstdBomb() []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil
	}
	return w.EncodeAll(make([]byte, bombBytes), nil)
}

// bombs open sessions and send what is small and becomes large.
func bombs(c ksv1.Compression) func(ctx context.Context, a *attacker) error {
	return func(ctx context.Context, a *attacker) error {
		if len(a.made) == 0 {
			return errors.New("no bomb could be made")
		}
		return a.sessions(ctx, c, func(stream ksv1.SyncService_SyncClient) error {
			return stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: 1, Data: a.made, Size: uint32(wire.MaxChunkBytes)}}})
		})
	}
}

// farFuture sends chunks and acks of numbers that cannot be.
func farFuture(ctx context.Context, a *attacker) error {
	return a.sessions(ctx, ksv1.Compression_COMPRESSION_GZIP, func(stream ksv1.SyncService_SyncClient) error {
		err := stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_DownloadAck{DownloadAck: &ksv1.SyncDownloadAck{Number: 1 << 62}}})
		return errors.Join(err, stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: 1<<63 + 5, Data: []byte{1}, Size: 1}}}))
	})
}

// sessions opens sync sessions, sends what is bad, and expects each to be ended
// with a status that says so.
func (a *attacker) sessions(ctx context.Context, c ksv1.Compression, send func(ksv1.SyncService_SyncClient) error) error {
	conn, err := a.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	for ctx.Err() == nil {
		a.triedOne()
		call, cancel := context.WithTimeout(a.authorized(ctx), 10*time.Second)
		stream, err := ksv1.NewSyncServiceClient(conn).Sync(call)
		if err == nil {
			err = stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: &ksv1.SyncOpen{
				Device: a.device, Incarnation: 1, SessionNonce: make([]byte, 16), Compressions: []ksv1.Compression{c},
			}}})
		}
		if err == nil {
			_, err = stream.Recv()
		}
		if err == nil {
			err = send(stream)
		}
		for err == nil || errors.Is(err, io.EOF) {
			if _, err = stream.Recv(); errors.Is(err, io.EOF) {
				cancel()
				return errors.New("what was bad was taken")
			}
		}
		cancel()
		if status.Code(err) == codes.OK || status.Code(err) == codes.Internal {
			return fmt.Errorf("what was bad was answered with %w", err)
		}
		a.refusedOne()
		pause(ctx, 20*time.Millisecond)
	}
	return nil
}
