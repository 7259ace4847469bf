package promises

import (
	"slices"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// registerOfSource is a register as one source, a device incarnation, writes it.
type registerOfSource struct {
	family, record, member string
	kind                   ksv1.RecordKind
	field                  uint32
	device, incarnation    uint32
}

// writing is a change's write to it, and the stamp of the source that it had seen.
type writing struct {
	change      merge.ID
	stamp, seen merge.Stamp
}

// checkSources: what is written under one source is of one database, which has seen its
// own earlier writes. A register's context names one stamp a source, which stands for all
// before it, so a value that its source's next one has not seen is gone though nobody
// superseded it; and the model, which joins in the same way, would not tell.
func (w *World) checkSources(t *judge.Truth) {
	writings := map[registerOfSource][]writing{}
	for id, c := range t.Changes {
		for _, write := range c.GetWrites() {
			for _, field := range fieldsOf(write) {
				stamp := merge.StampOf(c.GetStamp())
				key := registerOfSource{
					string(c.GetFamilyId()), string(write.GetRecordId()), string(write.GetMemberId()), write.GetKind(), field, stamp.Device, stamp.Incarnation,
				}
				writings[key] = append(writings[key], writing{id, stamp, seenOf(write, field, stamp)})
			}
		}
	}
	for key, all := range writings {
		slices.SortFunc(all, func(a, b writing) int { return a.stamp.Compare(b.stamp) })
		for i := 1; i < len(all); i++ {
			if before, x := all[i-1], all[i]; x.seen.Compare(before.stamp) < 0 {
				w.Report.violate("source: change %s of device %d has not seen its own change %s (field %d of %s of family %x)",
					x.change, key.device, before.change, key.field, key.kind, key.family)
			}
		}
	}
}

// fieldsOf are the fields that a write sets or clears.
func fieldsOf(write *ksv1.Write) []uint32 {
	out := slices.Clone(write.GetCleared())
	elements, err := merge.SplitFields(write.GetFields())
	if err != nil {
		return out // what is malformed is looked for elsewhere
	}
	for _, e := range elements {
		out = append(out, uint32(e.Field))
	}
	return out
}

// seenOf is the highest stamp of a source that a write has seen of a field; zero: none.
// Some are named twice, where stamps of two sources were given anew under one.
func seenOf(write *ksv1.Write, field uint32, source merge.Stamp) (seen merge.Stamp) {
	for _, context := range write.GetContexts() {
		if context.GetField() != field {
			continue
		}
		for _, s := range context.GetSeen() {
			if s.GetDevice() == source.Device && s.GetIncarnation() == source.Incarnation && merge.StampOf(s).Compare(seen) > 0 {
				seen = merge.StampOf(s)
			}
		}
	}
	return seen
}
