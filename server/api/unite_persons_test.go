package api

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

func memberEdit(id merge.ID, m *ksv1.Member) merge.RecordEdit {
	return merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: id}, Set: m}
}

// Whatever the other family tells of the same persons, they are united, and the kept one has
// what counts.
func TestFamiliesOfTheSamePersonsAreUnited(t *testing.T) {
	t.Parallel()
	const nik, nkk = 3204051001700001, 3204050101200001
	stated, provisional := ksv1.IdentifierStatus_IDENTIFIER_STATUS_STATED.Enum(), ksv1.IdentifierStatus_IDENTIFIER_STATUS_PROVISIONAL.Enum()
	asep := func(m *ksv1.Member) *ksv1.Member {
		m.Name, m.BirthDate = proto.String("Asep"), proto.String("1970-01-10")
		return m
	}
	known := func() *ksv1.Member { return asep(&ksv1.Member{Nik: proto.Uint64(nik), NikStatus: stated}) }
	none := func() *ksv1.Member {
		return asep(&ksv1.Member{NikProvisional: proto.String("belum ada"), NikStatus: provisional})
	}
	mistaken := known()
	mistaken.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, Date: "2026-01-01"}
	for name, c := range map[string]struct {
		kept   *ksv1.Member
		other  []*ksv1.Member
		want   *ksv1.Member
		goOver int
	}{
		"the true number where a provisional one stood": {none(), []*ksv1.Member{known()}, known(), 0},
		"no provisional one beside the true":            {known(), []*ksv1.Member{none()}, known(), 0},
		"entered twice there":                           {asep(&ksv1.Member{}), []*ksv1.Member{known(), known()}, known(), 1},
		"nothing of who was removed there":              {asep(&ksv1.Member{}), []*ksv1.Member{mistaken}, asep(&ksv1.Member{}), 1},
	} {
		w := newTwice(t)
		family := merge.Key{Kind: merge.KindFamily}
		w.save(0, memberEdit(w.id(), c.kept), merge.RecordEdit{Key: family, Set: &ksv1.Family{NkkProvisional: proto.String("3204"), NkkStatus: provisional}})
		w.save(1, merge.RecordEdit{Key: family, Set: &ksv1.Family{Nkk: proto.Uint64(nkk), NkkStatus: stated}})
		for _, m := range c.other {
			w.save(1, memberEdit(w.id(), m))
		}
		if err := w.unite(w.store.Store, 1, 0); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		h, _ := w.household(0)
		if len(h.GetMembers()) != 1+c.goOver || !proto.Equal(h.GetMembers()[0].GetMember(), c.want) {
			t.Errorf("%s: %v", name, h.GetMembers())
		}
		if f := h.GetFamily(); f.GetNkk() != nkk || f.NkkProvisional != nil || f.GetNkkStatus() != *stated {
			t.Errorf("%s: family %v", name, f)
		}
	}
}

// A person who had split off, and of whom more is known by now, is united back; nothing comes
// back of one who was erased.
func TestWhoSplitOffOrWasErasedIsUnited(t *testing.T) {
	t.Parallel()
	for _, erased := range []bool{false, true} {
		w := newTwice(t)
		former := w.id()
		w.save(0, memberEdit(w.id(), &ksv1.Member{Name: proto.String("Siti")}), memberEdit(former, &ksv1.Member{
			Name: proto.String("Asep"), MovedToFamilyId: proto.String(w.families[1].Family.String()),
			Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2026-01-01"},
		}))
		w.save(1, memberEdit(w.id(), &ksv1.Member{Name: proto.String("Asep"), FormerMemberId: proto.String(former.String()), Nik: proto.Uint64(3204050302800001)}))
		if erased {
			e := ingest.Erasure{Village: 1, Family: w.families[0].Family, Member: former, Change: merge.NewID(9, 1, 1), Device: 9, Incarnation: 1}
			if _, _, err := w.core.Erase(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.unite(w.store.Store, 1, 0); err != nil {
			t.Errorf("erased %t: %v", erased, err)
			continue
		}
		h, _ := w.household(0)
		for _, m := range h.GetMembers() {
			if m.GetMemberId() != former.String() {
				continue
			}
			if back := m.GetMember().GetRemoval() == nil && m.GetMember().GetNik() != 0; back == erased {
				t.Errorf("erased %t: %v", erased, m)
			}
		}
	}
}
