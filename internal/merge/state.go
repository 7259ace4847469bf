package merge

import (
	"bytes"
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Kind names the record that a register belongs to.
type Kind = ksv1.RecordKind

// Kinds of records, in canonical order.
const (
	KindFamily     = ksv1.RecordKind_RECORD_KIND_FAMILY
	KindMember     = ksv1.RecordKind_RECORD_KIND_MEMBER
	KindRound      = ksv1.RecordKind_RECORD_KIND_ROUND
	KindIndividual = ksv1.RecordKind_RECORD_KIND_INDIVIDUAL
	KindVisit      = ksv1.RecordKind_RECORD_KIND_VISIT
)

// Key names a record within its family.
type Key struct {
	Kind Kind
	// Record is the round or visit; zero for families and members.
	Record ID
	// Member is the member; zero unless the kind has one.
	Member ID
}

// Compare gives the canonical order of records.
func (k Key) Compare(o Key) int {
	if c := cmp.Compare(k.Kind, o.Kind); c != 0 {
		return c
	}
	if c := bytes.Compare(k.Record[:], o.Record[:]); c != 0 {
		return c
	}
	return bytes.Compare(k.Member[:], o.Member[:])
}

// wellFormed tells whether exactly the ids are there that the kind has.
func (k Key) wellFormed() bool {
	hasRecord, hasMember := !k.Record.IsZero(), !k.Member.IsZero()
	switch k.Kind {
	case KindFamily:
		return !hasRecord && !hasMember
	case KindMember:
		return !hasRecord && hasMember
	case KindRound, KindVisit:
		return hasRecord && !hasMember
	case KindIndividual:
		return hasRecord && hasMember
	default:
		return false
	}
}

// Value is one value that a register holds.
type Value struct {
	Stamp Stamp
	// Author is the number of the account that wrote it.
	Author uint32
	// Element is the field's wire form, tag and value; nil where the field was
	// cleared.
	Element []byte
}

// Register is one field of one record.
type Register struct {
	Field protowire.Number
	// Values are the values held, the shown one first (descending by stamp); a
	// register always holds at least one, and at most one of a source.
	Values []Value
	// Context names every stamp held or superseded.
	Context Context
}

// Shown is the value with the highest stamp.
func (r *Register) Shown() Value { return r.Values[0] }

// InConflict tells whether the register, of a record of a kind, holds different values.
// Equal bytes written twice unseen are agreement, not conflict, and so are ages stated of
// different surveys.
func (r *Register) InConflict(kind Kind) bool {
	if IsStatedAge(kind, r.Field) {
		return r.Field == StatedAgeField && agesDisagree(r.Values)
	}
	for _, v := range r.Values[1:] {
		if !bytes.Equal(v.Element, r.Values[0].Element) {
			return true
		}
	}
	return false
}

// Record is the registers of one record, ascending by field number.
type Record struct {
	Key       Key
	Registers []Register
}

// Register finds a field's register; nil where nobody ever wrote it.
func (r *Record) Register(field protowire.Number) *Register {
	i, ok := slices.BinarySearchFunc(r.Registers, field, func(g Register, f protowire.Number) int {
		return cmp.Compare(g.Field, f)
	})
	if !ok {
		return nil
	}
	return &r.Registers[i]
}

// Fields appends the shown values as the wire form of the record's message.
func (r *Record) Fields(dst []byte) []byte {
	for i := range r.Registers {
		dst = append(dst, r.Registers[i].Values[0].Element...)
	}
	return dst
}

// State is the joined state of a family, or the part of it that some changes
// make. Records ascend by key. The zero State of a family is the neutral
// element of Join.
type State struct {
	Family  ID
	Records []Record
}

// Record finds a record; nil where nobody ever wrote to it.
func (s *State) Record(key Key) *Record {
	i, ok := slices.BinarySearchFunc(s.Records, key, func(r Record, k Key) int { return r.Key.Compare(k) })
	if !ok {
		return nil
	}
	return &s.Records[i]
}

// HighestStamp is the highest stamp that any context of the state names; zero
// for an empty state. A device observes it before it stamps anything itself.
func (s *State) HighestStamp() Stamp {
	var high Stamp
	for i := range s.Records {
		for j := range s.Records[i].Registers {
			for _, stamp := range s.Records[i].Registers[j].Context {
				high = MaxStamp(high, stamp)
			}
		}
	}
	return high
}

// HighestOf is the latest stamp of one device incarnation; the zero stamp where there is none.
func (s *State) HighestOf(device, incarnation uint32) Stamp {
	var high Stamp
	for i := range s.Records {
		for j := range s.Records[i].Registers {
			for _, stamp := range s.Records[i].Registers[j].Context {
				if stamp.Device == device && stamp.Incarnation == incarnation {
					high = MaxStamp(high, stamp)
				}
			}
		}
	}
	return high
}

// Join is the least state that holds what a and b hold. Both must be of one
// family (the zero ID of an empty State counts as any). Neither is changed;
// the result shares their memory.
func Join(a, b State) State {
	out := State{Family: a.Family}
	if out.Family.IsZero() {
		out.Family = b.Family
	}
	if len(a.Records) == 0 {
		out.Records = b.Records
		return out
	}
	if len(b.Records) == 0 {
		out.Records = a.Records
		return out
	}
	out.Records = make([]Record, 0, len(a.Records)+len(b.Records))
	i, j := 0, 0
	for i < len(a.Records) && j < len(b.Records) {
		switch c := a.Records[i].Key.Compare(b.Records[j].Key); {
		case c < 0:
			out.Records = append(out.Records, a.Records[i])
			i++
		case c > 0:
			out.Records = append(out.Records, b.Records[j])
			j++
		default:
			out.Records = append(out.Records, Record{
				Key:       a.Records[i].Key,
				Registers: joinRegisters(a.Records[i].Registers, b.Records[j].Registers),
			})
			i++
			j++
		}
	}
	out.Records = append(out.Records, a.Records[i:]...)
	out.Records = append(out.Records, b.Records[j:]...)
	return out
}

func joinRegisters(a, b []Register) []Register {
	out := make([]Register, 0, max(len(a), len(b)))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].Field < b[j].Field:
			out = append(out, a[i])
			i++
		case a[i].Field > b[j].Field:
			out = append(out, b[j])
			j++
		default:
			out = append(out, joinRegister(&a[i], &b[j]))
			i++
			j++
		}
	}
	out = append(out, a[i:]...)
	return append(out, b[j:]...)
}

// joinRegister keeps what both sides hold and what the other side has not
// superseded.
func joinRegister(a, b *Register) Register {
	out := Register{Field: a.Field, Context: joinContexts(a.Context, b.Context)}
	out.Values = make([]Value, 0, len(a.Values)+len(b.Values))
	i, j := 0, 0
	for i < len(a.Values) || j < len(b.Values) {
		c := 0
		switch {
		case i == len(a.Values):
			c = -1
		case j == len(b.Values):
			c = 1
		default:
			c = a.Values[i].Stamp.Compare(b.Values[j].Stamp)
			if planted.Is(planted.TieByArrival) && c != 0 && a.Values[i].Stamp.TimeMS == b.Values[j].Stamp.TimeMS {
				c = 1
			}
		}
		switch {
		case c > 0:
			if !b.Context.Covers(a.Values[i].Stamp) {
				out.Values = append(out.Values, a.Values[i])
			}
			i++
		case c < 0:
			if !a.Context.Covers(b.Values[j].Stamp) {
				out.Values = append(out.Values, b.Values[j])
			}
			j++
		default:
			out.Values = append(out.Values, settleTwin(a.Values[i], b.Values[j]))
			i++
			j++
		}
	}
	if planted.Is(planted.LoserDropped) {
		out.Values = out.Values[:1]
	}
	return out
}

// settleTwin joins two values of one stamp. They are the same value, but where
// a device's database was copied and both copies wrote at the same instant;
// then the choice must not depend on the order of arrival.
func settleTwin(a, b Value) Value {
	if c := bytes.Compare(a.Element, b.Element); c < 0 || c == 0 && a.Author < b.Author {
		return b
	}
	return a
}
