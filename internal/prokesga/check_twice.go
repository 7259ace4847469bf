package prokesga

import (
	"slices"
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// SamePerson tells whether two members are called and were born alike, where not both have a
// NIK to tell them apart.
func SamePerson(a, b *ksv1.Member) bool {
	return a.GetBirthDate() != "" && a.GetBirthDate() == b.GetBirthDate() && strings.TrimSpace(a.GetName()) != "" &&
		strings.EqualFold(strings.TrimSpace(a.GetName()), strings.TrimSpace(b.GetName())) && (a.GetNik() == 0 || b.GetNik() == 0)
}

// checkTwice notices who was entered twice, as on two devices, and who was so removed that
// neither entry counts.
func checkTwice(f *findings, family *ksv1.Household) {
	members := family.GetMembers()
	for i, hm := range members {
		where := at{kind: inMember, memberID: hm.GetMemberId()}
		switch {
		case hm.GetMember().GetRemoval() == nil:
			if isAlso(hm, members[:i]) {
				where.field = fieldName
				f.add(SamePersonTwice, where, "Ada dua anggota dengan nama, tanggal lahir dan jenis kelamin yang sama. Bila orangnya satu, keluarkan salah satunya dengan alasan tercatat dua kali; bila memang dua orang, bedakan namanya atau isi NIK keduanya.")
			}
		case isDouble(hm) && !isKept(family, hm):
			where.field = fieldMemberRemoval
			f.add(BothRemoved, where, "Anggota ini dikeluarkan karena tercatat dua kali, tetapi catatan yang dipertahankan juga dikeluarkan atau tidak ada, sehingga orangnya tidak dihitung. Tanyakan kepada keluarga; bila ia anggota keluarga ini, batalkan pengeluaran salah satunya.")
		}
	}
}

// Fields of Member.
const (
	fieldName          = 1
	fieldMemberRemoval = 9
)

func isDouble(m *ksv1.HouseholdMember) bool {
	return m.GetMember().GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE
}

// isAlso tells whether somebody is one of others, who stand.
func isAlso(m *ksv1.HouseholdMember, others []*ksv1.HouseholdMember) bool {
	return slices.ContainsFunc(others, func(o *ksv1.HouseholdMember) bool {
		return o.GetMember().GetRemoval() == nil && o.GetMember().GetSex() == m.GetMember().GetSex() && SamePerson(o.GetMember(), m.GetMember())
	})
}

// isKept tells whether a double is kept as another entry, whatever became of that person
// since. Where none is named, as by a form that asks for none, it is but where all entries
// that are alike were removed so.
func isKept(family *ksv1.Household, m *ksv1.HouseholdMember) bool {
	for range family.GetMembers() {
		kept := m.GetMember().GetRemoval().GetKeptId()
		if kept == "" {
			return !allRemoved(family, m)
		}
		i := slices.IndexFunc(family.GetMembers(), func(o *ksv1.HouseholdMember) bool { return o.GetMemberId() == kept })
		if i < 0 {
			return false
		}
		if m = family.GetMembers()[i]; !isDouble(m) {
			return true
		}
	}
	return false // doubles of each other
}

// allRemoved tells whether somebody has been entered twice and every entry removed as such.
func allRemoved(family *ksv1.Household, m *ksv1.HouseholdMember) (all bool) {
	for _, o := range family.GetMembers() {
		a, b := o.GetMember(), m.GetMember()
		switch alike := a.GetNik() != 0 && a.GetNik() == b.GetNik() || SamePerson(a, b); {
		case o == m || !alike:
		case !isDouble(o):
			return false
		default:
			all = true
		}
	}
	return all
}
