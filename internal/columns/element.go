package columns

import "google.golang.org/protobuf/encoding/protowire"

// element is one field of a message in wire form, without a pointer: there are many.
type element struct {
	number protowire.Number
	wire   protowire.Type
	value  uint64 // varint, or the length of the content
	at     int    // where the content begins in the message
}

// content of an element of the message.
func (e *element) content(message []byte) []byte { return message[e.at : e.at+int(e.value)] }

// readElement reads the element of the minimal wire form that begins at an offset,
// and tells where the next begins; ok is false for anything else.
func readElement(data []byte, at int) (e element, next int, ok bool) {
	tag, at := minimalVarint(data, at)
	if at < 0 || tag>>3 == 0 || tag>>3 > uint64(protowire.MaxValidNumber) {
		return e, 0, false
	}
	e.number, e.wire = protowire.Number(tag>>3), protowire.Type(tag&7)
	switch e.wire {
	case protowire.VarintType, protowire.BytesType:
		if e.value, e.at = minimalVarint(data, at); e.at < 0 {
			return e, 0, false
		}
		if e.wire == protowire.VarintType {
			return e, e.at, true
		}
	case protowire.Fixed32Type, protowire.Fixed64Type:
		e.value, e.at = uint64(fixedWidth(e.wire)), at
	default:
		return e, 0, false
	}
	if e.value > uint64(len(data)-e.at) {
		return e, 0, false
	}
	return e, e.at + int(e.value), true
}

// minimalVarint reads a number that takes no byte too many, and tells where it ends;
// -1 for any other.
func minimalVarint(data []byte, at int) (v uint64, end int) {
	if at < len(data) && data[at] < 0x80 {
		return uint64(data[at]), at + 1
	}
	v, n := protowire.ConsumeVarint(data[at:])
	if n <= 0 || n != protowire.SizeVarint(v) {
		return 0, -1
	}
	return v, at + n
}

func fixedWidth(t protowire.Type) int {
	if t == protowire.Fixed32Type {
		return 4
	}
	return 8
}
