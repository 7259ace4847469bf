package columns

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/fse"
	"google.golang.org/protobuf/encoding/protowire"
)

// ErrMalformed is returned for bytes that no Packer has written.
var ErrMalformed = errors.New("packed page is malformed")

// How a column is coded, the low bits of its length.
const (
	codedNot    = iota // in the plain part
	codedOne           // one byte over and over
	codedFSE           // in the coded part, by FSE
	codingsBits = 2
)

// codec turns columns into the two parts of a packed page and back. Its memory
// is used again.
type codec struct{ fse fse.Scratch }

const (
	// minFSE is the shortest column worth FSE's table; minGain the bytes it must
	// save.
	minFSE  = 24
	minGain = 4
	// maxCoded bounds the values of a page that FSE codes, and with them the
	// memory that a few hostile bytes can take; the rest stays plain.
	maxCoded = 2 << 20
	// maxValues of a column.
	maxValues = 16 << 20
)

// join writes the columns in use: form, their number; of each its number (as
// step), length and coding, and where coded the length of that; then the bytes
// left plain, and behind them the coded.
func (c *codec) join(cols [][]byte) (plain, coded []byte) {
	used := 0
	for _, col := range cols {
		if len(col) > 0 {
			used++
		}
	}
	plain = protowire.AppendVarint([]byte{formPacked}, uint64(used))
	var bodies []byte
	previous, room := -1, maxCoded
	for i, col := range cols {
		if len(col) == 0 {
			continue
		}
		plain = protowire.AppendVarint(plain, uint64(i-previous))
		previous = i
		length := uint64(len(col)) << codingsBits
		out, coding := c.code(i, col, room)
		plain = protowire.AppendVarint(plain, length|uint64(coding))
		switch coding {
		case codedFSE:
			plain = protowire.AppendVarint(plain, uint64(len(out)))
			coded = append(coded, out...)
			room -= len(col)
		default:
			bodies = append(bodies, out...)
		}
	}
	return append(plain, bodies...), coded
}

func (c *codec) code(number int, col []byte, room int) (out []byte, coding int) {
	if one(col) && len(col) > 1 {
		return col[:1], codedOne
	}
	if number == columnPlain || len(col) < minFSE || len(col) > room {
		return col, codedNot
	}
	out, err := fse.Compress(col, &c.fse)
	if err != nil || len(out)+minGain > len(col) {
		return col, codedNot
	}
	return out, codedFSE
}

func one(col []byte) bool {
	for _, b := range col {
		if b != col[0] {
			return false
		}
	}
	return true
}

// column is one on the reading end.
type column struct {
	data []byte
	at   int // in data, of the next value
	left int // values to come
	step int // to the value behind: 0 where all are one
}

type columnHead struct{ number, length, coding, coded int }

// split reads what join wrote. Errors: ErrMalformed.
func (c *codec) split(data []byte, columns int) ([]column, error) {
	heads, data, err := splitHeads(data, columns)
	if err != nil {
		return nil, err
	}
	cols := make([]column, columns)
	take := func(n int) ([]byte, error) {
		if n > len(data) {
			return nil, malformed("a column is cut")
		}
		out := data[:n]
		data = data[n:]
		return out, nil
	}
	for _, coded := range []bool{false, true} {
		for _, h := range heads {
			if (h.coding == codedFSE) != coded {
				continue
			}
			col := column{left: h.length, step: 1}
			switch h.coding {
			case codedFSE:
				in, err := take(h.coded)
				if err != nil {
					return nil, err
				}
				if col.data, err = c.decode(in, h.length); err != nil {
					return nil, err
				}
			case codedOne:
				col.step = 0
				col.data, err = take(1)
			default:
				col.data, err = take(h.length)
			}
			if err != nil {
				return nil, err
			}
			cols[h.number] = col
		}
	}
	if len(data) > 0 {
		return nil, malformed("%d bytes are left over", len(data))
	}
	return cols, nil
}

func (c *codec) decode(in []byte, length int) ([]byte, error) {
	c.fse.DecompressLimit = length
	c.fse.Out = make([]byte, 0, length)
	out, err := fse.Decompress(in, &c.fse)
	if err != nil || len(out) != length {
		return nil, malformed("a column of %d instead of %d values: %v", len(out), length, err)
	}
	c.fse.Out = nil
	return out, nil
}

func splitHeads(data []byte, columns int) ([]columnHead, []byte, error) {
	next := func() uint64 {
		v, n := protowire.ConsumeVarint(data)
		if n < 0 {
			data = nil
			return 0
		}
		data = data[n:]
		return v
	}
	used := next()
	if used > uint64(columns) {
		return nil, nil, malformed("%d columns", used)
	}
	heads := make([]columnHead, used)
	number, room := -1, maxCoded
	for i := range heads {
		step := next()
		length := next()
		h := columnHead{coding: int(length & (1<<codingsBits - 1))}
		length >>= codingsBits
		if step == 0 || step > uint64(columns) || length == 0 || length > maxValues || h.coding > codedFSE {
			return nil, nil, malformed("column %d", i)
		}
		number += int(step)
		if number >= columns {
			return nil, nil, malformed("column %d", number)
		}
		h.number, h.length = number, int(length)
		if h.coding == codedFSE {
			coded := next()
			if room -= h.length; coded > uint64(len(data)) || room < 0 {
				return nil, nil, malformed("column %d is cut or too long", number)
			}
			h.coded = int(coded)
		}
		heads[i] = h
	}
	return heads, data, nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
