package merge

import (
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestTrimContextsKeepsWhatLiesBefore(t *testing.T) {
	stamp := func(ms uint64) *ksv1.Stamp { return &ksv1.Stamp{TimeMs: ms, Device: 2, Incarnation: 9} }
	c := &ksv1.Change{Stamp: stamp(20), Writes: []*ksv1.Write{{Contexts: []*ksv1.FieldContext{
		{Field: 4, Seen: []*ksv1.Stamp{stamp(10), stamp(20), stamp(30)}}, {Field: 5, Seen: []*ksv1.Stamp{stamp(21)}},
	}}}}
	TrimContexts(c)
	contexts := c.GetWrites()[0].GetContexts()
	if len(contexts[0].GetSeen()) != 1 || contexts[0].GetSeen()[0].GetTimeMs() != 10 || len(contexts[1].GetSeen()) != 0 {
		t.Errorf("contexts %v", contexts)
	}
}
