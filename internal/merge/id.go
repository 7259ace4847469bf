package merge

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// ID is the identity of a family, member, round, visit or change: 128 bits,
// shown as a UUID. Those made by a device are UUIDs of version 8 that hold the
// device's registered number, an incarnation and a counter (NewID); imported
// ones may be any UUID.
type ID [16]byte

// ErrMalformedID is returned for text that is no UUID and for bytes that are
// not sixteen.
var ErrMalformedID = errors.New("malformed id")

// MaxIDCounter is the highest counter that an id can hold.
const MaxIDCounter = 1<<58 - 1

// NewID makes the id of the counter-th thing of a device incarnation. Counters
// above MaxIDCounter do not fit and are cut; at a thousand a second that takes
// nine million years.
//
// Layout (RFC 9562 version 8): device 32 bits, incarnation 16, version 4,
// incarnation 12, variant 2, incarnation 4, counter 58.
func NewID(device, incarnation uint32, counter uint64) ID {
	var id ID
	binary.BigEndian.PutUint32(id[0:], device)
	binary.BigEndian.PutUint16(id[4:], uint16(incarnation>>16))
	binary.BigEndian.PutUint16(id[6:], 0x8000|uint16(incarnation>>4)&0x0fff)
	low := uint64(0b10)<<62 | uint64(incarnation&0xf)<<58 | counter&MaxIDCounter
	binary.BigEndian.PutUint64(id[8:], low)
	return id
}

// Source takes an id of NewID apart. The last result is false for ids that are
// not of version 8.
func (id ID) Source() (device, incarnation uint32, counter uint64, ok bool) {
	low := binary.BigEndian.Uint64(id[8:])
	mid := binary.BigEndian.Uint16(id[6:])
	if mid>>12 != 8 || low>>62 != 0b10 {
		return 0, 0, 0, false
	}
	incarnation = uint32(binary.BigEndian.Uint16(id[4:]))<<16 | uint32(mid&0x0fff)<<4 | uint32(low>>58)&0xf
	return binary.BigEndian.Uint32(id[0:]), incarnation, low & MaxIDCounter, true
}

// IncarnationFrom is an incarnation that follows from what it stands for, where the same
// must get the same again.
func IncarnationFrom(parts ...[]byte) uint32 {
	sum := sha256.Sum256(slices.Concat(parts...))
	return binary.BigEndian.Uint32(sum[:])
}

// IsZero tells whether id is absent.
func (id ID) IsZero() bool { return id == ID{} }

// String is the lower-case UUID text; "" for the zero id.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// ParseID reads UUID text in either case. Errors: ErrMalformedID.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, fmt.Errorf("%w: %q is no UUID", ErrMalformedID, clip(text))
	}
	var digits [32]byte
	n := 0
	for i := 0; i < len(text); i++ {
		if i != 8 && i != 13 && i != 18 && i != 23 {
			digits[n] = text[i]
			n++
		}
	}
	if _, err := hex.Decode(id[:], digits[:]); err != nil {
		return ID{}, fmt.Errorf("%w: %q is no UUID", ErrMalformedID, clip(text))
	}
	return id, nil
}

// IDFromBytes takes sixteen bytes; none at all give the zero id. Errors:
// ErrMalformedID.
func IDFromBytes(b []byte) (ID, error) {
	if len(b) == 0 {
		return ID{}, nil
	}
	if len(b) != 16 {
		return ID{}, fmt.Errorf("%w: %d bytes where 16 are due", ErrMalformedID, len(b))
	}
	return ID(b), nil
}

// clip keeps error texts short whatever they quote.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
