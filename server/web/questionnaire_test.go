package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

var update = flag.Bool("update", false, "write what is generated from the kernel anew")

// labelled is a question as pages show its answer.
type labelled struct {
	Kind    string            `json:"kind"`
	Field   string            `json:"field"`
	ID      int32             `json:"id"` // field's number in the contract
	Number  string            `json:"number"`
	Label   string            `json:"label"`
	Options map[string]string `json:"options,omitempty"`
}

// TestLabelsAreThoseOfTheKernel keeps the labels of the pages to those of the
// kernel: nobody writes a question twice.
func TestLabelsAreThoseOfTheKernel(t *testing.T) {
	t.Parallel()
	records := map[ksv1.RecordKind]proto.Message{
		ksv1.RecordKind_RECORD_KIND_FAMILY: &ksv1.Family{}, ksv1.RecordKind_RECORD_KIND_MEMBER: &ksv1.Member{},
		ksv1.RecordKind_RECORD_KIND_ROUND: &ksv1.Round{}, ksv1.RecordKind_RECORD_KIND_INDIVIDUAL: &ksv1.Individual{},
	}
	var kernel struct {
		Questions  []labelled `json:"questions"`
		Indicators []string   `json:"indicators"`
	}
	for n := 1; n <= iks.Indicators; n++ {
		kernel.Indicators = append(kernel.Indicators, iks.Name(n))
	}
	for _, q := range prokesga.Questions() {
		field := records[q.Kind].ProtoReflect().Descriptor().Fields().ByNumber(protoreflect.FieldNumber(q.Field))
		one := labelled{Kind: strings.TrimPrefix(q.Kind.String(), "RECORD_KIND_"), Field: string(field.Name()), ID: q.Field, Number: string(q.Number), Label: q.Label}
		for _, o := range q.Options {
			if one.Options == nil {
				one.Options = map[string]string{}
			}
			one.Options[string(field.Enum().Values().ByNumber(protoreflect.EnumNumber(o.Value)).Name())] = o.Label
		}
		kernel.Questions = append(kernel.Questions, one)
	}
	want, err := json.MarshalIndent(kernel, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "src/shared/family/kernel.json"
	if *update {
		if err := os.WriteFile(file, append(want, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(bytes.TrimSpace(have), want) {
		t.Errorf("%s is not what 'go test ./server/web -run Labels -update' writes (%v)", file, err)
	}
}
