package prokesga

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

const (
	fieldMother = 8 // Member.mother_id
	fieldSpouse = 4 // Individual.spouse_id
)

// mother judges a member's link to the mother, and the age of a child of the
// head against the head's.
func (c *roundCheck) mother(p *participant) {
	c.childOfHead(p)
	id, where := p.member.GetMotherId(), at{inMember, "", p.id, fieldMother}
	if id == "" {
		return
	}
	if id == p.id {
		c.found.add(LinkToSelf, where, "Anggota tercatat sebagai ibunya sendiri. Pilih ibu yang benar.")
		return
	}
	mother := c.view.find(id)
	if mother == nil {
		if !c.known(id) {
			c.found.add(LinkUnknown, where, "Ibu yang dipilih tidak tercatat dalam keluarga ini. Pilih lagi atau kosongkan.")
		}
		return
	}
	if mother.person.Sex == ksv1.Sex_SEX_MALE {
		c.found.add(MotherNotWoman, where, "Ibu yang dipilih tercatat sebagai pria. Perbaiki pilihan ibu atau jenis kelaminnya.")
	}
	if mother.person.AgeMonths == AgeUnknown || p.person.AgeMonths == AgeUnknown {
		return
	}
	switch atBirth := mother.person.AgeMonths - p.person.AgeMonths; {
	case atBirth < birthMonthsMin:
		c.found.add(MotherTooYoung, where, "Umur ibu saat melahirkan kurang dari 10 tahun. Periksa tanggal lahir keduanya dan pilihan ibu.")
	case atBirth > birthMonthsMax:
		c.found.add(MotherTooOld, where, "Umur ibu saat melahirkan lebih dari 54 tahun. Periksa tanggal lahir keduanya dan pilihan ibu.")
	}
}

// childOfHead compares a child of the head with the head. Step-children are
// children too, so this is a warning like all others.
func (c *roundCheck) childOfHead(p *participant) {
	if p.part.GetRelation() != ksv1.Relation_RELATION_CHILD || p.person.AgeMonths == AgeUnknown {
		return
	}
	for i := range c.view.people {
		head := &c.view.people[i]
		if head.part.GetRelation() != ksv1.Relation_RELATION_HEAD || head.person.AgeMonths == AgeUnknown {
			continue
		}
		if head.person.AgeMonths-p.person.AgeMonths < birthMonthsMin {
			c.found.add(ParentTooYoung, c.part(p, 2), "Selisih umur anak dengan Kepala Keluarga kurang dari 10 tahun. Periksa hubungan dan tanggal lahir.")
		}
		return
	}
}

// spouse judges a member's marital status and link to the spouse.
func (c *roundCheck) spouse(p *participant) {
	where := c.part(p, fieldSpouse)
	if p.part.GetRelation() == ksv1.Relation_RELATION_SPOUSE && p.person.Marital != 0 && p.person.Marital != ksv1.MaritalStatus_MARITAL_STATUS_MARRIED {
		c.found.add(SpouseNotMarried, c.part(p, 3), "Istri/suami Kepala Keluarga tidak berstatus kawin. Periksa hubungan dan status perkawinan.")
	}
	id := p.part.GetSpouseId()
	if id == "" {
		return
	}
	if id == p.id {
		c.found.add(LinkToSelf, where, "Anggota tercatat sebagai pasangannya sendiri. Pilih pasangan yang benar.")
		return
	}
	if p.person.Marital != ksv1.MaritalStatus_MARITAL_STATUS_MARRIED {
		c.found.add(SpouseNotMarried, where, "Pasangan dipilih, tetapi statusnya bukan kawin. Periksa status perkawinan.")
	}
	other := c.view.find(id)
	if other == nil {
		if !c.known(id) {
			c.found.add(LinkUnknown, where, "Pasangan yang dipilih tidak tercatat dalam keluarga ini. Pilih lagi atau kosongkan.")
		}
		return
	}
	if other.person.Sex != 0 && other.person.Sex == p.person.Sex {
		c.found.add(SpouseSameSex, where, "Pasangan yang dipilih berjenis kelamin sama. Periksa jenis kelamin dan pilihan pasangan.")
	}
	if back := other.part.GetSpouseId(); back != "" && back != p.id {
		c.found.add(SpouseNotMutual, where, "Pasangan yang dipilih menunjuk orang lain sebagai pasangannya. Periksa pilihan keduanya.")
	}
	c.couple(p, other)
}

// couple notices answers to V.11 that exclude each other, once for each pair.
func (c *roundCheck) couple(p, other *participant) {
	mine, theirs := p.part.GetContraception(), other.part.GetContraception()
	if mine == 0 || theirs == 0 || mine == theirs || (other.part.GetSpouseId() == p.id && p.person.Sex == ksv1.Sex_SEX_MALE) {
		return
	}
	c.found.add(CoupleDisagrees, c.part(p, 21), "Jawaban KB suami dan istri berbeda. Yang dihitung: memakai KB bila salah satu menjawab Ya.")
}

// known reports whether the family has a member of this id, removed or absent
// ones included.
func (c *roundCheck) known(id string) bool {
	for _, hm := range c.view.family.GetMembers() {
		if hm.GetMemberId() == id {
			return true
		}
	}
	return false
}
