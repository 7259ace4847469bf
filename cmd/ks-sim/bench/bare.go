package bench

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/zstd"
	_ "github.com/mattn/go-sqlite3" // the driver
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// The baseline: a stream of batches, each inserted by one statement in a
// transaction of its own and acked after its commit. No TLS, no checks.
const (
	bareMethod    = "/bare.Bare/Put"
	bareGetMethod = "/bare.Bare/Get"
	zstdName      = "zstd"
)

var (
	bareStream = grpc.StreamDesc{StreamName: "Put", ServerStreams: true, ClientStreams: true}
	// bareGetStream sends all rows in batches.
	bareGetStream = grpc.StreamDesc{StreamName: "Get", ServerStreams: true}
)

// bareRow is a payload with its id.
type bareRow struct {
	id      [16]byte
	payload []byte
}

// encodeRows packs rows into a message: 16 bytes id, 4 bytes length, payload.
func encodeRows(rows []bareRow) []byte {
	var out []byte
	for _, r := range rows {
		out = append(out, r.id[:]...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(r.payload)))
		out = append(out, r.payload...)
	}
	return out
}

func decodeRows(data []byte) (ids, payloads [][]byte, err error) {
	const head = 20
	for len(data) > 0 {
		if len(data) < head || len(data)-head < int(binary.BigEndian.Uint32(data[16:])) {
			return nil, nil, errors.New("a row is cut")
		}
		n := head + int(binary.BigEndian.Uint32(data[16:]))
		ids, payloads, data = append(ids, data[:16]), append(payloads, data[head:n]), data[n:]
	}
	return ids, payloads, nil
}

// bareInsert inserts a batch durably.
type bareInsert func(ctx context.Context, ids, payloads [][]byte) error

// bareStore is the baseline's database; each is nil for SQLite, which is
// measured in uploads alone.
type bareStore struct {
	insert bareInsert
	each   func(ctx context.Context, batch func(rows []bareRow) error) error
	close  func() error
}

func openBare(ctx context.Context, address string) (s bareStore, err error) {
	if strings.HasPrefix(address, "host=") {
		return openBarePostgres(ctx, address)
	}
	s.insert, s.close, err = openBareSQLite(ctx, address)
	return s, err
}

func openBarePostgres(ctx context.Context, address string) (s bareStore, err error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return s, err
	}
	config.MaxConns = devices
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return s, err
	}
	if _, err := pool.Exec(ctx, `CREATE TABLE bare (id bytea PRIMARY KEY, payload bytea NOT NULL);
ALTER TABLE bare ALTER COLUMN payload SET STORAGE PLAIN`); err != nil {
		return s, err
	}
	s.close = func() error { pool.Close(); return nil }
	s.insert = func(ctx context.Context, ids, payloads [][]byte) error {
		_, err := pool.Exec(ctx, `INSERT INTO bare (id, payload) SELECT * FROM unnest($1::bytea[], $2::bytea[])`, ids, payloads)
		return err
	}
	s.each = func(ctx context.Context, batch func([]bareRow) error) error {
		rows, err := pool.Query(ctx, `SELECT id, payload FROM bare`)
		if err != nil {
			return err
		}
		defer rows.Close()
		var all []bareRow
		for rows.Next() {
			var id, payload []byte
			if err := rows.Scan(&id, &payload); err != nil {
				return err
			}
			if all = append(all, bareRow{id: [16]byte(id), payload: payload}); len(all) == bareBatch {
				if err := batch(all); err != nil {
					return err
				}
				all = nil
			}
		}
		return errors.Join(rows.Err(), batch(all))
	}
	return s, nil
}

func openBareSQLite(ctx context.Context, path string) (bareInsert, func() error, error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE TABLE bare (id BLOB PRIMARY KEY, payload BLOB NOT NULL)`); err != nil {
		return nil, nil, err
	}
	statements := map[int]*sql.Stmt{}
	insert := func(ctx context.Context, ids, payloads [][]byte) error {
		s := statements[len(ids)]
		if s == nil {
			text := `INSERT INTO bare (id, payload) VALUES ` + strings.TrimSuffix(strings.Repeat("(?,?),", len(ids)), ",")
			if s, err = db.PrepareContext(ctx, text); err != nil {
				return err
			}
			statements[len(ids)] = s
		}
		args := make([]any, 0, 2*len(ids))
		for i := range ids {
			args = append(args, ids[i], payloads[i])
		}
		_, err := s.ExecContext(ctx, args...)
		return err
	}
	one := make(chan struct{}, 1) // one writer, as SQLite has it
	guarded := func(ctx context.Context, ids, payloads [][]byte) error {
		one <- struct{}{}
		defer func() { <-one }()
		return insert(ctx, ids, payloads)
	}
	return guarded, db.Close, nil
}

func serveBare(ctx context.Context, c *child, listener net.Listener, stdin io.Reader, stdout io.Writer) (err error) {
	store, err := openBare(ctx, c.Store)
	if err != nil {
		return fmt.Errorf("open bare store: %w", err)
	}
	defer func() { err = errors.Join(err, store.close()) }()
	encoding.RegisterCompressor(newZstd())
	s := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	put := func(_ any, stream grpc.ServerStream) error { return store.put(stream) }
	get := func(_ any, stream grpc.ServerStream) error { return store.get(stream) }
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bare.Bare", HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{
			{StreamName: bareStream.StreamName, Handler: put, ServerStreams: true, ClientStreams: true},
			{StreamName: bareGetStream.StreamName, Handler: get, ServerStreams: true},
		},
	}, struct{}{})
	return tellAndRun(ctx, c, stdin, stdout, func(ctx context.Context) error {
		go func() {
			<-ctx.Done()
			s.Stop()
		}()
		return s.Serve(listener)
	})
}

func (s *bareStore) put(stream grpc.ServerStream) error {
	for {
		var m wrapperspb.BytesValue
		if err := stream.RecvMsg(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		ids, payloads, err := decodeRows(m.GetValue())
		if err != nil {
			return err
		}
		if err := s.insert(stream.Context(), ids, payloads); err != nil {
			return err
		}
		if err := stream.SendMsg(wrapperspb.UInt32(uint32(len(ids)))); err != nil {
			return err
		}
	}
}

func (s *bareStore) get(stream grpc.ServerStream) error {
	if err := stream.RecvMsg(&wrapperspb.UInt32Value{}); err != nil {
		return err
	}
	return s.each(stream.Context(), func(rows []bareRow) error { return stream.SendMsg(wrapperspb.Bytes(encodeRows(rows))) })
}

// zstdCompressor is gRPC's compression by zstd.
type zstdCompressor struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newZstd() encoding.Compressor {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		panic(err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		panic(err)
	}
	return &zstdCompressor{e, d}
}

func (*zstdCompressor) Name() string { return zstdName }

func (z *zstdCompressor) Compress(w io.Writer) (io.WriteCloser, error) {
	return &zstdWriter{to: w, encoder: z.encoder}, nil
}

func (z *zstdCompressor) Decompress(r io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	plain, err := z.decoder.DecodeAll(data, nil)
	return bytes.NewReader(plain), err
}

// zstdWriter gathers a message and compresses it at once.
type zstdWriter struct {
	to      io.Writer
	encoder *zstd.Encoder
	plain   []byte
}

func (w *zstdWriter) Write(p []byte) (int, error) {
	w.plain = append(w.plain, p...)
	return len(p), nil
}

func (w *zstdWriter) Close() error {
	_, err := w.to.Write(w.encoder.EncodeAll(w.plain, nil))
	return err
}
