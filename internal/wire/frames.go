package wire

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// frames codes frames that stand by themselves, for all sessions together, a
// processor at a time.
var frames frameCoder

type frameCoder struct {
	once sync.Once
	enc  *zstd.Encoder
	dec  *zstd.Decoder
}

func (f *frameCoder) start() {
	f.once.Do(func() {
		var err error
		f.enc, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithEncoderLevel(zstdLevel),
			zstd.WithWindowSize(windowBytes), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // The options are constants that it takes.
		}
		// Decoded bytes are bounded by the memory that it may take.
		f.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(MaxChunkBytes+1), zstd.IgnoreChecksum(true))
		if err != nil {
			panic(err)
		}
	})
}

func (f *frameCoder) encoder() *zstd.Encoder {
	f.start()
	return f.enc
}

// decode gives a frame's content, which must have the size stated, with room
// for more behind it.
func (f *frameCoder) decode(frame []byte, size, room int) ([]byte, error) {
	f.start()
	out, err := f.dec.DecodeAll(frame, make([]byte, 0, size+room))
	if err != nil {
		return nil, err
	}
	if len(out) != size {
		return nil, fmt.Errorf("%d bytes where %d are stated", len(out), size)
	}
	return out, nil
}
