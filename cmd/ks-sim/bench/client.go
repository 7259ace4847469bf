package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
)

// uploader sends families as one device does, as fast as the server takes them.
type uploader interface {
	// prepare makes the next n families, before time is taken.
	prepare(n int) error
	// send sends what was prepared and returns when all of it is acked.
	send(ctx context.Context) error
	close() error
}

// device speaks the sync protocol without the SDK's database.
type device struct {
	conn   *grpc.ClientConn
	stream grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse]
	author *author
	zip    *wire.Compressor
	chunks []preparedChunk
	number uint64
	window int
	// made are the bytes of all chunks so far.
	made int
}

type preparedChunk struct {
	number   uint64
	plain    []byte
	families int
}

func newDevice(ctx context.Context, p *process, n int) (d *device, err error) {
	conf, err := clientTLS(p)
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(p.Address, append(wire.DialOptions(), grpc.WithTransportCredentials(credentials.NewTLS(conf)))...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close())
		}
	}()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	name := benchUser(p.Accounts, n)
	grant, err := ksv1.NewAuthServiceClient(conn).SignIn(ctx, &ksv1.SignInRequest{
		UserName: name, Password: p.Password,
		Device: &ksv1.DeviceRegistration{PublicKey: public, ClockMs: 5, Signature: ed25519.Sign(private, auth.DeviceMessage(name, 5))},
	})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	d = &device{conn: conn}
	place := fmt.Sprintf("%03d/%03d", 1+n/100, 1+n%100)
	d.author = newAuthor(grant.GetAccount().GetNumber(), grant.GetDeviceNumber(), uint32(1000+n), p.Villages[n%len(p.Villages)], place)
	return d, d.open(ctx, grant.GetAccessToken())
}

func clientTLS(p *process) (*tls.Config, error) {
	pin, err := wire.PinOf(p.CertPEM)
	if err != nil {
		return nil, err
	}
	return wire.ClientTLS(nil, &pin)
}

func (d *device) open(ctx context.Context, token string) (err error) {
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	if d.stream, err = ksv1.NewSyncServiceClient(d.conn).Sync(ctx); err != nil {
		return err
	}
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return err
	}
	err = d.stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: &ksv1.SyncOpen{
		Device: d.author.device, Incarnation: d.author.incarnation, ClockMs: uint64(surveyed.UnixMilli()), SessionNonce: nonce,
		ProtocolVersion: syncing.ProtocolVersion, Compressions: wire.Compressions(),
	}}})
	if err != nil {
		return err
	}
	answer, err := d.stream.Recv()
	if err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	d.zip, err = wire.NewCompressor(answer.GetWelcome().GetCompression(), wire.Uploads)
	return err
}

func (d *device) prepare(n int) error {
	page, size := &ksv1.UploadPage{}, 0
	flush := func() error {
		plain, err := proto.Marshal(page)
		if err != nil {
			return fmt.Errorf("encode page: %w", err)
		}
		d.chunks = append(d.chunks, preparedChunk{plain: plain, families: len(page.GetChanges())})
		d.made += len(plain)
		page, size = &ksv1.UploadPage{}, 0
		return nil
	}
	for range n {
		c, err := d.author.change(uint64(surveyed.UnixMilli()))
		if err != nil {
			return err
		}
		size += proto.Size(c)
		if page.Changes = append(page.Changes, c); size >= d.chunkBytes()-4096 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(page.GetChanges()) > 0 {
		return flush()
	}
	return nil
}

// chunkBytes bounds the next chunk as the SDK does (syncing.Device), where as much as can be
// under way is.
func (d *device) chunkBytes() int {
	return min(max((d.made-syncing.WindowBytes)/2, syncing.ChunkBytes), syncing.UploadBytes)
}

func (d *device) send(context.Context) error {
	acked := make(chan error, 1)
	chunks := len(d.chunks)
	sizes := make(chan preparedChunk, chunks)
	room := make(chan int, chunks) // bytes acked
	go func() { acked <- d.receive(chunks, sizes, room) }()
	for _, c := range d.chunks {
		for d.window >= syncing.WindowBytes {
			freed, ok := <-room
			if !ok {
				return <-acked
			}
			d.window -= freed
		}
		data, size, err := d.zip.Compress(c.plain)
		if err != nil {
			return err
		}
		d.number++
		d.window += len(c.plain)
		c.number = d.number
		sizes <- c
		err = d.stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: d.number, Data: data, Size: size}}})
		if err != nil {
			return errors.Join(err, <-acked)
		}
	}
	d.chunks, d.window = nil, 0
	return <-acked
}

// receive reads acks until all chunks have theirs; every change must have been
// applied.
func (d *device) receive(chunks int, sizes <-chan preparedChunk, room chan<- int) error {
	defer close(room)
	for chunks > 0 {
		answer, err := d.stream.Recv()
		if err != nil {
			return err
		}
		ack := answer.GetUploadAck()
		if ack == nil {
			continue
		}
		for _, r := range ack.GetReceipts() {
			if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
				return fmt.Errorf("receipt %s %s", r.GetStatus(), r.GetReason())
			}
		}
		chunks--
		c := <-sizes
		if ack.GetNumber() != c.number || len(ack.GetReceipts()) != c.families {
			return fmt.Errorf("chunk %d of %d changes: ack of chunk %d with %d receipts", c.number, c.families, ack.GetNumber(), len(ack.GetReceipts()))
		}
		room <- len(c.plain)
	}
	return nil
}

func (d *device) close() error { return d.conn.Close() }

// bareClient sends the same bytes to the baseline, in batches of 100.
type bareClient struct {
	conn    *grpc.ClientConn
	stream  grpc.ClientStream
	author  *author
	batches [][]byte
	stored  int
}

// bareBatch and bareWindow: rows of a message, and messages under way.
const (
	bareBatch  = 100
	bareWindow = 3
)

func newBareClient(ctx context.Context, p *process, n, stored int) (*bareClient, error) {
	encoding.RegisterCompressor(newZstd())
	conn, err := grpc.NewClient(p.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	stream, err := conn.NewStream(ctx, &bareStream, bareMethod, grpc.UseCompressor(zstdName))
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &bareClient{conn: conn, stream: stream, author: newAuthor(1, uint32(1+n), uint32(1000+n), 1, "001/001"), stored: stored}, nil
}

// prepare makes rows of the same families; each payload is brought to the size
// that the product stores of a family by the bytes of the next ones, which
// compress as the first does.
func (b *bareClient) prepare(n int) error {
	var rows []bareRow
	for range n {
		row := bareRow{}
		for len(row.payload) < b.stored {
			c, err := b.author.change(uint64(surveyed.UnixMilli()))
			if err != nil {
				return err
			}
			plain, err := proto.Marshal(c)
			if err != nil {
				return err
			}
			if row.payload == nil {
				row.id = [16]byte(c.GetId())
			}
			row.payload = append(row.payload, plain...)
		}
		row.payload = row.payload[:b.stored]
		if rows = append(rows, row); len(rows) == bareBatch {
			b.batches, rows = append(b.batches, encodeRows(rows)), nil
		}
	}
	if len(rows) > 0 {
		b.batches = append(b.batches, encodeRows(rows))
	}
	return nil
}

func (b *bareClient) send(context.Context) error {
	window := make(chan struct{}, bareWindow)
	acked := make(chan error, 1)
	n := len(b.batches)
	go func() {
		for range n {
			var m wrapperspb.UInt32Value
			if err := b.stream.RecvMsg(&m); err != nil {
				acked <- err
				return
			}
			<-window
		}
		acked <- nil
	}()
	for _, batch := range b.batches {
		select {
		case window <- struct{}{}:
		case err := <-acked:
			return errors.Join(err, errors.New("the baseline ended early"))
		}
		if err := b.stream.SendMsg(wrapperspb.Bytes(batch)); err != nil {
			return errors.Join(err, <-acked)
		}
	}
	b.batches = nil
	return <-acked
}

func (b *bareClient) close() error { return b.conn.Close() }
