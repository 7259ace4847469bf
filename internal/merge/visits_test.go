package merge

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The last visit of a day is the one that began last, whoever drew the lower id, and in
// whichever way the state is read.
func TestVisitsOfADayStandAsTheyBegan(t *testing.T) {
	t.Parallel()
	visit := func(id ID, began uint64, note string) RecordEdit {
		v := &ksv1.Visit{Date: proto.String("2026-03-01"), Note: proto.String(note)}
		if began > 0 {
			v.StartedAtMs = proto.Uint64(began)
		}
		return RecordEdit{Key: Key{Kind: KindVisit, Record: id}, Set: v}
	}
	for what, c := range map[string]struct {
		edits []RecordEdit
		want  []string
	}{
		"begun later under a lower id": {[]RecordEdit{visit(ID{15: 1}, 4000, "late"), visit(ID{15: 2}, 2000, "early")}, []string{"early", "late"}},
		"on paper, after":              {[]RecordEdit{visit(ID{15: 1}, 0, "paper"), visit(ID{15: 2}, 1, "early")}, []string{"early", "paper"}},
		"on paper, before":             {[]RecordEdit{visit(ID{15: 1}, 1<<50, "late"), visit(ID{15: 2}, 0, "paper")}, []string{"paper", "late"}},
		"neither tells":                {[]RecordEdit{visit(ID{15: 2}, 0, "b"), visit(ID{15: 1}, 0, "a")}, []string{"a", "b"}},
	} {
		r := newReplica(1)
		change := r.save(t, c.edits...)
		one := newReplica(1)
		for _, e := range c.edits {
			one.save(t, e)
		}
		plain, ok := ReadPlain(change)
		if !ok {
			t.Fatal("not plain")
		}
		views := map[string]func() (*ksv1.Household, error){
			"view":  func() (*ksv1.Household, error) { return View(&r.state) },
			"plain": plain.View,
			"shown": func() (*ksv1.Household, error) { return plain.Show(c.edits) },
			"look": func() (*ksv1.Household, error) {
				g, err := Look(r.state.Encode(nil))
				return g.Household, err
			},
		}
		if what != "neither tells" {
			views["one by one"] = func() (*ksv1.Household, error) { return View(&one.state) }
			views["look at one by one"] = func() (*ksv1.Household, error) {
				g, err := Look(one.state.Encode(nil))
				return g.Household, err
			}
		}
		for how, view := range views {
			h, err := view()
			if err != nil || len(h.GetVisits()) != len(c.want) {
				t.Fatalf("%s, %s: %v, %v", what, how, h, err)
			}
			for i, v := range h.GetVisits() {
				if v.GetVisit().GetNote() != c.want[i] {
					t.Errorf("%s, %s: visit %d is %s, want %s", what, how, i, v.GetVisit().GetNote(), c.want[i])
				}
			}
		}
	}
}
