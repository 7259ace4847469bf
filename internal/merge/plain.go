package merge

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Plain is a change by an author who had seen nothing of what it writes and
// cleared nothing, such as the one that creates a family. Every register of the
// state that it makes by itself has one value, all of one stamp, so that the
// state can be read and encoded without making registers.
type Plain struct {
	family  ID
	stamp   Stamp
	author  uint32
	records []plainRecord // ascending by key
}

type plainRecord struct {
	key    Key
	fields []byte
	count  int // fields
}

// ReadPlain reads a change; ok is false where it is not plain, or malformed,
// which FromChange tells. The result shares the change's memory.
func ReadPlain(c *ksv1.Change) (p *Plain, ok bool) {
	family, err := IDFromBytes(c.GetFamilyId())
	if err != nil || family.IsZero() {
		return nil, false
	}
	p = &Plain{family: family, stamp: StampOf(c.GetStamp()), author: c.GetAuthor()}
	if p.stamp.IsZero() || p.stamp.Device == 0 || len(c.GetWrites()) == 0 {
		return nil, false
	}
	p.records = make([]plainRecord, 0, len(c.GetWrites()))
	for _, w := range c.GetWrites() {
		if len(w.GetCleared()) > 0 || len(w.GetContexts()) > 0 {
			return nil, false
		}
		r := plainRecord{fields: w.GetFields()}
		if r.key, err = KeyOfWrite(w); err != nil {
			return nil, false
		}
		if r.count, err = checkFields(r.fields); err != nil || r.count == 0 {
			return nil, false
		}
		p.records = append(p.records, r)
	}
	slices.SortFunc(p.records, func(a, b plainRecord) int { return a.key.Compare(b.key) })
	for i := 1; i < len(p.records); i++ {
		if p.records[i-1].key == p.records[i].key {
			return nil, false
		}
	}
	return p, true
}

// checkFields counts fields, which must ascend and occur once.
func checkFields(fields []byte) (count int, err error) {
	err = eachField(fields, func(Element) { count++ })
	return count, err
}

// View is View of the state that the change makes.
func (p *Plain) View() (*ksv1.Household, error) {
	b := newHouseholdBuilder(p.family)
	for i := range p.records {
		if err := b.add(p.records[i].key, recordWire{fields: p.records[i].fields}); err != nil {
			return nil, err
		}
	}
	if withdrawnAnywhere(b.household) || statesSeveralAges(b.household) {
		s, err := Decode(p.Encode(nil))
		if err != nil {
			return nil, err
		}
		return View(&s)
	}
	p.sort(b.household)
	return b.household, nil
}

// sort puts a household in order. All registers have one stamp, so that rounds of one
// day are opened at the same instant, as they are in no state at all.
func (p *Plain) sort(h *ksv1.Household) {
	sortHousehold(&State{}, h)
	sortVisits(h.Visits, func(string) Stamp { return p.stamp })
}

// Show is View for who made the change of edits and has not altered them since: what
// they set becomes part of the result, which takes a tenth of the time.
func (p *Plain) Show(edits []RecordEdit) (*ksv1.Household, error) {
	if len(edits) != len(p.records) {
		return p.View() // some wrote nothing
	}
	b := newHouseholdBuilder(p.family)
	for i := range p.records {
		key := p.records[i].key
		at := slices.IndexFunc(edits, func(e RecordEdit) bool { return e.Key == key })
		if at < 0 || !b.put(key, edits[at].Set) {
			return p.View()
		}
	}
	if withdrawnAnywhere(b.household) || statesSeveralAges(b.household) {
		return p.View()
	}
	p.sort(b.household)
	return b.household, nil
}

// Encode appends the canonical form of the state that the change makes.
func (p *Plain) Encode(dst []byte) []byte {
	dst = appendMessage(dst, fieldStateFamily, p.family[:])
	var scratch [64]byte
	dst = appendMessage(dst, fieldStateStamps, appendStamp(scratch[:0], p.stamp, p.author))
	for i := range p.records {
		dst = p.records[i].encode(dst)
	}
	return dst
}

// encode writes the record with its length in front. Its stamps are all the
// first of the table, so that their index is as many zeros.
func (r *plainRecord) encode(dst []byte) []byte {
	var head [64]byte
	keys := appendVarint(head[:0], fieldRecordKind, uint64(r.key.Kind))
	if !r.key.Record.IsZero() {
		keys = appendMessage(keys, fieldRecordID, r.key.Record[:])
	}
	if !r.key.Member.IsZero() {
		keys = appendMessage(keys, fieldRecordMember, r.key.Member[:])
	}
	size := len(keys) + protowire.SizeTag(fieldRecordFields) + protowire.SizeBytes(len(r.fields)) +
		protowire.SizeTag(fieldRecordStampIndex) + protowire.SizeBytes(r.count)
	dst = protowire.AppendTag(dst, fieldStateRecords, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(size))
	dst = append(dst, keys...)
	dst = appendMessage(dst, fieldRecordFields, r.fields)
	dst = protowire.AppendTag(dst, fieldRecordStampIndex, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(r.count))
	return append(dst, make([]byte, r.count)...)
}

// Writes reports whether the change writes to a record.
func (p *Plain) Writes(key Key) bool {
	return slices.ContainsFunc(p.records, func(r plainRecord) bool { return r.key == key })
}
