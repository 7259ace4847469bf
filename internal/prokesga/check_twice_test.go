package prokesga

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// entry is a member of whom it is told how they are called, and for whom they were removed.
type entry struct{ id, name, removedFor string }

const nobodyNamed = "-"

func entries(list ...entry) *ksv1.Household {
	h := &ksv1.Household{Family: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")}}
	for _, e := range list {
		m := &ksv1.Member{Name: proto.String(e.name), BirthDate: proto.String("1980-01-01"), Sex: ksv1.Sex_SEX_MALE.Enum()}
		if e.removedFor != "" {
			m.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE}
			if e.removedFor != nobodyNamed {
				m.Removal.KeptId = e.removedFor
			}
		}
		h.Members = append(h.Members, &ksv1.HouseholdMember{MemberId: e.id, Member: m})
	}
	return h
}

func TestDoublesOfNobodyWhoStandsAreNoticed(t *testing.T) {
	t.Parallel()
	died := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-01-01"}
	for what, c := range map[string]struct {
		h    *ksv1.Household
		want []string
	}{
		"of who stands":                   {entries(entry{"a", "Asep", "b"}, entry{"b", "Asep", ""}), nil},
		"of a double of who stands":       {entries(entry{"a", "Asep", "b"}, entry{"b", "Asep S.", "c"}, entry{"c", "Asep Sunarya", ""}), nil},
		"of each other":                   {entries(entry{"a", "Asep", "b"}, entry{"b", "Asep S.", "a"}), []string{"BOTH_REMOVED  a", "BOTH_REMOVED  b"}},
		"three in a ring":                 {entries(entry{"a", "A", "b"}, entry{"b", "B", "c"}, entry{"c", "C", "a"}), []string{"BOTH_REMOVED  a", "BOTH_REMOVED  b", "BOTH_REMOVED  c"}},
		"of somebody unknown":             {entries(entry{"a", "Asep", "x"}, entry{"b", "Budi", ""}), []string{"BOTH_REMOVED  a"}},
		"of nobody named":                 {entries(entry{"a", "Asep", nobodyNamed}, entry{"b", "Asep", ""}), nil},
		"of nobody named, called another": {entries(entry{"a", "Asep", nobodyNamed}, entry{"b", "Sunarya", ""}), nil},
		"both of nobody named":            {entries(entry{"a", "Asep", nobodyNamed}, entry{"b", " asep", nobodyNamed}), []string{"BOTH_REMOVED  a", "BOTH_REMOVED  b"}},
		"two of three, of nobody named":   {entries(entry{"a", "Asep", nobodyNamed}, entry{"b", "Asep", nobodyNamed}, entry{"c", "Asep", ""}), nil},
		"one of them names the other":     {entries(entry{"a", "Asep", "b"}, entry{"b", "Asep", nobodyNamed}), []string{"BOTH_REMOVED  a", "BOTH_REMOVED  b"}},
	} {
		if got := noticed(CheckHousehold(c.h, Today{})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	h := entries(entry{"a", "Asep", "b"}, entry{"b", "Asep", ""})
	h.Members[1].Member.Removal = died
	if got := noticed(CheckHousehold(h, Today{})); len(got) > 0 {
		t.Errorf("of who died since: %q", got)
	}
}

func TestOnePersonTwiceIsNoticed(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		alter func(second *ksv1.Member)
		want  []string
	}{
		"alike":                    {func(*ksv1.Member) {}, []string{"SAME_PERSON_TWICE IV.2 b"}},
		"with blanks, in capitals": {func(m *ksv1.Member) { m.Name = proto.String(" ASEP ") }, []string{"SAME_PERSON_TWICE IV.2 b"}},
		"one with a NIK":           {func(m *ksv1.Member) { m.Nik = proto.Uint64(3204050101800001) }, []string{"SAME_PERSON_TWICE IV.2 b"}},
		"another name":             {func(m *ksv1.Member) { m.Name = proto.String("Ujang") }, nil},
		"no name":                  {func(m *ksv1.Member) { m.Name = nil }, nil},
		"another birth date":       {func(m *ksv1.Member) { m.BirthDate = proto.String("1980-01-02") }, nil},
		"no birth date":            {func(m *ksv1.Member) { m.BirthDate = nil }, nil},
		"another sex":              {func(m *ksv1.Member) { m.Sex = ksv1.Sex_SEX_FEMALE.Enum() }, nil},
		"removed": {func(m *ksv1.Member) {
			m.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-01-01"}
		}, nil},
	} {
		h := entries(entry{"a", "Asep", ""}, entry{"b", "Asep", ""})
		c.alter(h.Members[1].Member)
		if got := noticed(CheckHousehold(h, Today{})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	h := entries(entry{"a", "Asep", ""}, entry{"b", "Asep", ""})
	h.Members[0].Member.Nik, h.Members[1].Member.Nik = proto.Uint64(3204050101800001), proto.Uint64(3204050101800002)
	if got := noticed(CheckHousehold(h, Today{})); len(got) > 0 {
		t.Errorf("each with a NIK: %q", got)
	}
}
