package merge

import (
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestMissesOwnTellsTwoLivesOfASource(t *testing.T) {
	t.Parallel()
	a := newReplica(1)
	made := a.save(t, address("Jl. 1"))
	copied := *a
	first, second := a.save(t, address("Jl. 2")), a.save(t, address("Jl. 3"))
	copied.wall = a.wall + 1000
	others := copied.save(t, address("Jl. 4"))
	for name, c := range map[string]struct {
		held            []*ksv1.Change
		change          *ksv1.Change
		missed, unclear bool
	}{
		"the first":                       {nil, made, false, false},
		"its next":                        {[]*ksv1.Change{made}, first, false, false},
		"after one that has not come":     {[]*ksv1.Change{made}, second, false, false},
		"late":                            {[]*ksv1.Change{made, second}, first, false, true},
		"of another life, stamped later":  {[]*ksv1.Change{made, first}, others, true, false},
		"of another life, stamped before": {[]*ksv1.Change{made, others}, first, false, true},
	} {
		held := joinStates(t, c.held)
		if missed, unclear := MissesOwn(&held, c.change); missed != c.missed || unclear != c.unclear {
			t.Errorf("%s: missed %v, unclear %v", name, missed, unclear)
		}
	}
	if MissedBy(first, second) || !MissedBy(first, others) || MissedBy(second, first) {
		t.Errorf("missed by what has seen it %v, by another life %v, by an earlier one %v", MissedBy(first, second), MissedBy(first, others), MissedBy(second, first))
	}
}
