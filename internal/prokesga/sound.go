package prokesga

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// SoundFields reports whether CheckRecord would find nothing in a record of
// which these are the fields, told from the wire form: nearly every write is
// sound, and reading it by reflection takes five times as long. False means no
// more than that CheckRecord must be asked. That the bytes can be read at all
// is not judged here.
func SoundFields(kind ksv1.RecordKind, fields []byte) bool {
	if kind < 0 || int(kind) >= len(soundRules) || soundRules[kind] == nil {
		return false
	}
	rules := soundRules[kind]
	for len(fields) > 0 {
		number, typ, n := protowire.ConsumeTag(fields)
		if n < 0 {
			return false
		}
		m := protowire.ConsumeFieldValue(number, typ, fields[n:])
		if m < 0 {
			return false
		}
		// A field of a newer version is not judged.
		if int(number) < len(rules) && !rules[number].sound(typ, fields[n:n+m]) {
			return false
		}
		fields = fields[n+m:]
	}
	return true
}

// soundRule is what makes a field sound beyond doubt.
type soundRule struct {
	what soundness
	// maxBytes of a text: as many characters are allowed.
	maxBytes int
	form     *form
	min, max uint64
}

type soundness uint8

const (
	unknownField soundness = iota
	soundText
	soundNumber
	// doubtful fields are CheckRecord's to judge.
	doubtful
	// unjudged fields are always sound.
	unjudged
)

func (r *soundRule) sound(typ protowire.Type, value []byte) bool {
	switch r.what {
	case unknownField, unjudged:
		return true
	case soundText:
		text, n := protowire.ConsumeBytes(value)
		return typ == protowire.BytesType && n >= 0 && len(text) <= r.maxBytes && (r.form == nil || r.form.ok(string(text)))
	case soundNumber:
		number, n := protowire.ConsumeVarint(value)
		return typ == protowire.VarintType && n >= 0 && r.min <= number && number <= r.max
	}
	return false
}

// soundRules are those of each kind, by field number. Never written to.
var soundRules = readSoundRules()

func readSoundRules() [inVisit + 1][]soundRule {
	var all [inVisit + 1][]soundRule
	for kind := inFamily; kind <= inVisit; kind++ {
		fields := newRecord(kind).ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			fd := fields.Get(i)
			for len(all[kind]) <= int(fd.Number()) {
				all[kind] = append(all[kind], soundRule{})
			}
			all[kind][fd.Number()] = soundRuleOf(kind, fd)
		}
	}
	return all
}

func soundRuleOf(kind ksv1.RecordKind, fd protoreflect.FieldDescriptor) soundRule {
	const noLimit = 1 << 62
	where := at{kind: kind, field: int32(fd.Number())}
	switch {
	case fd.IsList() || fd.IsMap():
		return soundRule{what: doubtful}
	case fd.Kind() == protoreflect.StringKind:
		r := soundRule{what: soundText, maxBytes: noLimit, form: formOf(where)}
		if limit := textLimits[fd.FullName()]; limit > 0 {
			r.maxBytes = int(limit)
		}
		return r
	case fd.Kind() == protoreflect.EnumKind:
		r := soundRule{what: soundNumber, min: 1, max: 0}
		// The run of numbers from 1; others are in doubt.
		for fd.Enum().Values().ByNumber(protoreflect.EnumNumber(r.max+1)) != nil {
			r.max++
		}
		return r
	case fd.Kind() == protoreflect.Uint32Kind || fd.Kind() == protoreflect.Uint64Kind:
		q := find(kind, where.field)
		if q == nil || q.Limits == (Limits{}) {
			return soundRule{what: unjudged}
		}
		return soundRule{what: soundNumber, min: uint64(q.Limits.Min), max: uint64(q.Limits.Max)}
	case fd.Kind() == protoreflect.MessageKind || fd.Kind() == protoreflect.GroupKind:
		return soundRule{what: doubtful}
	}
	return soundRule{what: unjudged}
}
