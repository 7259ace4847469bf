package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/keluarga-sehat/sync/internal/columns"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ErrChunk is returned for a chunk that does not decompress to what it says.
var ErrChunk = errors.New("sync chunk does not decompress")

// trailMaxBytes bounds what may stay unread behind a chunk. Deflate hands out
// a full window before it has read the flush marker behind it (end of block,
// empty stored block: at most 8 bytes); it is read ahead of the next chunk.
const trailMaxBytes = 16

// Decompressor reads what a Compressor wrote, chunk by chunk. It never waits
// for input and never makes more than MaxChunkBytes of one chunk, whatever
// comes. Not safe for concurrent use; Close frees it.
type Decompressor struct {
	in     feeder
	open   func(io.Reader) (io.Reader, error)
	read   io.Reader
	close  func()
	unpack *columns.Unpacker // nil: chunks come as they are
	failed error
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
func NewDecompressor(c ksv1.Compression, direction Direction) (*Decompressor, error) {
	d := &Decompressor{close: func() {}}
	switch c {
	case ksv1.Compression_COMPRESSION_PACKED_ZSTD:
		d.unpack = columns.NewUnpacker(direction.schema())
	case ksv1.Compression_COMPRESSION_IDENTITY:
		d.open = func(in io.Reader) (io.Reader, error) { return in, nil }
	case ksv1.Compression_COMPRESSION_ZSTD:
		d.open = d.openZstd
	case ksv1.Compression_COMPRESSION_GZIP:
		d.open = func(in io.Reader) (io.Reader, error) { return gzip.NewReader(in) }
	default:
		return nil, fmt.Errorf("compression %s is not known", c)
	}
	return d, nil
}

// openZstd decodes on the caller's goroutine, a block at a time, and reads no
// further than the block that it needs.
func (d *Decompressor) openZstd(in io.Reader) (io.Reader, error) {
	dec, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(windowBytes), zstd.IgnoreChecksum(true))
	if err != nil {
		return nil, err
	}
	d.close = dec.Close
	return dec, nil
}

// Decompress gives a chunk of the size stated, which data must hold, no less
// and no more. Errors: ErrChunk, and from then on always: the stream is of no
// use afterwards.
func (d *Decompressor) Decompress(data []byte, size uint32) ([]byte, error) {
	if d.failed != nil {
		return nil, d.failed
	}
	chunk, err := d.chunk(data, size)
	if err != nil {
		d.failed = fmt.Errorf("%w: %w", ErrChunk, err)
		return nil, d.failed
	}
	return chunk, nil
}

func (d *Decompressor) chunk(data []byte, size uint32) ([]byte, error) {
	limit := uint32(MaxChunkBytes)
	if d.unpack != nil {
		limit++ // A page that can't be packed goes as it is, behind a byte that says so.
	}
	if size > limit {
		return nil, fmt.Errorf("%d bytes, at most %d are allowed", size, limit)
	}
	if size == 0 {
		if len(data) > 0 {
			return nil, errors.New("an empty chunk has data")
		}
		return nil, nil
	}
	if d.unpack != nil {
		return d.packed(data, size)
	}
	return d.next(data, size)
}

// packed reads what Compressor.packed made.
func (d *Decompressor) packed(data []byte, size uint32) ([]byte, error) {
	length, n := binary.Uvarint(data)
	if n <= 0 || length > uint64(len(data)-n) {
		return nil, errors.New("the frame's length is cut or wrong")
	}
	frame, coded := data[n:n+int(length)], data[n+int(length):]
	if uint64(len(coded)) > uint64(size) {
		return nil, fmt.Errorf("more than the %d bytes stated", size)
	}
	page, err := frames.decode(frame, int(size)-len(coded), len(coded))
	if err != nil {
		return nil, err
	}
	return d.unpack.Unpack(append(page, coded...), MaxChunkBytes)
}

// next reads a chunk of the stream.
func (d *Decompressor) next(data []byte, size uint32) ([]byte, error) {
	if len(d.in.data) == 0 {
		d.in.data = data
	} else {
		d.in.data = append(d.in.data, data...)
	}
	if d.read == nil {
		var err error
		if d.read, err = d.open(&d.in); err != nil {
			return nil, err
		}
	}
	chunk := make([]byte, size+1) // One more, to see what is too much.
	if err := readExactly(d.read, chunk); err != nil {
		return nil, err
	}
	if len(d.in.data) > trailMaxBytes {
		return nil, fmt.Errorf("%d bytes are left over", len(d.in.data))
	}
	// The caller may use its buffer again.
	d.in.data = bytes.Clone(d.in.data)
	return chunk[:size:size], nil
}

// readExactly reads all but the last byte of p, and fails where the reader has
// that one as well. It stops asking once it has enough: asking further would
// meet the end of what has come, and the decoders do not forget that.
func readExactly(r io.Reader, p []byte) error {
	n, idle := 0, 0
	for n < len(p)-1 {
		m, err := r.Read(p[n:])
		n += m
		if n == len(p)-1 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if m == 0 {
			if idle++; idle > 100 {
				return io.ErrNoProgress
			}
		}
	}
	if n == len(p) {
		return fmt.Errorf("more than the %d bytes stated", len(p)-1)
	}
	return nil
}

// Close frees the decoder; the Decompressor is of no use afterwards.
func (d *Decompressor) Close() {
	d.close()
	d.failed = fmt.Errorf("%w: closed", ErrChunk)
}
