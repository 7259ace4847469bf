package iks

import (
	"encoding/binary"
	"fmt"
	mathbits "math/bits"
)

// Packed is both results of a family in one non-negative 64-bit integer, as
// stores keep it beside the sealed record, so that tallies can be proved in
// SQL. Zero is "not surveyed".
//
//	bits  0-23  besar: indicator i in bits 2(i-1) and up: 0 N, 1 Y, 2 T, 3 ?
//	bits 24-26  besar: category: 0 none, 1 tidak sehat, 2 pra-sehat, 3 sehat,
//	            4 belum lengkap, 5 tidak terdefinisi
//	bits 32-55  inti: indicators, likewise
//	bits 56-58  inti: category
//
// All other bits are zero. In SQL, with v the column: besar category
// (v >> 24) & 7, inti category (v >> 56) & 7, indicator i of inti
// (v >> (32 + 2*(i-1))) & 3.
type Packed int64

const (
	packedCategoryShift = 24
	packedIntiShift     = 32
	packedHalfMask      = 1<<27 - 1
)

// Pack joins the values of both memberships of a surveyed family. They may be
// of different rounds: each counts its own latest complete one.
func Pack(besar, inti Values) Packed {
	return besar.half() | inti.half()<<packedIntiShift
}

// half is the 27 bits of one membership.
func (v Values) half() Packed {
	bits := v.bits()
	return Packed(bits) | Packed(categoryOfBits(bits))<<packedCategoryShift
}

// bits are the values two bits each, indicator 1 lowest.
func (v Values) bits() uint32 {
	var bytes [Indicators]byte
	for i, value := range v {
		bytes[i] = byte(value)
	}
	return uint32(squeeze(binary.LittleEndian.Uint64(bytes[:8])) | squeeze(uint64(binary.LittleEndian.Uint32(bytes[8:])))<<16)
}

// squeeze puts the low two bits of each of eight bytes side by side.
func squeeze(x uint64) uint64 {
	x &= 0x0303030303030303
	x = (x | x>>6) & 0x000f000f000f000f
	x = (x | x>>12) & 0x000000ff000000ff
	return (x | x>>24) & 0xffff
}

// lowBits are the lower bit of each value. Y is the lower bit alone, T the higher,
// ? both.
const lowBits = 0x555555

// categoryOfBits is the rule of Values.Index over the values' bits.
func categoryOfBits(bits uint32) Category {
	high := bits >> 1
	if bits&high&lowBits != 0 {
		return Incomplete
	}
	return categoryOf(int64(mathbits.OnesCount32(bits&lowBits)), int64(mathbits.OnesCount32((bits|high)&lowBits)))
}

// Of returns the values and category of one membership.
func (p Packed) Of(basis Basis) (Values, Category) {
	half := p.halfOf(basis)
	var v Values
	for i := range v {
		v[i] = Value(half >> (2 * i) & 3)
	}
	return v, Category(half >> packedCategoryShift)
}

// Category is the category of one membership.
func (p Packed) Category(basis Basis) Category {
	return Category(p.halfOf(basis) >> packedCategoryShift)
}

// Validate reports bits that Pack never writes, and a category that is not
// that of the values: a damaged or foreign number.
func (p Packed) Validate() error {
	for _, basis := range []Basis{Besar, Inti} {
		values, category := p.Of(basis)
		if want := values.Category(); category != want && (category != NoCategory || values != Values{}) {
			return fmt.Errorf("packed values %#x: %s is %q, its values make it %q", int64(p), basis, category, want)
		}
	}
	const used = packedHalfMask | packedHalfMask<<packedIntiShift
	if p&^used != 0 {
		return fmt.Errorf("packed values %#x: unknown bits are set", int64(p))
	}
	return nil
}

func (p Packed) halfOf(basis Basis) Packed {
	if basis == Inti {
		p >>= packedIntiShift
	}
	return p & packedHalfMask
}
