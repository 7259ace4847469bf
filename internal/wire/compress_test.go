package wire

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// codecs are the two that can go wrong inside.
var codecs = []ksv1.Compression{ksv1.Compression_COMPRESSION_ZSTD, ksv1.Compression_COMPRESSION_GZIP}

func stream(t testing.TB, c ksv1.Compression) (*Compressor, *Decompressor) {
	t.Helper()
	comp, err := NewCompressor(c, Uploads)
	if err != nil {
		t.Fatal(err)
	}
	dec, err := NewDecompressor(c, Uploads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dec.Close)
	return comp, dec
}

func compress(t testing.TB, c *Compressor, chunk []byte) []byte {
	t.Helper()
	data, _ := sized(t, c, chunk)
	return data
}

func sized(t testing.TB, c *Compressor, chunk []byte) (data []byte, size uint32) {
	t.Helper()
	data, size, err := c.Compress(chunk)
	if err != nil {
		t.Fatal(err)
	}
	return data, size
}

// writing gives n bytes that compress about as records do.
func writing(rng *mathrand.Rand, n int) []byte {
	names := []string{"Siti", "Ahmad", "Budi", "Dewi", "Pratama", "Lestari", "Jl. Melati", "Jl. Mawar"}
	var b bytes.Buffer
	for b.Len() < n {
		fmt.Fprintf(&b, "%s %s %016d", names[rng.IntN(len(names))], names[rng.IntN(len(names))], rng.Uint64N(1e16))
	}
	return b.Bytes()[:n]
}

func TestChunksSurviveEachCompression(t *testing.T) {
	t.Parallel()
	for _, c := range Compressions() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			rng := mathrand.New(mathrand.NewPCG(1, 2))
			comp, dec := stream(t, c)
			for i := range 60 {
				chunk := writing(rng, rng.IntN(64<<10))
				if i%20 == 0 {
					chunk = make([]byte, MaxChunkBytes)
				}
				data, size := sized(t, comp, chunk)
				got, err := dec.Decompress(data, size)
				if err != nil || !bytes.Equal(got, chunk) {
					t.Fatalf("chunk %d: %v", i, err)
				}
				clear(data) // The decoder must not need it any more.
			}
		})
	}
}

// Deflate hands out a full window before it has read the flush behind it: a
// chunk that ends there once spoiled the next, without an error.
func TestChunksThatEndAtAWindowsEdgeDoNotSpoilTheNext(t *testing.T) {
	t.Parallel()
	for _, c := range Compressions() {
		for _, sizes := range [][]int{{0, 100, 0, 100}, {32 << 10, 5, 5}, {64 << 10, 100, 7}, {100, 32<<10 - 100, 1, 1}, {128 << 10, 128 << 10, 9}} {
			comp, dec := stream(t, c)
			for i, n := range sizes {
				chunk := writing(mathrand.New(mathrand.NewPCG(uint64(i), 0)), n)
				data, size := sized(t, comp, chunk)
				got, err := dec.Decompress(data, size)
				if err != nil || !bytes.Equal(got, chunk) {
					t.Fatalf("%s, sizes %d, chunk %d: %v", c, sizes, i, err)
				}
			}
		}
	}
}

func TestWrongSizesAreErrorsAndStay(t *testing.T) {
	t.Parallel()
	chunk := bytes.Repeat([]byte("abc"), 1000)
	for _, c := range Compressions() {
		for _, size := range []uint32{0, 1, 2999, 3002, MaxChunkBytes, MaxChunkBytes + 2, 1<<32 - 1} {
			comp, dec := stream(t, c)
			if _, err := dec.Decompress(compress(t, comp, chunk), size); !errors.Is(err, ErrChunk) {
				t.Fatalf("%s: 3000 bytes stated as %d: %v", c, size, err)
			}
			if _, err := dec.Decompress(compress(t, comp, chunk), 3000); !errors.Is(err, ErrChunk) {
				t.Fatalf("%s: went on after an error: %v", c, err)
			}
		}
	}
}

func TestCutChunksAreErrors(t *testing.T) {
	t.Parallel()
	chunk := bytes.Repeat([]byte("abc"), 1000)
	for _, c := range codecs {
		comp, _ := stream(t, c)
		data := compress(t, comp, chunk)
		for cut := range data {
			_, dec := stream(t, c)
			got, err := dec.Decompress(data[:cut], 3000)
			// Without its flush marker, a chunk may be whole already.
			if !errors.Is(err, ErrChunk) && !bytes.Equal(got, chunk) {
				t.Fatalf("%s cut at %d: %v", c, cut, err)
			}
		}
	}
}

// Not parallel: it measures what the process allocates.
func TestBombsMakeNoMoreThanAChunk(t *testing.T) {
	const bombMiB, budget = 32, 8 << 20
	squeeze := func(w io.WriteCloser) {
		for range bombMiB {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var near, far, deflated bytes.Buffer
	for w, window := range map[*bytes.Buffer]int{&near: windowBytes, &far: 64 << 20} {
		z, err := zstd.NewWriter(w, zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		squeeze(z)
	}
	squeeze(gzip.NewWriter(&deflated))
	for name, bomb := range map[string]struct {
		c    ksv1.Compression
		data []byte
	}{"zstd": {codecs[0], near.Bytes()}, "zstd, large window": {codecs[0], far.Bytes()}, "gzip": {codecs[1], deflated.Bytes()}} {
		_, dec := stream(t, bomb.c)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := dec.Decompress(bomb.data, MaxChunkBytes); !errors.Is(err, ErrChunk) {
			t.Fatalf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > budget {
			t.Fatalf("%s: %d MiB were allocated", name, used>>20)
		}
	}
}

func TestUnknownCompressionIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewCompressor(ksv1.Compression_COMPRESSION_UNSPECIFIED, Uploads); err == nil {
		t.Fatal("compressor made")
	}
	if _, err := NewDecompressor(99, Uploads); err == nil {
		t.Fatal("decompressor made")
	}
}

func FuzzDecompress(f *testing.F) {
	for _, c := range Compressions() {
		comp, _ := stream(f, c)
		f.Add(uint8(c), uint32(3000), compress(f, comp, bytes.Repeat([]byte("abc"), 1000)), compress(f, comp, []byte("more")))
	}
	f.Fuzz(func(t *testing.T, c uint8, size uint32, first, second []byte) {
		dec, err := NewDecompressor(ksv1.Compression(c), Uploads)
		if err != nil {
			return
		}
		defer dec.Close()
		for _, data := range [][]byte{first, second} {
			got, err := dec.Decompress(data, size)
			packed := ksv1.Compression(c) == ksv1.Compression_COMPRESSION_PACKED_ZSTD
			if err == nil && (uint32(len(got)) != size && !packed || len(got) > MaxChunkBytes) {
				t.Fatalf("%d bytes where %d were stated", len(got), size)
			}
			if err != nil && !errors.Is(err, ErrChunk) {
				t.Fatal(err)
			}
		}
	})
}

// BenchmarkStreams gives the time for a chunk of 64 KiB there and back, its
// size, and what an open stream (both ends) keeps between chunks.
func BenchmarkStreams(b *testing.B) {
	for _, c := range Compressions() {
		b.Run(c.String(), func(b *testing.B) {
			const streams = 16
			rng := mathrand.New(mathrand.NewPCG(1, 2))
			chunks := make([][]byte, 16)
			for i := range chunks {
				chunks[i] = writing(rng, 64<<10)
			}
			before := heapBytes()
			var open []*Decompressor
			var comps []*Compressor
			for range streams {
				comp, dec := stream(b, c)
				open, comps = append(open, dec), append(comps, comp)
			}
			sent, received, i := 0, 0, 0
			b.SetBytes(64 << 10)
			for b.Loop() {
				chunk := chunks[i/streams%len(chunks)]
				data := compress(b, comps[i%streams], chunk)
				if _, err := open[i%streams].Decompress(data, uint32(len(chunk))); err != nil {
					b.Fatal(err)
				}
				sent, received, i = sent+len(data), received+len(chunk), i+1
			}
			b.ReportMetric((heapBytes()-before)/float64(min(i, streams))/1024, "KiB/stream")
			b.ReportMetric(float64(sent)/float64(received), "sent/plain")
			runtime.KeepAlive(open)
			runtime.KeepAlive(comps)
		})
	}
}

func heapBytes() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
