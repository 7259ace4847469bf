package wire

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// MaxChunkBytes bounds a chunk before compression; it is checked before a byte
// is decoded. The sync protocol's chunks stay below a quarter of it, but for a
// single family or change that is larger.
const MaxChunkBytes = 1 << 20

// ErrChunk is returned for a chunk that does not decompress to what it says.
var ErrChunk = errors.New("sync chunk does not decompress")

// Compressions are those that this package can do, best first.
func Compressions() []ksv1.Compression {
	return []ksv1.Compression{
		ksv1.Compression_COMPRESSION_ZSTD, ksv1.Compression_COMPRESSION_GZIP, ksv1.Compression_COMPRESSION_IDENTITY,
	}
}

// Compressor turns the chunks of one session and direction into one stream,
// flushed at each. Not safe for concurrent use.
type Compressor struct {
	buf   bytes.Buffer
	write io.Writer
	flush func() error
}

// windowBytes is how far back zstd looks: enough for the repetition between
// chunks, small enough for a phone and for a thousand sessions.
const windowBytes = 256 << 10

// NewCompressor starts a stream.
func NewCompressor(c ksv1.Compression) (*Compressor, error) {
	out := &Compressor{flush: func() error { return nil }}
	out.write = &out.buf
	switch c {
	case ksv1.Compression_COMPRESSION_IDENTITY:
	case ksv1.Compression_COMPRESSION_ZSTD:
		enc, err := zstd.NewWriter(&out.buf, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(windowBytes),
			zstd.WithLowerEncoderMem(true), zstd.WithEncoderLevel(zstd.SpeedDefault))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		out.write, out.flush = enc, enc.Flush
	case ksv1.Compression_COMPRESSION_GZIP:
		enc := gzip.NewWriter(&out.buf)
		out.write, out.flush = enc, enc.Flush
	default:
		return nil, fmt.Errorf("compression %s is not known", c)
	}
	return out, nil
}

// Compress gives the stream's bytes for a chunk.
func (c *Compressor) Compress(chunk []byte) ([]byte, error) {
	c.buf.Reset()
	if _, err := c.write.Write(chunk); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := c.flush(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return bytes.Clone(c.buf.Bytes()), nil
}

// Decompressor reads what a Compressor wrote, chunk by chunk. Not safe for
// concurrent use; Close frees it.
type Decompressor struct {
	in      feeder
	open    func() (io.Reader, error)
	read    io.Reader
	release func()
	max     int
}

// feeder is a reader over the bytes that have come so far; it never blocks.
type feeder struct{ data []byte }

// Read reads; with nothing left it is at the end, which a whole chunk never
// meets.
func (f *feeder) Read(p []byte) (int, error) {
	if len(f.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, nil
}

// ReadByte lets gzip read without a buffer of its own.
func (f *feeder) ReadByte() (byte, error) {
	if len(f.data) == 0 {
		return 0, io.EOF
	}
	b := f.data[0]
	f.data = f.data[1:]
	return b, nil
}

// NewDecompressor starts reading a stream.
func NewDecompressor(c ksv1.Compression) (*Decompressor, error) {
	d := &Decompressor{release: func() {}, max: MaxChunkBytes}
	switch c {
	case ksv1.Compression_COMPRESSION_IDENTITY:
		d.open = func() (io.Reader, error) { return &d.in, nil }
	case ksv1.Compression_COMPRESSION_ZSTD:
		d.open = func() (io.Reader, error) {
			dec, err := zstd.NewReader(&d.in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
				zstd.WithDecoderMaxWindow(windowBytes), zstd.WithDecoderMaxMemory(MaxChunkBytes*4))
			if err != nil {
				return nil, err
			}
			d.release = dec.Close
			return dec, nil
		}
	case ksv1.Compression_COMPRESSION_GZIP:
		d.open = func() (io.Reader, error) { return gzip.NewReader(&d.in) }
	default:
		return nil, fmt.Errorf("compression %s is not known", c)
	}
	return d, nil
}

// Decompress gives a chunk of the size stated. Errors: ErrChunk; the stream is
// of no use afterwards.
func (d *Decompressor) Decompress(data []byte, size uint32) ([]byte, error) {
	if int64(size) > int64(d.max) {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrChunk, size, d.max)
	}
	d.in.data = data
	if d.read == nil {
		var err error
		if d.read, err = d.open(); err != nil {
			return nil, fmt.Errorf("%w: %v", ErrChunk, err)
		}
	}
	out := make([]byte, size)
	if _, err := io.ReadFull(d.read, out); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrChunk, err)
	}
	return out, nil
}

// Close frees the decoder.
func (d *Decompressor) Close() { d.release() }
