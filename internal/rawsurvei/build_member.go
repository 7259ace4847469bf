package rawsurvei

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// member reads the present row's member. Rows of removed members are checked
// for ids only; the rest is read as far as it can be, and carried beyond.
func (b *builder) member() {
	id := b.must(colMember)
	if id == "" {
		return
	}
	if row, twice := b.memberRows[memberOf(id)]; twice {
		b.refuse(b.row.row, colMember, fmt.Sprintf("the same member stands in row %d", row))
		return
	}
	b.memberRows[memberOf(id)] = b.row.row
	gone := b.code(colGone, 0, 1<<31-1) != 0
	if !gone && !b.removed {
		b.present = append(b.present, memberOf(id))
		if twice := b.reader.persons.twice(memberOf(id), b.id); twice != "" {
			b.warn(b.row.row, colMember, twice)
		}
	}
	b.lenient, b.unreadable = gone, nil
	defer func() { b.lenient = false }()
	m := &ksv1.Member{Number: proto.Uint32(uint32(len(b.household.Members) + 1)), Name: b.text("survei_individu_nama", 200)}
	m.Sex = coded[ksv1.Sex](b, colSex, 2, true)
	b.age(m)
	if text := b.cell(colNIK); text != "" {
		if nik, err := prokesga.ParseNIK(text); err == nil && !b.reader.rounded(b.row, colNIK) {
			m.Nik = proto.Uint64(uint64(nik))
		} else {
			m.NikProvisional, m.NikStatus = b.provisional(colNIK, "NIK"), ksv1.IdentifierStatus_IDENTIFIER_STATUS_PROVISIONAL.Enum()
		}
	}
	for _, column := range []string{"survei_individu_ks_mother", colMother} {
		if mother := b.cell(column); mother != "" {
			m.MotherId = proto.String(mother)
		}
	}
	individual := b.individual()
	m.Removal = b.memberRemoval(gone)
	if gone {
		individual.SourceColumns = carry(nil, colGone, b.cell(colGone))
	}
	m.SourceColumns = b.carried(true)
	m.SourceColumns = b.carryUnreadable(m.SourceColumns)
	b.household.Members = append(b.household.Members, &ksv1.HouseholdMember{MemberId: id, Member: m})
	if proto.Size(individual) == 0 {
		individual.Present = proto.Bool(true)
	}
	r := b.household.Rounds[0]
	r.Individuals = append(r.Individuals, &ksv1.HouseholdIndividual{MemberId: id, Individual: individual})
}

// memberRemoval is why the present row's member is not counted: in this round
// where gone, else in later ones.
func (b *builder) memberRemoval(gone bool) *ksv1.Removal {
	if !gone && b.cell(colRemoval) == "" {
		return nil
	}
	removal := b.removal(colRemoval, colRemovalDate, ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE)
	if gone && !prokesga.RemovedFrom(removal, b.survey) {
		return &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE}
	}
	return removal
}

// removal reads our own columns of why and since when; without them it is for
// the given reason, and whoever moved away had done so when the survey found it.
func (b *builder) removal(column, dateColumn string, without ksv1.RemovalReason) *ksv1.Removal {
	out := &ksv1.Removal{Reason: without}
	if word := b.cell(column); word != "" {
		reason, ok := removalOfWord(word)
		if !ok {
			b.refuse(b.row.row, column, shown(word)+" is no reason of a removal")
			return out
		}
		out.Reason = reason
	} else if without == ksv1.RemovalReason_REMOVAL_REASON_MOVED && !b.survey.IsZero() {
		out.Date = b.survey.AddDays(-1).String()
	}
	if text := b.cell(dateColumn); text != "" {
		if date, ok := b.date(dateColumn, text); ok {
			out.Date = date.String()
		}
	}
	return out
}

func (b *builder) individual() *ksv1.Individual {
	x := &ksv1.Individual{
		Relation:      coded[ksv1.Relation](b, colRelation, 9, true),
		MaritalStatus: coded[ksv1.MaritalStatus](b, colMarital, 4, true),
		Religion:      coded[ksv1.Religion](b, "survei_individu_agama_id", 6, false),
		Education:     coded[ksv1.Education](b, "survei_individu_pendidikan_id", 7, false),
		Work:          coded[ksv1.Work](b, "survei_individu_pekerjaan_id", 9, false),
	}
	x.ContraceptionReason = coded[ksv1.ContraceptionReason](b, "survei_individu_kb_detail", 3, false)
	b.answers(x)
	x.SystolicMmhg, x.DiastolicMmhg = b.pressure("survei_individu_sistolik"), b.pressure("survei_individu_diastolik")
	if partner := b.cell(colPartner); partner != "" {
		x.SpouseId = proto.String(partner)
	}
	x.Note, x.InterventionNote = b.text("survei_individu_keterangan", 4000), b.text("survei_individu_catatan_intervensi", 4000)
	return x
}

// answerColumns are the columns of a member's Ya/Tidak answers.
var answerColumns = [...]string{
	"survei_individu_wuh", "survei_individu_jkn", "survei_individu_merokok", "survei_individu_babj", "survei_individu_sab",
	"survei_individu_tb", "survei_individu_obat_tb", "survei_individu_batuk", "survei_individu_hipertensi", "survei_individu_obat_hipertensi",
	"survei_individu_tekanan_darah", "survei_individu_kb", "survei_individu_faskes", "survei_individu_asi_ekslusif",
	"survei_individu_imunisasi", "survei_individu_pantau_balita",
}

// answers reads the member's answers into one piece of memory.
func (b *builder) answers(x *ksv1.Individual) {
	to := [len(answerColumns)]**ksv1.Answer{
		&x.Pregnant, &x.HealthInsurance, &x.Smokes, &x.UsesToilet, &x.UsesCleanWater,
		&x.Tuberculosis, &x.TuberculosisMedicine, &x.TuberculosisSymptoms, &x.Hypertension, &x.HypertensionMedicine,
		&x.BloodPressureMeasured, &x.Contraception, &x.BirthInFacility, &x.ExclusiveBreastfeeding,
		&x.CompleteImmunisation, &x.GrowthMonitored,
	}
	given := new([len(answerColumns)]ksv1.Answer)
	for i, at := range b.head.answers {
		if given[i] = b.answerAt(at); given[i] != 0 {
			*to[i] = &given[i]
		}
	}
}

// oldestMonths is the oldest stated age that the contract takes, 150 years;
// whoever is older is no child, and no eligible wife either.
const oldestMonths = 1800

// age reads the birth date, or where there is none a stated age.
func (b *builder) age(m *ksv1.Member) {
	text := b.cell(colBirth)
	if text != "" {
		birth, ok := b.date(colBirth, text)
		switch {
		case ok && !b.survey.IsZero() && birth.After(b.survey) && !(b.lenient && b.exact()): // ours may have been removed before they were born
			b.refuse(b.row.row, colBirth, fmt.Sprintf("born on %s, after the survey on %s", birth, b.survey))
		case ok:
			m.BirthDate = proto.String(birth.String())
		}
	}
	months, hasMonths := b.number(colMonths, text == "")
	years, hasYears := b.number(colYears, text == "")
	if text != "" {
		return
	}
	total := 0
	switch {
	case !hasMonths && !hasYears:
		if b.cell(colMonths) == "" && b.cell(colYears) == "" && !b.exact() {
			b.refuse(b.row.row, colBirth, "required, but empty; neither is there an age")
		}
		return
	case !hasYears:
		total = months
	case !hasMonths:
		total = 12 * years
	case months < 12:
		total = 12*years + months
	case months/12 != years:
		b.warn(b.row.row, colMonths, fmt.Sprintf("%d months are not %d years; the years hold", months, years))
		total = 12 * years
	default:
		total = months
	}
	if total > oldestMonths {
		b.warn(b.row.row, colYears, fmt.Sprintf("an age of %d months is taken as 150 years", total))
		total = oldestMonths
	}
	m.StatedAge = &ksv1.StatedAge{Months: uint32(total), AsOf: b.survey.String(), InMonths: hasMonths}
}
