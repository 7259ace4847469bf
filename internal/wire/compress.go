package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/keluarga-sehat/sync/internal/columns"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// MaxChunkBytes bounds a chunk before compression; it is checked before a byte
// is decoded. The sync protocol's chunks stay below a quarter of it, but for a
// single family or change that is larger.
const MaxChunkBytes = 1 << 20

// windowBytes is how far back zstd looks. Measured on generated families in
// chunks of 64 KiB: 256 KiB make the stream 1.5 % smaller and cost 0.3 MiB
// more a session.
const windowBytes = 128 << 10

// zstdLevel: on the same data the fastest level halves the compressor's memory
// (2.0 MiB) and makes the stream 8 % larger, which a slow link feels more.
const zstdLevel = zstd.SpeedDefault

// Compressions are those that this package can do, best first.
func Compressions() []ksv1.Compression {
	return []ksv1.Compression{
		ksv1.Compression_COMPRESSION_PACKED_ZSTD, ksv1.Compression_COMPRESSION_ZSTD, ksv1.Compression_COMPRESSION_GZIP, ksv1.Compression_COMPRESSION_IDENTITY,
	}
}

// Compressor turns the chunks of one session and direction into one stream,
// flushed at each, so that what one chunk said makes the next one smaller. It
// takes its memory at the first chunk, and ends with its session, without a
// trailer. Not safe for concurrent use.
type Compressor struct {
	buf   bytes.Buffer
	open  func(w io.Writer) (flushWriter, error)
	write flushWriter
	pack  *columns.Packer // nil: chunks go as they are
	frame []byte          // memory used again
}

// Direction of a stream of chunks.
type Direction int

// Directions.
const (
	Uploads   Direction = iota // of UploadPage
	Downloads                  // of FeedPage
)

func (d Direction) schema() *columns.Schema {
	if d == Uploads {
		return columns.Uploads()
	}
	return columns.Downloads()
}

// flushWriter is what the encoders have in common.
type flushWriter interface {
	io.Writer
	Flush() error
}

// NewCompressor starts a stream.
func NewCompressor(c ksv1.Compression, d Direction) (*Compressor, error) {
	switch c {
	case ksv1.Compression_COMPRESSION_PACKED_ZSTD:
		return &Compressor{pack: columns.NewPacker(d.schema())}, nil
	case ksv1.Compression_COMPRESSION_IDENTITY:
		return &Compressor{open: func(w io.Writer) (flushWriter, error) { return plain{w}, nil }}, nil
	case ksv1.Compression_COMPRESSION_ZSTD:
		return &Compressor{open: openZstdWriter}, nil
	case ksv1.Compression_COMPRESSION_GZIP:
		return &Compressor{open: func(w io.Writer) (flushWriter, error) { return gzip.NewWriter(w), nil }}, nil
	default:
		return nil, fmt.Errorf("compression %s is not known", c)
	}
}

// openZstdWriter encodes on the caller's goroutine.
func openZstdWriter(w io.Writer) (flushWriter, error) {
	return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(windowBytes),
		zstd.WithLowerEncoderMem(true), zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderCRC(false))
}

// plain is no compression.
type plain struct{ io.Writer }

// Flush has nothing to do.
func (plain) Flush() error { return nil }

// Compress gives the stream's bytes for a chunk, none for an empty one, and the
// size that they decompress to.
func (c *Compressor) Compress(chunk []byte) (data []byte, size uint32, err error) {
	if len(chunk) == 0 {
		return nil, 0, nil
	}
	if c.pack != nil {
		data, size = c.packed(chunk)
		return data, size, nil
	}
	if c.write == nil {
		if c.write, err = c.open(&c.buf); err != nil {
			return nil, 0, fmt.Errorf("compress: %w", err)
		}
	}
	c.buf.Reset()
	if _, err := c.write.Write(chunk); err != nil {
		return nil, 0, fmt.Errorf("compress: %w", err)
	}
	if err := c.write.Flush(); err != nil {
		return nil, 0, fmt.Errorf("compress: %w", err)
	}
	return bytes.Clone(c.buf.Bytes()), uint32(len(chunk)), nil
}

// packed is a packed page: the length of a zstd frame, the frame, and behind it
// what packing has coded already. The frame stands by itself: what one page says
// about the next is the packer's to know, in a hundredth of the memory that a
// zstd stream takes, of which a server with a thousand sessions has not enough.
func (c *Compressor) packed(chunk []byte) (data []byte, size uint32) {
	plain, coded := c.pack.Pack(chunk)
	c.frame = frames.encoder().EncodeAll(plain, c.frame[:0])
	data = binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen32+len(c.frame)+len(coded)), uint64(len(c.frame)))
	return append(append(data, c.frame...), coded...), uint32(len(plain) + len(coded))
}
