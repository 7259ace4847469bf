package prokesga

import (
	"slices"
	"unicode/utf8"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const inVisit = ksv1.RecordKind_RECORD_KIND_VISIT

// textLimits is how many characters each text field of a record may have, read
// from the contract, where the limits stand. Never written to.
var textLimits = readTextLimits()

func readTextLimits() map[protoreflect.FullName]uint64 {
	limits := map[protoreflect.FullName]uint64{}
	for kind := inFamily; kind <= inVisit; kind++ {
		readLimitsOf(newRecord(kind).ProtoReflect().Descriptor(), limits)
	}
	return limits
}

func readLimitsOf(message protoreflect.MessageDescriptor, limits map[protoreflect.FullName]uint64) {
	for i := range message.Fields().Len() {
		fd := message.Fields().Get(i)
		if fd.Kind() == protoreflect.MessageKind {
			readLimitsOf(fd.Message(), limits)
			continue
		}
		rules, _ := proto.GetExtension(fd.Options(), validate.E_Field).(*validate.FieldRules)
		if limit := rules.GetString().GetMaxLen(); limit > 0 {
			limits[fd.FullName()] = limit
		}
	}
}

// tooLong reports whether a text inside a message is over its limit.
func tooLong(message protoreflect.Message) bool {
	over := false
	message.Range(func(fd protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case fd.IsList() && fd.Kind() == protoreflect.MessageKind:
			for i := range value.List().Len() {
				over = over || tooLong(value.List().Get(i).Message())
			}
		case fd.Kind() == protoreflect.StringKind && !fd.IsList():
			limit := textLimits[fd.FullName()]
			over = limit > 0 && uint64(utf8.RuneCountInString(value.String())) > limit
		}
		return !over
	})
	return over
}

func sortByField(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int { return int(a.Field) - int(b.Field) })
}
