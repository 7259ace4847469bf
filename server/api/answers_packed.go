package api

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"
	"time"
)

// packed is a body that was compressed once (a month's trend to a tenth) and is sent
// so each time, but for the as-of times between its pieces. Each piece is deflated to
// a whole number of bytes; an as-of time goes in between as a stored block, of which
// no piece takes anything, and the checksum is put together from those of the pieces.
type packed struct {
	deflated [][]byte
	sums     []sum32
}

// asOfLength is that of every as-of time in a body: packing needs all to be alike.
const (
	packedAsOf = "2006-01-02T15:04:05.000000000Z07:00"
	asOfLength = len("2006-01-02T15:04:05.000000000Z")
)

func asOfBytes(t time.Time) string { return t.UTC().Format(packedAsOf) }

// packers are used again: one takes 1.2 MB.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// standIn stands for an as-of time where a piece looks back for what it repeats: it
// is nothing that JSON holds, so no piece repeats it.
var standIn = bytes.Repeat([]byte{1}, asOfLength)

// pack compresses pieces; as-of times lie between them.
func pack(pieces [][]byte) (*packed, error) {
	w, ok := packers.Get().(*flate.Writer)
	if !ok {
		panic("packers hold something else")
	}
	defer packers.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	p := &packed{}
	for i, piece := range pieces {
		if _, err := w.Write(piece); err != nil {
			return nil, err
		}
		last := i == len(pieces)-1
		end := w.Flush
		if last {
			end = w.Close
		}
		if err := end(); err != nil {
			return nil, err
		}
		p.deflated = append(p.deflated, bytes.Clone(out.Bytes()))
		p.sums = append(p.sums, sumOf32(piece))
		if last {
			break
		}
		if _, err := w.Write(standIn); err != nil {
			return nil, err
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
		out.Reset()
	}
	return p, nil
}

// size is what it takes in memory, nearly.
func (p *packed) size() int {
	const each = 24 + 16 // a slice's head, a sum
	n := 0
	for _, d := range p.deflated {
		n += cap(d) + each
	}
	return n
}

// gzipHeader has no name, time or system (RFC 1952).
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

// gzip is the body with an as-of time in its places.
func (p *packed) gzip(asOf string) []byte {
	out := append(make([]byte, 0, p.size()+len(p.deflated)*(asOfLength+5)+18), gzipHeader...)
	stamp := sumOf32([]byte(asOf))
	var whole sum32
	for i, d := range p.deflated {
		if i > 0 {
			const length = uint16(asOfLength)
			out = append(out, 0)
			out = binary.LittleEndian.AppendUint16(out, length)
			out = binary.LittleEndian.AppendUint16(out, ^length)
			out = append(out, asOf...)
			whole = whole.and(stamp)
		}
		out = append(out, d...)
		whole = whole.and(p.sums[i])
	}
	out = binary.LittleEndian.AppendUint32(out, whole.crc)
	return binary.LittleEndian.AppendUint32(out, uint32(whole.length))
}

// plain is the same for who takes no gzip.
func (p *packed) plain(asOf string) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(p.gzip(asOf)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// sum32 is a CRC-32 with what it takes to put others behind it. The zero value is
// that of nothing.
type sum32 struct {
	crc    uint32
	length int
	// shift is x^(8·length) modulo the polynomial, bits reversed as in CRC-32.
	shift uint32
}

func sumOf32(b []byte) sum32 {
	return sum32{crc32.ChecksumIEEE(b), len(b), shiftOf(len(b))}
}

// and is the sum of what s is of with what o is of behind it.
func (s sum32) and(o sum32) sum32 {
	if s.length == 0 {
		return o
	}
	return sum32{multiply32(s.crc, o.shift) ^ o.crc, s.length + o.length, multiply32(s.shift, o.shift)}
}

// multiply32 multiplies polynomials over GF(2), bits reversed, modulo CRC-32's.
func multiply32(a, b uint32) uint32 {
	var product uint32
	for bit := uint32(1) << 31; bit != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
		}
		carry := b & 1
		if b >>= 1; carry != 0 {
			b ^= crc32.IEEE
		}
	}
	return product
}

// shiftOf raises x^8 to a power by squaring.
func shiftOf(bytes int) uint32 {
	const one, x8 = uint32(1) << 31, uint32(1) << 23
	result, power := one, x8
	for n := bytes; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = multiply32(result, power)
		}
		power = multiply32(power, power)
	}
	return result
}
