package clientsdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Progress is how far a sync is, in records; honest: what is not known is 0.
type Progress = device.Progress

// SyncResult is what a sync did.
type SyncResult struct {
	Progress
	// Differing is how many RT still differed from the server after a repair;
	// 0: device and server proved that they hold the same.
	Differing int
	// BytesUp and BytesDown are the chunks' bytes as sent.
	BytesUp, BytesDown int64
}

// maxSessions bounds how many sessions one Sync opens: a copy of a database
// takes a new incarnation and opens again, a token that has run out is renewed.
const maxSessions = 4

// Sync sends what is unsent and fetches what is new, and proves by digests that
// both hold the same. It can be called at any time, broken off at any time, and
// goes on where it was. onProgress, if given, is called as it goes. Errors:
// ErrOffline, ErrSignInAgain, ErrSessionReused, *ServerError; nothing is lost by
// any of them. Where account or device may not sync any more (reasons
// ACCOUNT_DISABLED, DEVICE_REVOKED), unsent work is deposited for a supervisor's
// decision and stays on the device; a device that was revoked is then wiped, but for
// what is sealed for the server (ErrWiped).
func (u *User) Sync(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	u.syncMu.Lock()
	defer u.syncMu.Unlock()
	defer u.countData(context.WithoutCancel(ctx), u.client.traffic.now())
	err := u.client.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := u.recordHandovers(ctx); err != nil {
		return nil, err
	}
	// How it fails is told by the second attempt, after the user's own sync.
	_ = u.deliverCarried(ctx)
	result, err := u.syncOwn(ctx, onProgress)
	if err == nil || errors.Is(err, ErrOffline) {
		if failed := u.noteLink(context.WithoutCancel(ctx), err); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	if err == nil {
		// What stood in the way, such as an old token, the user's own sync mends; and
		// a server that turns out to have been restored gets again what it lost.
		err = u.deliverCarried(ctx)
	}
	return result, err
}

// syncOwn runs sessions until nothing is left to be said.
func (u *User) syncOwn(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	var err error
	var again *SyncResult
	redialed := false
	for range maxSessions {
		var result *SyncResult
		result, err = u.syncOnce(ctx, onProgress)
		if result != nil && again != nil {
			result.add(again)
		}
		var refused *ServerError
		switch {
		case err == nil:
			// Receipts may have asked for work to be sent again.
			if counts, err := u.store.Counts(ctx); err != nil || counts.Pending == 0 {
				return result, err
			}
			again = result
			continue
		case errors.Is(err, device.ErrReincarnated):
			continue
		case errors.Is(err, errOtherCompression):
			if err := u.store.PutSecret(ctx, secretCompression, nil); err != nil {
				return nil, err
			}
			continue
		case errors.As(err, &refused) && refused.Reason == "TOKEN_EXPIRED":
			u.tokenMu.Lock()
			u.renew = true
			u.tokenMu.Unlock()
			continue
		case errors.Is(err, errUnheard) && !redialed:
			redialed = true
			if err := u.client.connect(ctx); err != nil {
				return nil, err
			}
			continue
		case errors.As(err, &refused) && refused.Reason == "ACCOUNT_CHANGED":
			continue
		case errors.As(err, &refused) && (refused.Reason == reasonDisabled || refused.Reason == reasonRevoked):
			// The work stays here, and a supervisor gets to see it.
			deposited, failed := u.Deposit(ctx)
			if failed == nil && refused.Reason == reasonRevoked {
				failed = u.wipe(ctx, deposited)
			}
			return nil, errors.Join(err, failed)
		}
		return nil, err
	}
	return again, err
}

// errUnheard: a session broke off before the server had said anything, as it
// does over a connection that had died unnoticed, while the device slept or
// changed its network. A new connection may do.
var errUnheard = errors.New("connection had died")

// unheard marks an error of a session in which nothing was heard yet.
func unheard(err error) error {
	if errors.Is(err, ErrOffline) {
		return fmt.Errorf("%w (%w)", err, errUnheard)
	}
	return err
}

// add adds what an earlier session did.
func (r *SyncResult) add(earlier *SyncResult) {
	r.Sent += earlier.Sent
	r.Received += earlier.Received
	r.Refused += earlier.Refused
	r.Quarantined += earlier.Quarantined
	r.Repaired += earlier.Repaired
	r.BytesUp += earlier.BytesUp
	r.BytesDown += earlier.BytesDown
}

// connect tries to reach the server now, whatever was tried before: the user
// asks for it, perhaps because there is a signal at last. Errors: ErrOffline.
func (c *Client) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	c.conn.ResetConnectBackoff()
	c.conn.Connect()
	tried := false
	for {
		state := c.conn.GetState()
		switch {
		case state == connectivity.Ready:
			return nil
		case state == connectivity.Connecting:
			tried = true
		case state == connectivity.Idle:
			c.conn.Connect()
		case state == connectivity.TransientFailure && tried:
			return ErrOffline
		}
		if !c.conn.WaitForStateChange(ctx, state) {
			return ErrOffline
		}
	}
}

// connectTimeout bounds one attempt to reach the server; long, for a TLS
// handshake over 9.6 kbit/s and 600 ms.
const connectTimeout = 40 * time.Second

// stream is one session's stream with its compression.
type stream struct {
	grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse]
	up     *wire.Compressor
	chosen ksv1.Compression // of up; unspecified before it is known
	down   *wire.Decompressor
	result SyncResult
	// incoming are the messages from the server in order; it is closed behind the
	// last.
	incoming chan received
	// broken: nothing can be sent any more. What has come by then is still stored.
	broken bool
}

func (u *User) syncOnce(ctx context.Context, onProgress func(Progress)) (*SyncResult, error) {
	token, err := u.accessToken(ctx)
	if err != nil {
		return nil, unheard(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	raw, err := ksv1.NewSyncServiceClient(u.client.conn).Sync(metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token))
	if err != nil {
		return nil, unheard(serverError(err))
	}
	offer, err := u.offer(ctx)
	if err != nil {
		return nil, err
	}
	waitForContacts := u.beginContacts(ctx, token)
	defer func() {
		cancel()
		waitForContacts()
	}()
	link, err := startStream(ctx, raw, offer.Upload)
	if err != nil {
		return nil, err
	}
	defer func() {
		cancel()
		link.close()
	}()
	session, err := device.StartSession(ctx, u.store, link, Version, offer)
	if err != nil {
		return nil, unheard(err)
	}
	heard := false
	for !session.Finished() {
		received := link.next(ctx)
		if received.err != nil {
			if !heard {
				return nil, unheard(received.err)
			}
			return nil, received.err
		}
		heard = true
		link.result.BytesDown += int64(len(received.response.GetDownload().GetData()))
		err := session.Receive(ctx, received.response, received.page)
		if onProgress != nil {
			onProgress(session.Progress) // what was stored before the link broke, too
		}
		if err != nil {
			return nil, err
		}
	}
	if err := raw.CloseSend(); err != nil {
		return nil, serverError(err)
	}
	if err := u.keepCompression(ctx, offer.Upload, link.chosen); err != nil {
		return nil, err
	}
	waitForContacts()
	link.result.Progress = session.Progress
	for _, v := range session.Differing.GetVillages() {
		link.result.Differing += len(v.GetPlaces())
	}
	return &link.result, nil
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
func startStream(ctx context.Context, raw grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse], upload ksv1.Compression) (*stream, error) {
	s := &stream{BidiStreamingClient: raw, incoming: make(chan received, decodeAhead)}
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

// secretCompression names what the server chose last, so that uploads need not
// wait for its welcome.
const secretCompression = "compression"

// errOtherCompression: the server does not do what it did the last time.
var errOtherCompression = errors.New("server chose another compression than the last time")

func (u *User) offer(ctx context.Context) (device.Offer, error) {
	o := device.Offer{Compressions: wire.Compressions()}
	kept, err := u.store.Secret(ctx, secretCompression)
	if err != nil {
		return o, err
	}
	if o.ChunkBytes, err = u.chunkBytes(ctx); err != nil {
		return o, err
	}
	if len(kept) == 1 && slices.Contains(o.Compressions, ksv1.Compression(kept[0])) {
		o.Upload = ksv1.Compression(kept[0])
	}
	return o, nil
}

func (u *User) keepCompression(ctx context.Context, before, chosen ksv1.Compression) error {
	if before == chosen {
		return nil
	}
	return u.store.PutSecret(ctx, secretCompression, []byte{byte(chosen)})
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: server ended the session early", ErrOffline)
	}
	return err
}

// causeTimeout bounds the wait for a status that need not come: where a
// connection broke at its first bytes, gRPC may have begun the stream anew on
// another one for the receiver alone.
const causeTimeout = 5 * time.Second

// next is the next message. Once nothing can be sent any more it is what has come by
// then, and last the status with which the stream ended, which gRPC tells only the
// receiver.
func (s *stream) next(ctx context.Context) received {
	var late <-chan time.Time
	if s.broken {
		timer := time.NewTimer(causeTimeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case r, more := <-s.incoming:
		if more {
			return r
		}
	case <-late:
	}
	return received{err: cmp.Or(ctx.Err(), serverError(unexpectedEnd(io.EOF)))}
}

// Send sends a message, or notes that the stream is broken.
func (s *stream) Send(r *ksv1.SyncRequest) error {
	if s.broken {
		return nil
	}
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
