package device

import (
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestDigestsCountWhatStaysAndNothingElse(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.storeWelcome(t.Context(), &ksv1.SyncWelcome{Epoch: 1, Scope: &ksv1.SyncScope{Villages: []*ksv1.VillageScope{
		{Village: 7, Code: "32.04.05.2001", Places: []string{"001/001"}, DigestKey: make([]byte, 32), PuskesmasCode: "P1"}}}})
	if err != nil {
		t.Fatal(err)
	}
	page := &ksv1.FeedPage{Village: 7}
	want := merge.Digest{}
	var ids []merge.ID
	for range 3 {
		id := s.NewFamilyID()
		state := stateOf(t, id)
		ids, want = append(ids, id), want.Add(merge.FamilyDigest(merge.DigestKey{}, state))
		page.Families = append(page.Families, &ksv1.FeedFamily{State: state, Revision: 1})
	}
	looked, err := LookAt(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.storePage(t.Context(), looked); err != nil {
		t.Fatal(err)
	}
	for left, id := range append(ids, merge.ID{}) {
		sums, err := s.digestSums(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		got, there := sums["001/001"]
		if n := len(ids) - left; there != (n > 0) || got.families != uint64(n) || got.sum != want {
			t.Errorf("%d have left: %+v, want %x", left, sums, want)
		}
		if other, err := s.digestSums(t.Context(), 8); err != nil || len(other) > 0 {
			t.Errorf("of another village: %v, %v", other, err)
		}
		if !id.IsZero() {
			want = want.Sub(merge.FamilyDigest(merge.DigestKey{}, stateOf(t, id)))
			if _, err := s.db.ExecContext(t.Context(), `UPDATE confirmed SET leaving = 1 WHERE family_id = ?`, id[:]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDigestsReadNoPayload(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var id, parent, unused int
	var plan string
	err = s.db.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN "+familiesByPlace, 7).Scan(&id, &parent, &unused, &plan)
	if err != nil || !strings.Contains(plan, "COVERING INDEX confirmed_by_place (village=?)") {
		t.Errorf("families of a village are found by %q, %v", plan, err)
	}
}
