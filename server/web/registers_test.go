package web

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestEveryRegisterHasWords keeps names of the contract off the pages: what people
// read of a change or a conflict has a label and, where its values are of a list,
// words for each.
func TestEveryRegisterHasWords(t *testing.T) {
	t.Parallel()
	var words [2]string
	for i, file := range []string{"src/shared/text/family.ts", "src/shared/family/kernel.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words[i] = string(text)
	}
	labels, kernel := words[0], words[1]
	for kind, record := range map[string]proto.Message{
		"FAMILY": &ksv1.Family{}, "MEMBER": &ksv1.Member{}, "ROUND": &ksv1.Round{}, "INDIVIDUAL": &ksv1.Individual{}, "VISIT": &ksv1.Visit{},
	} {
		fields := record.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			field := fields.Get(i)
			name := string(field.Name())
			asked := regexp.MustCompile(`"kind": "` + kind + `",\s*"field": "` + name + `"`).MatchString(kernel)
			if !asked && !strings.Contains(labels, `"`+kind+"."+name+`": "`) {
				t.Errorf("%s.%s has no label", kind, name)
			}
			if strings.HasSuffix(name, "_id") && !strings.Contains(labels, name+`: "`) {
				t.Errorf("%s.%s has no word for who is not known", kind, name)
			}
			for _, value := range valuesOf(field) {
				if !strings.Contains(labels, value+`: "`) && !strings.Contains(kernel, `"`+value+`": "`) {
					t.Errorf("%s.%s: %s has no words", kind, name, value)
				}
			}
		}
	}
}

// valuesOf are the names of a field's values but for the one of "not set"; of a
// message those of its fields.
func valuesOf(field protoreflect.FieldDescriptor) []string {
	var out []string
	switch {
	case field.Enum() != nil:
		values := field.Enum().Values()
		for i := range values.Len() {
			if values.Get(i).Number() != 0 {
				out = append(out, string(values.Get(i).Name()))
			}
		}
	case field.Message() != nil:
		for i := range field.Message().Fields().Len() {
			if inner := field.Message().Fields().Get(i); inner.Enum() != nil {
				out = append(out, valuesOf(inner)...)
			}
		}
	}
	return out
}
