package api

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The value of a resolution is text of the caller's: it must not write anything
// but the register that the conflict is about.
func TestAResolutionWritesTheNamedRegisterAlone(t *testing.T) {
	t.Parallel()
	key := merge.Key{Kind: merge.KindFamily}
	state := merge.State{Family: merge.ID{1}}
	for device, address := range []string{"Jl. Satu", "Jl. Nol"} {
		set := &ksv1.Family{Address: proto.String(address), HeadName: proto.String("Budi")}
		change, _, err := merge.NewChange(&merge.State{Family: state.Family}, merge.Stamp{TimeMS: 1, Device: uint32(device + 1)}, []merge.RecordEdit{{Key: key, Set: set}})
		if err != nil {
			t.Fatal(err)
		}
		delta, err := merge.FromChange(change)
		if err != nil {
			t.Fatal(err)
		}
		state = merge.Join(state, delta)
	}
	fields := (&ksv1.Family{}).ProtoReflect().Descriptor().Fields()
	for _, field := range []protoreflect.FieldDescriptor{fields.ByName("head_name"), fields.ByName("nkk")} {
		_, err := resolution(&state, key, &ksv1.ResolveConflictRequest{
			Kind: merge.KindFamily, Field: uint32(field.Number()), Resolution: &ksv1.ResolveConflictRequest_Clear{Clear: true},
		})
		if !errors.Is(err, errNotInConflict) {
			t.Errorf("%s, which is in no conflict: %v", field.Name(), err)
		}
	}
	number := fields.ByName("address").Number()
	for value, good := range map[string]bool{
		`"Jl. Dua"`:                       true,
		`"a\",\"headName\":\"b"`:          true, // quotes within the text are text
		`"x","headName":"Penyusup"`:       false,
		`"x","nkk":"3204051111110001"`:    false,
		`"x"},"removal":{"reason":1`:      false,
		`"x","address":"y"`:               false,
		`"x" "y"`:                         false,
		`{"headName":"Penyusup"}`:         false,
		`null`:                            false,
		`null,"headName":"Penyusup"`:      false,
		``:                                false,
		`"x"/**/`:                         false,
		"\"x\"\n,\n\"place\":\"001/002\"": false,
	} {
		edits, err := resolution(&state, key, &ksv1.ResolveConflictRequest{
			Kind: merge.KindFamily, Field: uint32(number), Resolution: &ksv1.ResolveConflictRequest_ValueJson{ValueJson: value},
		})
		if (err == nil) != good {
			t.Errorf("%s: %v", value, err)
			continue
		}
		if !good {
			continue
		}
		set, ok := edits[0].Set.(*ksv1.Family)
		if !ok || set.Address == nil || set.HeadName != nil || set.Nkk != nil || set.Removal != nil || set.Place != nil {
			t.Errorf("%s writes %v", value, edits[0].Set)
		}
	}
}
