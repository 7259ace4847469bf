package merge

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of a state, far above any family and low enough that a hostile one
// costs little.
const (
	// MaxRecords bounds the records of one family.
	MaxRecords = 20_000
	// MaxStamps bounds the distinct stamps of one family.
	MaxStamps = 200_000
)

// Decode reads the canonical form. The result shares data's memory. Errors:
// ErrMalformedState for anything but what Encode writes in form and order.
func Decode(data []byte) (State, error) {
	var s State
	var table stampTable
	room := decodeRoom{left: len(data)}
	for len(data) > 0 {
		field, content, rest, err := nextMessage(data)
		if err != nil {
			return State{}, err
		}
		data = rest
		switch field {
		case fieldStateFamily:
			if s.Family, err = IDFromBytes(content); err != nil || s.Family.IsZero() {
				return State{}, malformed("family id of %d bytes", len(content))
			}
		case fieldStateStamps:
			entry, err := decodeStamp(content)
			if err != nil {
				return State{}, err
			}
			if n := len(table); n >= MaxStamps || n > 0 && table[n-1].stamp.Compare(entry.stamp) >= 0 {
				return State{}, malformed("stamp %d out of order or one too many", n)
			}
			table = append(table, entry)
		case fieldStateRecords:
			record, err := decodeRecord(content, table, &room)
			if err != nil {
				return State{}, err
			}
			if n := len(s.Records); n >= MaxRecords || n > 0 && s.Records[n-1].Key.Compare(record.Key) >= 0 {
				return State{}, malformed("record %d out of order or one too many", n)
			}
			s.Records = append(s.Records, record)
		default:
			return State{}, malformed("unknown field %d", field)
		}
	}
	if s.Family.IsZero() {
		return State{}, malformed("no family id")
	}
	return s, nil
}

// nextMessage reads one length-delimited field.
func nextMessage(data []byte) (field protowire.Number, content, rest []byte, err error) {
	if len(data) > 1 && data[0] < 0x80 && data[0]>>3 > 0 && data[0]&7 == byte(protowire.BytesType) {
		// A tag of a byte, and a length of one or two, as nearly all are.
		field = protowire.Number(data[0] >> 3)
		if end := 2 + int(data[1]); data[1] < 0x80 && end <= len(data) {
			return field, data[2:end], data[end:], nil
		}
		if len(data) > 2 && data[1] >= 0x80 && data[2] < 0x80 {
			if end := 3 + int(data[1]&0x7f) + int(data[2])<<7; end <= len(data) {
				return field, data[3:end], data[end:], nil
			}
		}
	}
	field, typ, n := protowire.ConsumeTag(data)
	if n < 0 || typ != protowire.BytesType {
		return 0, nil, nil, malformed("bad tag")
	}
	content, m := protowire.ConsumeBytes(data[n:])
	if m < 0 {
		return 0, nil, nil, malformed("truncated field %d", field)
	}
	return field, content, data[n+m:], nil
}

func decodeStamp(data []byte) (tableEntry, error) {
	var e tableEntry
	for len(data) > 0 {
		field, typ, n := protowire.ConsumeTag(data)
		if n < 0 || typ != protowire.VarintType {
			return e, malformed("bad stamp")
		}
		v, m := protowire.ConsumeVarint(data[n:])
		if m < 0 || field != fieldStampTime && v > 1<<32-1 {
			return e, malformed("bad stamp")
		}
		data = data[n+m:]
		switch field {
		case fieldStampTime:
			e.stamp.TimeMS = v
		case fieldStampCounter:
			e.stamp.Counter = uint32(v)
		case fieldStampDevice:
			e.stamp.Device = uint32(v)
		case fieldStampIncarnation:
			e.stamp.Incarnation = uint32(v)
		case fieldStampAuthor:
			e.author = uint32(v)
		default:
			return e, malformed("unknown field %d in a stamp", field)
		}
	}
	return e, nil
}

// recordParts is a RecordState taken apart but not yet understood.
type recordParts struct {
	key           Key
	fields, index []byte
	extras        [][]byte
	fieldsAt      int // where the fields begin
}

func splitRecord(data []byte) (recordParts, error) {
	var p recordParts
	size := len(data)
	for len(data) > 0 {
		if protowire.Type(data[0]&7) == protowire.VarintType {
			field, _, n := protowire.ConsumeTag(data)
			if n < 0 || field != fieldRecordKind {
				return p, malformed("bad tag in a record")
			}
			v, m := protowire.ConsumeVarint(data[n:])
			if m < 0 || v > uint64(KindVisit) {
				return p, malformed("unknown kind of record")
			}
			p.key.Kind = Kind(v)
			data = data[n+m:]
			continue
		}
		field, content, rest, err := nextMessage(data)
		if err != nil {
			return p, err
		}
		data = rest
		switch field {
		case fieldRecordID:
			p.key.Record, err = IDFromBytes(content)
		case fieldRecordMember:
			p.key.Member, err = IDFromBytes(content)
		case fieldRecordFields:
			p.fields, p.fieldsAt = content, size-len(rest)-len(content)
		case fieldRecordStampIndex:
			p.index = content
		case fieldRecordExtras:
			p.extras = append(p.extras, content)
		default:
			err = malformed("unknown field %d in a record", field)
		}
		if err != nil {
			return p, malformed("record: %v", err)
		}
	}
	if !p.key.wellFormed() {
		return p, malformed("record of kind %d with the wrong ids", p.key.Kind)
	}
	return p, nil
}

// decodeRoom is the memory of a state's registers, taken in large pieces: a
// family has many, each with one value and one stamp of context.
type decodeRoom struct {
	left      int // bytes of the state not yet decoded
	registers []Register
	values    []Value
	stamps    []Stamp
}

// registerBytes is about what a register takes in the canonical form.
const registerBytes = 8

// take gives room for n registers, of no more than that length.
func (r *decodeRoom) take(n int) ([]Register, []Value, []Stamp) {
	if n > len(r.registers) {
		size := max(n, r.left/registerBytes)
		r.registers, r.values, r.stamps = make([]Register, size), make([]Value, size), make([]Stamp, size)
	}
	registers, values, stamps := r.registers[:0:n], r.values[:n:n], r.stamps[:n:n]
	r.registers, r.values, r.stamps = r.registers[n:], r.values[n:], r.stamps[n:]
	return registers, values, stamps
}

func decodeRecord(data []byte, table stampTable, room *decodeRoom) (Record, error) {
	p, err := splitRecord(data)
	if err != nil {
		return Record{}, err
	}
	out := Record{Key: p.key}
	var values []Value
	var stamps []Stamp
	out.Registers, values, stamps = room.take(len(p.index))
	room.left -= len(data)
	for k := 0; len(p.fields) > 0; k++ {
		field, _, n := protowire.ConsumeField(p.fields)
		if n < 0 {
			return Record{}, malformed("truncated value")
		}
		at, m := protowire.ConsumeVarint(p.index)
		if m < 0 || at >= uint64(len(table)) {
			return Record{}, malformed("value of field %d has no stamp", field)
		}
		if c := len(out.Registers); c > 0 && out.Registers[c-1].Field >= field {
			return Record{}, malformed("field %d out of order", field)
		}
		e := table[at]
		values[k] = Value{Stamp: e.stamp, Author: e.author, Element: p.fields[:n:n]}
		stamps[k] = e.stamp
		out.Registers = append(out.Registers, Register{
			Field: field, Values: values[k : k+1 : k+1], Context: stamps[k : k+1 : k+1],
		})
		p.fields, p.index = p.fields[n:], p.index[m:]
	}
	if len(p.index) > 0 {
		return Record{}, malformed("more stamps than values")
	}
	for _, extra := range p.extras {
		if err := out.addExtra(extra, table); err != nil {
			return Record{}, err
		}
	}
	return out, nil
}

// addExtra completes a register of the record, or adds one that shows nothing.
func (r *Record) addExtra(data []byte, table stampTable) error {
	var g Register
	for len(data) > 0 {
		field, typ, n := protowire.ConsumeTag(data)
		if n < 0 {
			return malformed("bad tag in a register")
		}
		if field == fieldExtraField && typ == protowire.VarintType {
			v, m := protowire.ConsumeVarint(data[n:])
			if m < 0 || v == 0 || v > uint64(protowire.MaxValidNumber) {
				return malformed("bad field number")
			}
			g.Field = protowire.Number(v)
			data = data[n+m:]
			continue
		}
		field, content, rest, err := nextMessage(data)
		if err != nil {
			return err
		}
		data = rest
		switch field {
		case fieldExtraValues:
			v, err := decodeValue(content, g.Field, table)
			if err != nil {
				return err
			}
			g.Values = append(g.Values, v)
		case fieldExtraContext:
			if g.Context, err = decodeContext(content, table); err != nil {
				return err
			}
		default:
			return malformed("unknown field %d in a register", field)
		}
	}
	return r.insertExtra(g)
}

func (r *Record) insertExtra(g Register) error {
	i, found := slices.BinarySearchFunc(r.Registers, g.Field, func(x Register, f protowire.Number) int {
		return int(x.Field) - int(f)
	})
	if found {
		g.Values = append(slices.Clone(r.Registers[i].Values), g.Values...)
	}
	if g.Field == 0 || len(g.Values) == 0 {
		return malformed("register without a value")
	}
	for k := range g.Values {
		if k > 0 && g.Values[k-1].Stamp.Compare(g.Values[k].Stamp) <= 0 {
			return malformed("values of field %d out of order", g.Field)
		}
		if !g.Context.Covers(g.Values[k].Stamp) {
			g.Context = g.Context.with(g.Values[k].Stamp)
		}
	}
	if found {
		r.Registers[i] = g
		return nil
	}
	r.Registers = slices.Insert(r.Registers, i, g)
	return nil
}

func decodeValue(data []byte, register protowire.Number, table stampTable) (Value, error) {
	var v Value
	at := uint64(0)
	for len(data) > 0 {
		field, typ, n := protowire.ConsumeTag(data)
		if n < 0 {
			return v, malformed("bad tag in a value")
		}
		if field == fieldValueStamp && typ == protowire.VarintType {
			x, m := protowire.ConsumeVarint(data[n:])
			if m < 0 {
				return v, malformed("bad stamp position")
			}
			at, data = x, data[n+m:]
			continue
		}
		field, content, rest, err := nextMessage(data)
		if err != nil || field != fieldValueElement {
			return v, malformed("bad value")
		}
		number, _, n := protowire.ConsumeField(content)
		if n != len(content) || number != register {
			return v, malformed("value of field %d holds another", register)
		}
		v.Element, data = content, rest
	}
	if at >= uint64(len(table)) {
		return v, malformed("value without a stamp")
	}
	v.Stamp, v.Author = table[at].stamp, table[at].author
	return v, nil
}

func decodeContext(data []byte, table stampTable) (Context, error) {
	var c Context
	for len(data) > 0 {
		at, n := protowire.ConsumeVarint(data)
		if n < 0 || at >= uint64(len(table)) {
			return nil, malformed("context without a stamp")
		}
		s := table[at].stamp
		if k := len(c); k > 0 && c[k-1].compareSource(s) >= 0 {
			return nil, malformed("context out of order")
		}
		c, data = append(c, s), data[n:]
	}
	return c, nil
}
