package api

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/caught"
	"github.com/keluarga-sehat/sync/server/session"
)

type syncService struct {
	ksv1.UnimplementedSyncServiceServer
	services *Services
}

// syncStream is one session's stream with its compression. A goroutine of its
// own packs and sends, so that the next page is read meanwhile.
type syncStream struct {
	stream grpc.BidiStreamingServer[ksv1.SyncRequest, ksv1.SyncResponse]
	up     *wire.Decompressor
	down   *wire.Compressor

	outgoing chan outgoing
	ended    chan struct{} // closed when nothing is sent any more
	err      error         // why; to be read after ended
}

// outgoing is a message as it is, or a page that becomes a chunk.
type outgoing struct {
	response *ksv1.SyncResponse
	number   uint64
	page     *ksv1.FeedPage
}

func newSyncStream(stream grpc.BidiStreamingServer[ksv1.SyncRequest, ksv1.SyncResponse]) *syncStream {
	s := &syncStream{stream: stream, outgoing: make(chan outgoing), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		for o := range s.outgoing {
			// A panic stays within its session.
			if s.err = caught.Panic(func() error { return s.send(o) }); s.err != nil {
				return
			}
		}
	}()
	return s
}

// close waits until everything is sent; after a failure it does not, since the
// device may have stopped reading, and the stream's end stops the sender.
func (s *syncStream) close(failure error) error {
	close(s.outgoing)
	if s.up != nil {
		s.up.Close()
	}
	if failure != nil {
		return failure
	}
	<-s.ended
	return s.err
}

func (s *syncStream) enqueue(o outgoing) error {
	select {
	case s.outgoing <- o:
		return nil
	case <-s.ended:
		return s.err
	case <-s.stream.Context().Done(): // also where the device reads nothing
		return context.Cause(s.stream.Context())
	}
}

func (s *syncStream) send(o outgoing) (err error) {
	if o.page != nil {
		if o.response, err = s.pack(o.number, o.page); err != nil {
			return err
		}
	}
	if err := s.stream.Send(o.response); err != nil {
		return err
	}
	if o.response.GetUploadAck() != nil {
		planted.Step(planted.ServerAfterAck)
	}
	return nil
}

// Send sends a message as it is.
func (s *syncStream) Send(r *ksv1.SyncResponse) error { return s.enqueue(outgoing{response: r}) }

// UseCompression starts both directions' streams.
func (s *syncStream) UseCompression(c ksv1.Compression) (err error) {
	if s.down, err = wire.NewCompressor(c, wire.Downloads); err != nil {
		return err
	}
	s.up, err = wire.NewDecompressor(c, wire.Uploads)
	return err
}

// SendDownload compresses and sends a page.
func (s *syncStream) SendDownload(number uint64, page *ksv1.FeedPage) error {
	return s.enqueue(outgoing{number: number, page: page})
}

func (s *syncStream) pack(number uint64, page *ksv1.FeedPage) (*ksv1.SyncResponse, error) {
	plain, err := proto.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("encode page: %w", err)
	}
	planted.Step(planted.ServerBeforeFeed)
	data, size, err := s.down.Compress(plain)
	if err != nil {
		return nil, err
	}
	return &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Download{
		Download: &ksv1.SyncChunk{Number: number, Data: data, Size: size},
	}}, nil
}

// page decompresses an upload chunk's content and gives what decodes it; nil for
// other messages.
func (s *syncStream) page(r *ksv1.SyncRequest) (syncing.PageReader, error) {
	chunk := r.GetUpload()
	if chunk == nil {
		return nil, nil
	}
	if s.up == nil {
		return nil, fmt.Errorf("%w: chunk before the opening message", syncing.ErrProtocol)
	}
	plain, err := s.up.Decompress(chunk.GetData(), chunk.GetSize())
	if err != nil {
		return nil, err
	}
	return func() (*ksv1.UploadPage, error) {
		page := &ksv1.UploadPage{}
		if err := proto.Unmarshal(plain, page); err != nil {
			return nil, fmt.Errorf("%w: %v", wire.ErrChunk, err)
		}
		return page, nil
	}, nil
}

// commitQueue bounds the chunks that wait for their commit in one session; the
// window keeps a well-behaved device far below.
const commitQueue = 16

// Sync runs a session: one goroutine receives, some carry chunks out in order, and
// this one drives the machine, so that upload and download don't wait for each
// other.
func (y syncService) Sync(stream grpc.BidiStreamingServer[ksv1.SyncRequest, ksv1.SyncResponse]) error {
	ctx, cancel := context.WithCancel(stream.Context())
	link := newSyncStream(stream)
	s := session.New(y.services.Backend, callerOf(stream.Context()), link)
	requests := make(chan received)
	chunks := make(chan session.Chunk, commitQueue)
	acks := make(chan committed, commitQueue)
	finished := carryOut(ctx, s, chunks, acks)
	// The receiving goroutine ends when the handler has returned, as gRPC then
	// ends the stream; it is not waited for.
	go receive(ctx, stream, requests)
	driven := safely(func() (struct{}, error) { return struct{}{}, drive(ctx, s, link, requests, chunks, acks) })
	cancel()
	close(chunks)
	for {
		select {
		case <-acks:
			continue
		case <-finished:
		}
		return link.close(driven.err)
	}
}

type received struct {
	request *ksv1.SyncRequest
	err     error
}

func receive(ctx context.Context, stream grpc.BidiStreamingServer[ksv1.SyncRequest, ksv1.SyncResponse], to chan<- received) {
	for {
		r, err := stream.Recv()
		select {
		case to <- received{r, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func drive(ctx context.Context, s *session.Session, link *syncStream, requests <-chan received, chunks chan<- session.Chunk, acks <-chan committed) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c := <-acks:
			if c.err != nil {
				return c.err
			}
			if err := s.Committed(ctx, c.ack); err != nil {
				return err
			}
		case r := <-requests:
			if errors.Is(r.err, io.EOF) {
				return nil
			}
			if r.err != nil {
				return r.err
			}
			page, err := link.page(r.request)
			if err != nil {
				return err
			}
			more, err := s.Receive(ctx, r.request, page)
			if err != nil {
				return err
			}
			for _, chunk := range more {
				select {
				case chunks <- chunk:
				default:
					return fmt.Errorf("%w: more chunks than the window allows", syncing.ErrProtocol)
				}
			}
		}
	}
}
