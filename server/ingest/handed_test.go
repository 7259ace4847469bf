package ingest

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Work under a grant is known by its stamp, or where that lay ahead and the colleague's
// own device made it anew, by its id. A stamp of a third device is nobody's to use.
func TestANewStampKeepsTheGrant(t *testing.T) {
	t.Parallel()
	const tablet, granted, own, drawn, third = 3, 7, 9, 8, 4
	for name, c := range map[string]struct {
		stamp *ksv1.Stamp
		id    merge.ID
		want  bool
	}{
		"as it was made":            {&ksv1.Stamp{Device: tablet, Incarnation: granted}, merge.NewID(tablet, granted, 1), true},
		"stamped anew":              {&ksv1.Stamp{Device: own, Incarnation: drawn}, merge.NewID(tablet, granted, 1), true},
		"the device's own":          {&ksv1.Stamp{Device: own, Incarnation: drawn}, merge.NewID(own, drawn, 1), false},
		"of the former user":        {&ksv1.Stamp{Device: tablet, Incarnation: drawn}, merge.NewID(tablet, drawn, 1), false},
		"stamped by a third device": {&ksv1.Stamp{Device: third, Incarnation: drawn}, merge.NewID(tablet, granted, 1), false},
	} {
		in := &Incoming{Change: &ksv1.Change{Stamp: c.stamp}, id: c.id, Sender: &Sender{Device: own, Handed: []Handed{{Device: tablet, Incarnation: granted}}}}
		if got := in.handed() != nil; got != c.want {
			t.Errorf("%s: under the grant %v, want %v", name, got, c.want)
		}
	}
}
