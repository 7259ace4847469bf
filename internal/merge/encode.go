package merge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrMalformedState is returned for bytes that are no FamilyState in canonical
// form.
var ErrMalformedState = errors.New("malformed family state")

// Field numbers of the messages in proto/keluargasehat/v1/change.proto. They
// are written by hand here because the canonical form fixes every byte, which
// a protobuf library does not promise.
const (
	fieldStateFamily, fieldStateStamps, fieldStateRecords = 1, 2, 3

	fieldStampTime, fieldStampCounter, fieldStampDevice, fieldStampIncarnation, fieldStampAuthor = 1, 2, 3, 4, 5

	fieldRecordKind, fieldRecordID, fieldRecordMember, fieldRecordFields, fieldRecordStampIndex, fieldRecordExtras = 1, 2, 3, 4, 5, 6

	fieldExtraField, fieldExtraValues, fieldExtraContext = 1, 2, 3

	fieldValueStamp, fieldValueElement = 1, 2
)

// Encode appends the canonical form of s, a FamilyState message. Equal states
// have equal bytes, whatever the changes' order of arrival was.
func (s *State) Encode(dst []byte) []byte {
	table := s.stampTable()
	dst = protowire.AppendTag(dst, fieldStateFamily, protowire.BytesType)
	dst = protowire.AppendBytes(dst, s.Family[:])
	var scratch []byte
	for i := range table {
		scratch = appendStamp(scratch[:0], table[i].stamp, table[i].author)
		dst = appendMessage(dst, fieldStateStamps, scratch)
	}
	var parts recordScratch
	for i := range s.Records {
		scratch = s.Records[i].encode(scratch[:0], table, &parts)
		dst = appendMessage(dst, fieldStateRecords, scratch)
	}
	return dst
}

type tableEntry struct {
	stamp  Stamp
	author uint32
}

type stampTable []tableEntry

// fewStamps is up to how many are kept in order as they are met; of more, each would push
// aside all those above it.
const fewStamps = 64

// stampTable lists every stamp that the state names, ascending.
func (s *State) stampTable() stampTable {
	var table, more stampTable
	add := func(stamp Stamp, author uint32) {
		// A family's registers were mostly written in a few saves: the
		// neighbour's stamp is nearly always the same.
		if n := len(table); n > 0 && table[n-1].stamp == stamp {
			table[n-1].author = max(table[n-1].author, author)
			return
		}
		i, found := slices.BinarySearchFunc(table, stamp, func(e tableEntry, t Stamp) int { return e.stamp.Compare(t) })
		switch {
		case found:
			table[i].author = max(table[i].author, author)
		case len(table) < fewStamps:
			table = slices.Insert(table, i, tableEntry{stamp, author})
		default:
			more = append(more, tableEntry{stamp, author})
		}
	}
	for i := range s.Records {
		for j := range s.Records[i].Registers {
			r := &s.Records[i].Registers[j]
			for k := range r.Values {
				add(r.Values[k].Stamp, r.Values[k].Author)
			}
			for _, stamp := range r.Context {
				add(stamp, 0)
			}
		}
	}
	return table.and(more)
}

// and adds entries in any order, maybe several of a stamp.
func (t stampTable) and(more stampTable) stampTable {
	if len(more) == 0 {
		return t
	}
	t = append(t, more...)
	// The highest author of a stamp first, which alone stays.
	slices.SortFunc(t, func(a, b tableEntry) int {
		return cmp.Or(a.stamp.Compare(b.stamp), cmp.Compare(b.author, a.author))
	})
	return slices.CompactFunc(t, func(a, b tableEntry) bool { return a.stamp == b.stamp })
}

func (t stampTable) index(s Stamp) uint64 {
	i, _ := slices.BinarySearchFunc(t, s, func(e tableEntry, s Stamp) int { return e.stamp.Compare(s) })
	return uint64(i)
}

func appendStamp(dst []byte, s Stamp, author uint32) []byte {
	dst = appendVarint(dst, fieldStampTime, s.TimeMS)
	dst = appendVarint(dst, fieldStampCounter, uint64(s.Counter))
	dst = appendVarint(dst, fieldStampDevice, uint64(s.Device))
	dst = appendVarint(dst, fieldStampIncarnation, uint64(s.Incarnation))
	return appendVarint(dst, fieldStampAuthor, uint64(author))
}

// recordScratch is memory reused from record to record while encoding.
type recordScratch struct {
	fields, index, extras, extra, value, context []byte
}

func (r *Record) encode(dst []byte, table stampTable, sc *recordScratch) []byte {
	sc.fields, sc.index, sc.extras = sc.fields[:0], sc.index[:0], sc.extras[:0]
	for i := range r.Registers {
		g := &r.Registers[i]
		if shown := g.Values[0]; shown.Element != nil {
			sc.fields = append(sc.fields, shown.Element...)
			sc.index = protowire.AppendVarint(sc.index, table.index(shown.Stamp))
		}
		if g.encodeExtra(table, sc) {
			sc.extras = appendMessage(sc.extras, fieldRecordExtras, sc.extra)
		}
	}
	dst = appendVarint(dst, fieldRecordKind, uint64(r.Key.Kind))
	if !r.Key.Record.IsZero() {
		dst = appendMessage(dst, fieldRecordID, r.Key.Record[:])
	}
	if !r.Key.Member.IsZero() {
		dst = appendMessage(dst, fieldRecordMember, r.Key.Member[:])
	}
	if len(sc.fields) > 0 {
		dst = appendMessage(dst, fieldRecordFields, sc.fields)
		dst = appendMessage(dst, fieldRecordStampIndex, sc.index)
	}
	return append(dst, sc.extras...)
}

// encodeExtra writes into sc.extra what the record's fields and stamp index do
// not say already; false where there is nothing.
func (r *Register) encodeExtra(table stampTable, sc *recordScratch) bool {
	first := 1
	if r.Values[0].Element == nil {
		first = 0
	}
	sc.context = sc.context[:0]
	for _, stamp := range r.Context {
		if !r.holds(stamp) {
			sc.context = protowire.AppendVarint(sc.context, table.index(stamp))
		}
	}
	if first == len(r.Values) && len(sc.context) == 0 {
		return false
	}
	sc.extra = appendVarint(sc.extra[:0], fieldExtraField, uint64(r.Field))
	for _, v := range r.Values[first:] {
		sc.value = appendVarint(sc.value[:0], fieldValueStamp, table.index(v.Stamp))
		if v.Element != nil {
			sc.value = appendMessage(sc.value, fieldValueElement, v.Element)
		}
		sc.extra = appendMessage(sc.extra, fieldExtraValues, sc.value)
	}
	if len(sc.context) > 0 {
		sc.extra = appendMessage(sc.extra, fieldExtraContext, sc.context)
	}
	return true
}

// holds tells whether a value of exactly this stamp is held.
func (r *Register) holds(s Stamp) bool {
	for i := range r.Values {
		if r.Values[i].Stamp == s {
			return true
		}
	}
	return false
}

// appendVarint leaves out zeros, as proto3 does.
func appendVarint(dst []byte, field protowire.Number, v uint64) []byte {
	if v == 0 {
		return dst
	}
	return protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.VarintType), v)
}

func appendMessage(dst []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, field, protowire.BytesType), content)
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformedState, fmt.Sprintf(format, args...))
}
