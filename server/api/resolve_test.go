package api

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The value of a resolution is text of the caller's: it must not write anything
// but the register that the conflict is about.
func TestAResolutionWritesTheNamedRegisterAlone(t *testing.T) {
	t.Parallel()
	key := merge.Key{Kind: merge.KindFamily}
	change, _, err := merge.NewChange(&merge.State{Family: merge.ID{1}}, merge.Stamp{TimeMS: 1, Device: 1}, []merge.RecordEdit{{Key: key, Set: &ksv1.Family{Address: proto.String("Jl. Satu")}}})
	if err != nil {
		t.Fatal(err)
	}
	state, err := merge.FromChange(change)
	if err != nil {
		t.Fatal(err)
	}
	number := (&ksv1.Family{}).ProtoReflect().Descriptor().Fields().ByName("address").Number()
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
