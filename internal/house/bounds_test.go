package house

import (
	"slices"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1" // registers it
)

// A list says what it gives at most, and refuses who asks for more: nobody takes a page that
// was cut for all of it.
func TestEveryPageIsBounded(t *testing.T) {
	t.Parallel()
	n := 0
	var seen func(messages protoreflect.MessageDescriptors)
	seen = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			m := messages.Get(i)
			seen(m.Messages())
			if size := m.Fields().ByName("page_size"); size != nil {
				n++
				if rulesOf(size).GetUint32().GetLte() == 0 {
					t.Errorf("%s has no bound", size.FullName())
				}
			}
			if token := m.Fields().ByName("page_token"); token != nil && rulesOf(token).GetString().GetMaxLen() == 0 {
				t.Errorf("%s has no bound", token.FullName())
			}
		}
	}
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if slices.Contains([]string{"keluargasehat", "keluargasehat.device"}, strings.TrimSuffix(string(f.Package()), ".v1")) {
			seen(f.Messages())
		}
		return true
	})
	if n < 20 {
		t.Fatalf("only %d lists were found", n)
	}
}

func rulesOf(f protoreflect.FieldDescriptor) *validate.FieldRules {
	return proto.GetExtension(f.Options(), validate.E_Field).(*validate.FieldRules)
}
