package merge

import (
	"slices"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// SplitChange divides the writes of a change that is larger than limit among several, in
// order: applied one after the other they say what it says. One that fits is the only
// one. Stamps of all but the first, and ids, are the caller's to give. A value is never
// divided, so of those near MaxElementBytes a change may be larger than limit by one.
// Errors: ErrMalformedChange.
func SplitChange(c *ksv1.Change, limit int) ([]*ksv1.Change, error) {
	if proto.Size(c) <= limit {
		return []*ksv1.Change{c}, nil
	}
	var out []*ksv1.Change
	var last *ksv1.Change
	size := 0
	for _, whole := range c.GetWrites() {
		pieces, err := splitWrite(whole, limit/2)
		if err != nil {
			return nil, err
		}
		for i, w := range pieces {
			if size += writeBytes(w); last == nil || size > limit || i > 0 {
				last = &ksv1.Change{FamilyId: c.GetFamilyId(), Stamp: c.GetStamp()}
				out, size = append(out, last), proto.Size(last)+writeBytes(w)
			}
			last.Writes = append(last.Writes, w)
		}
	}
	return out, nil
}

// writeBytes is what a write takes in a change at most, its head included.
func writeBytes(w *ksv1.Write) int {
	const head = 8 // tag and length
	return proto.Size(w) + head
}

// splitWrite divides the fields of a write that is larger than limit among several.
func splitWrite(w *ksv1.Write, limit int) ([]*ksv1.Write, error) {
	if writeBytes(w) <= limit {
		return []*ksv1.Write{w}, nil
	}
	elements, err := SplitFields(w.GetFields())
	if err != nil {
		return nil, err
	}
	var out []*ksv1.Write
	var last *ksv1.Write
	size := 0
	// add makes room for a field, and takes its context along.
	add := func(field uint32, bytes int) *ksv1.Write {
		if size += bytes; last == nil || size > limit {
			last = &ksv1.Write{Kind: w.GetKind(), RecordId: w.GetRecordId(), MemberId: w.GetMemberId()}
			out, size = append(out, last), bytes
		}
		at := slices.IndexFunc(w.GetContexts(), func(c *ksv1.FieldContext) bool { return c.GetField() == field })
		if at >= 0 {
			size += proto.Size(w.GetContexts()[at])
			last.Contexts = append(last.Contexts, w.GetContexts()[at])
		}
		return last
	}
	for _, e := range elements {
		piece := add(uint32(e.Field), len(e.Bytes))
		piece.Fields = append(piece.Fields, e.Bytes...)
	}
	for _, field := range w.GetCleared() {
		piece := add(field, 8)
		piece.Cleared = append(piece.Cleared, field)
	}
	for _, piece := range out {
		slices.SortFunc(piece.Contexts, func(a, b *ksv1.FieldContext) int { return int(a.GetField()) - int(b.GetField()) })
	}
	return out, nil
}
