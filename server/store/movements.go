package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// The movements of a commit are kept in one value, in the order of their families' ids:
// of each the id, the cause in a byte, the four packed values and the length of Years in
// two bytes, all big-endian, and Years.
const (
	movementCause  = len(merge.ID{})
	movementValues = movementCause + 1
	movementYears  = movementValues + 4*8
	movementFixed  = movementYears + 2
)

// ErrMovements: what is kept of a commit's movements is damaged.
var ErrMovements = errors.New("movements of a commit can't be read")

// PackMovements gives the value kept of a commit's movements, one of each family.
// Village, Day and Revision are left out. Errors: a Cause or Years that has no room.
func PackMovements(list []Movement) ([]byte, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Movement) int { return bytes.Compare(a.Family[:], b.Family[:]) })
	size := len(list) * movementFixed
	for i := range list {
		size += len(list[i].Years)
	}
	out := make([]byte, 0, size)
	for i := range list {
		m := &list[i]
		if m.Cause < 0 || m.Cause > math.MaxUint8 || len(m.Years) > math.MaxUint16 {
			return nil, fmt.Errorf("movement of family %s: cause %d, survey years of %d bytes", m.Family, m.Cause, len(m.Years))
		}
		out = append(append(out, m.Family[:]...), byte(m.Cause))
		for _, v := range []iks.Packed{m.ProvisionalBefore, m.ProvisionalAfter, m.VerifiedBefore, m.VerifiedAfter} {
			out = binary.BigEndian.AppendUint64(out, uint64(v))
		}
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(m.Years))), m.Years...)
	}
	return out, nil
}

// UnpackMovements hands over what PackMovements packed. Errors: visit's; ErrMovements.
func UnpackMovements(packed []byte, visit func(Movement) error) error {
	for len(packed) > 0 {
		if len(packed) < movementFixed {
			return ErrMovements
		}
		m := Movement{Family: merge.ID(packed), Cause: Cause(packed[movementCause])}
		for i, into := range []*iks.Packed{&m.ProvisionalBefore, &m.ProvisionalAfter, &m.VerifiedBefore, &m.VerifiedAfter} {
			*into = iks.Packed(binary.BigEndian.Uint64(packed[movementValues+8*i:]))
		}
		years := int(binary.BigEndian.Uint16(packed[movementYears:]))
		if packed = packed[movementFixed:]; len(packed) < years {
			return ErrMovements
		}
		m.Years, packed = string(packed[:years]), packed[years:]
		if err := visit(m); err != nil {
			return err
		}
	}
	return nil
}
