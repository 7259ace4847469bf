package clientsdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// stream is one session's stream with its compression.
type stream struct {
	grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse]
	up     *wire.Compressor
	chosen ksv1.Compression // of up; unspecified before it is known
	down   *wire.Decompressor
	result SyncResult
	// patience is with a server that says nothing.
	patience patience
	// incoming are the messages from the server in order; it is closed behind the
	// last.
	incoming chan received
	// broken: nothing can be sent any more. What has come by then is still stored.
	broken bool
}

// received is a message from the server, its chunk decoded.
type received struct {
	response *ksv1.SyncResponse
	page     *device.Page
	err      error
}

// decodeAhead is how many messages are decoded while an earlier one is stored.
const decodeAhead = 2

// startStream reads and decodes messages beside their storing, until an error,
// which comes last, or the context's end.
func startStream(ctx context.Context, raw grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse], upload ksv1.Compression, p patience) (*stream, error) {
	s := &stream{BidiStreamingClient: raw, patience: p, incoming: make(chan received, decodeAhead)}
	if upload != ksv1.Compression_COMPRESSION_UNSPECIFIED {
		var err error
		if s.up, err = wire.NewCompressor(upload, wire.Uploads); err != nil {
			return nil, err
		}
		s.chosen = upload
	}
	go func() {
		defer close(s.incoming)
		for {
			var r received
			if r.response, r.err = s.Recv(); r.err != nil {
				r.err = serverError(unexpectedEnd(r.err))
			} else {
				r.page, r.err = s.decode(r.response)
			}
			select {
			case s.incoming <- r:
			case <-ctx.Done():
				return
			}
			if r.err != nil {
				return
			}
		}
	}()
	return s, nil
}

// receive hands the session what comes, until it is finished or the stream has ended.
func (s *stream) receive(ctx context.Context, session *device.Session, onProgress func(Progress)) error {
	heard := false
	for !session.Finished() {
		received := s.next(ctx)
		if received.err != nil {
			if !heard && !errors.Is(received.err, errSilent) {
				return unheard(received.err)
			}
			return received.err
		}
		heard = true
		s.result.BytesDown += int64(len(received.response.GetDownload().GetData()))
		err := session.Receive(ctx, received.response, received.page)
		if onProgress != nil {
			onProgress(session.Progress) // what was stored before the link broke, too
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return &explained{ErrOffline, errors.New("server ended the session early")}
	}
	return err
}

// causeTimeout bounds the wait for a status that need not come: where a
// connection broke at its first bytes, gRPC may have begun the stream anew on
// another one for the receiver alone. What comes there answers messages of the
// connection that died, so the session is as good as unheard.
const causeTimeout = 5 * time.Second

// next is the next message. Once nothing can be sent any more it is what has come by
// then, and last the status with which the stream ended, which gRPC tells only the
// receiver. A server that is silent is given up.
func (s *stream) next(ctx context.Context) received {
	defer s.patience.wait()()
	var late <-chan time.Time
	if s.broken {
		timer := time.NewTimer(causeTimeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case r, more := <-s.incoming:
		if more && !errors.Is(context.Cause(ctx), errSilent) {
			return r
		}
	case <-late:
		return received{err: unheard(serverError(unexpectedEnd(io.EOF)))}
	}
	return received{err: cmp.Or(context.Cause(ctx), serverError(unexpectedEnd(io.EOF)))}
}

// Send sends a message, or notes that the stream is broken. It waits where the server
// takes nothing, until that is given up: the receiver tells.
func (s *stream) Send(r *ksv1.SyncRequest) error {
	if s.broken {
		return nil
	}
	defer s.patience.wait()()
	err := s.BidiStreamingClient.Send(r)
	if errors.Is(err, io.EOF) {
		s.broken = true
		return nil
	}
	return err
}

// close waits for the reader, whose context has ended.
func (s *stream) close() {
	for range s.incoming {
		// What came too late is not stored, and not acked.
	}
	if s.down != nil {
		s.down.Close()
	}
}

// decode starts the compression that the welcome names, and decodes download
// chunks.
func (s *stream) decode(r *ksv1.SyncResponse) (*device.Page, error) {
	if w := r.GetWelcome(); w != nil {
		var err error
		if s.chosen != ksv1.Compression_COMPRESSION_UNSPECIFIED && s.chosen != w.GetCompression() {
			return nil, errOtherCompression
		}
		if s.up == nil {
			s.chosen = w.GetCompression()
			if s.up, err = wire.NewCompressor(w.GetCompression(), wire.Uploads); err != nil {
				return nil, err
			}
		}
		s.down, err = wire.NewDecompressor(w.GetCompression(), wire.Downloads)
		return nil, err
	}
	chunk := r.GetDownload()
	if chunk == nil {
		return nil, nil
	}
	if s.down == nil {
		return nil, fmt.Errorf("%w: chunk before the welcome", wire.ErrChunk)
	}
	plain, err := s.down.Decompress(chunk.GetData(), chunk.GetSize())
	if err != nil {
		return nil, err
	}
	page := &ksv1.FeedPage{}
	if err := proto.Unmarshal(plain, page); err != nil {
		return nil, fmt.Errorf("%w: %v", wire.ErrChunk, err)
	}
	return device.LookAt(page)
}

// SendUpload compresses and sends a chunk.
func (s *stream) SendUpload(number uint64, page *ksv1.UploadPage) error {
	plain, err := proto.Marshal(page)
	if err != nil {
		return fmt.Errorf("encode chunk: %w", err)
	}
	data, size, err := s.up.Compress(plain)
	if err != nil {
		return err
	}
	s.result.BytesUp += int64(len(data))
	err = s.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{
		Upload: &ksv1.SyncChunk{Number: number, Data: data, Size: size},
	}})
	planted.Step(planted.DeviceAfterSend)
	return err
}
