package rawsurvei

import (
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// builder makes one family of its rows.
type builder struct {
	reader *Reader
	head   *header

	id         string
	refused    bool
	removed    bool
	household  *ksv1.Household
	survey     prokesga.Date
	memberRows map[string]int
	row        *tableRow
}

func (b *builder) start(id string) {
	b.id, b.refused, b.removed, b.household = id, false, false, nil
	b.memberRows = map[string]int{}
}

func (b *builder) refuse(row int, column, reason string) {
	b.refused = true
	b.reader.report(Issue{Row: row, Column: column, Family: b.id, Refused: true, Reason: reason})
}

func (b *builder) warn(row int, column, reason string) {
	b.reader.report(Issue{Row: row, Column: column, Family: b.id, Reason: reason})
}

// cell is the present row's text in a column.
func (b *builder) cell(column string) string { return b.reader.cell(b.row, column) }

// must is a cell that may not be empty.
func (b *builder) must(column string) string {
	text := b.cell(column)
	if text == "" {
		b.refuse(b.row.row, column, "required, but empty")
	}
	return text
}

// rows builds the household: the family from the first row, a member from each.
func (b *builder) rows(group []*tableRow) {
	b.row = group[0]
	b.family()
	for i, row := range group {
		b.row = row
		if i > 0 {
			b.compare(group[0])
		}
		b.member()
	}
}

// compare holds the family's columns of a further row against the first's.
func (b *builder) compare(first *tableRow) {
	for _, i := range b.head.familyColumns {
		name := b.head.names[i]
		a, c := b.reader.cell(first, name), b.cell(name)
		if a == c {
			continue
		}
		if name == colDate {
			b.refuse(b.row.row, name, fmt.Sprintf("%q, but %q in row %d: one survey has one date", clip(c), clip(a), first.row))
			continue
		}
		b.warn(b.row.row, name, fmt.Sprintf("differs from row %d, whose value holds", first.row))
	}
}

func (b *builder) family() {
	f := &ksv1.Family{}
	round := &ksv1.Round{}
	b.household = &ksv1.Household{
		FamilyId: b.id, Family: f,
		Rounds: []*ksv1.HouseholdRound{{RoundId: b.id, Round: round}},
	}
	b.must(colRT)
	if text := b.must(colDate); text != "" {
		if date, ok := b.date(colDate, text); ok {
			b.survey = date
			round.SurveyDate = proto.String(date.String())
		}
	}
	if b.code(colMoved, 0, 1<<31-1) != 0 {
		b.removed = true
		f.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED}
	}
	if b.code(colDeleted, 0, 1<<31-1) != 0 {
		b.removed = true
		f.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE}
	}
	b.area(f)
	f.BuildingNumber, f.FamilyNumber = b.text("survei_no_urut_rt", 16), b.text("survei_no_urut_kel", 16)
	f.Address, f.HeadName = b.text("survei_alamat", 500), b.text("survei_nama_kk", 200)
	round.SurveyorName, round.SupervisorName = b.text("survei_surveyor", 200), b.text("survei_supervisor", 200)
	round.Note = b.text("survei_rt_keterangan", 4000)
	if text := b.cell("survei_no_kk"); text != "" {
		if nkk, err := prokesga.ParseNKK(text); err == nil {
			f.Nkk = proto.Uint64(uint64(nkk))
		} else {
			b.warn(b.row.row, "survei_no_kk", "no 16-digit number of a family card; kept as provisional")
			f.NkkProvisional, f.NkkStatus = b.text("survei_no_kk", 64), ksv1.IdentifierStatus_IDENTIFIER_STATUS_PROVISIONAL.Enum()
		}
	}
	round.CleanWater, round.ProtectedWater = b.answer("survei_rt_sab"), b.answer("survei_rt_sat")
	round.Toilet, round.SanitaryToilet = b.answer("survei_rt_jk"), b.answer("survei_rt_js")
	round.MentalDisorder, round.MentalDisorderMedicine = b.answer("survei_rt_gjb"), b.answer("survei_rt_obat_gjb")
	round.Restrained = b.answer("survei_rt_pasung")
	f.SourceColumns = b.carried(false)
}

// area reads the place: province to village, RW and RT, Puskesmas.
func (b *builder) area(f *ksv1.Family) {
	for _, c := range []struct {
		column string
		digits int
	}{{"survei_propinsi_id", 2}, {"survei_kota_id", 4}, {"survei_kecamatan_id", 6}, {"survei_kelurahan_id", 10}} {
		text := b.cell(c.column)
		if text == "" {
			continue
		}
		code, err := area.Parse(text)
		if err != nil || len(text) != c.digits || code.Undotted() != text {
			b.refuse(b.row.row, c.column, fmt.Sprintf("%q is no area code of %d digits", clip(text), c.digits))
			continue
		}
		if c.digits == 10 {
			b.household.VillageCode = code.Dotted()
		}
	}
	if text := b.cell("survei_kd_puskesmas"); text != "" {
		if p, err := area.ParsePuskesmas(text); err == nil {
			f.PuskesmasCode = proto.String(string(p))
		} else {
			b.warn(b.row.row, "survei_kd_puskesmas", "no code of a Puskesmas; left out")
		}
	}
	place, err := area.PlaceOf(b.cell("survei_rw_new"), b.cell("survei_rt_new"))
	if err != nil {
		b.warn(b.row.row, "survei_rt_new", err.Error()+"; taken as none")
		place = 0
	}
	f.Place = proto.String(place.String())
}

// member reads the present row's member. Rows of removed members are checked
// for ids only.
func (b *builder) member() {
	id := b.must(colMember)
	if id == "" {
		return
	}
	if row, twice := b.memberRows[id]; twice {
		b.refuse(b.row.row, colMember, fmt.Sprintf("the same member stands in row %d", row))
		return
	}
	b.memberRows[id] = b.row.row
	if b.code(colGone, 0, 1<<31-1) != 0 {
		m := &ksv1.Member{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE}}
		b.household.Members = append(b.household.Members, &ksv1.HouseholdMember{MemberId: id, Member: m})
		return
	}
	m := &ksv1.Member{Number: proto.Uint32(uint32(len(b.household.Members) + 1)), Name: b.text("survei_individu_nama", 200)}
	m.Sex = coded[ksv1.Sex](b, colSex, 2, true)
	b.age(m)
	if text := b.cell("survei_individu_nik"); text != "" {
		if nik, err := prokesga.ParseNIK(text); err == nil {
			m.Nik = proto.Uint64(uint64(nik))
		} else {
			b.warn(b.row.row, "survei_individu_nik", "no 16-digit NIK; kept as provisional")
			m.NikProvisional, m.NikStatus = b.text("survei_individu_nik", 64), ksv1.IdentifierStatus_IDENTIFIER_STATUS_PROVISIONAL.Enum()
		}
	}
	for _, column := range []string{"survei_individu_ks_mother", "ks_mother"} {
		if mother := b.cell(column); mother != "" {
			m.MotherId = proto.String(mother)
		}
	}
	m.SourceColumns = b.carried(true)
	b.household.Members = append(b.household.Members, &ksv1.HouseholdMember{MemberId: id, Member: m})
	r := b.household.Rounds[0]
	r.Individuals = append(r.Individuals, &ksv1.HouseholdIndividual{MemberId: id, Individual: b.individual()})
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
	for _, a := range []struct {
		column string
		to     **ksv1.Answer
	}{
		{"wuh", &x.Pregnant}, {"jkn", &x.HealthInsurance}, {"merokok", &x.Smokes}, {"babj", &x.UsesToilet}, {"sab", &x.UsesCleanWater},
		{"tb", &x.Tuberculosis}, {"obat_tb", &x.TuberculosisMedicine}, {"batuk", &x.TuberculosisSymptoms},
		{"hipertensi", &x.Hypertension}, {"obat_hipertensi", &x.HypertensionMedicine}, {"tekanan_darah", &x.BloodPressureMeasured},
		{"kb", &x.Contraception}, {"faskes", &x.BirthInFacility}, {"asi_ekslusif", &x.ExclusiveBreastfeeding},
		{"imunisasi", &x.CompleteImmunisation}, {"pantau_balita", &x.GrowthMonitored},
	} {
		*a.to = b.answer("survei_individu_" + a.column)
	}
	x.SystolicMmhg, x.DiastolicMmhg = b.pressure("survei_individu_sistolik"), b.pressure("survei_individu_diastolik")
	if partner := b.cell(colPartner); partner != "" {
		x.SpouseId = proto.String(partner)
	}
	x.Note, x.InterventionNote = b.text("survei_individu_keterangan", 4000), b.text("survei_individu_catatan_intervensi", 4000)
	return x
}

// age reads the birth date, or where there is none a stated age.
func (b *builder) age(m *ksv1.Member) {
	text := b.cell(colBirth)
	if text != "" {
		birth, ok := b.date(colBirth, text)
		switch {
		case ok && birth.After(b.survey):
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
		b.refuse(b.row.row, colBirth, "required, but empty; neither is there an age")
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
	const oldestMonths = 1800
	if total > oldestMonths {
		b.refuse(b.row.row, colYears, fmt.Sprintf("an age of %d months", total))
		return
	}
	m.StatedAge = &ksv1.StatedAge{Months: uint32(total), AsOf: b.survey.String(), InMonths: hasMonths}
}

// number reads a count that is not negative; a malformed one refuses the family
// where it counts.
func (b *builder) number(column string, counts bool) (n int, ok bool) {
	text := b.cell(column)
	if text == "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<20 {
		if counts {
			b.refuse(b.row.row, column, fmt.Sprintf("%q is no number", clip(text)))
		} else {
			b.warn(b.row.row, column, fmt.Sprintf("%q is no number; the birth date holds", clip(text)))
		}
		return 0, false
	}
	return n, true
}

// date reads an ISO date; in a workbook also a number of days.
func (b *builder) date(column, text string) (prokesga.Date, bool) {
	d, err := prokesga.ParseDate(text)
	if err == nil {
		return d, true
	}
	if _, workbook := b.reader.source.(*xlsxRows); workbook {
		if days, err := strconv.ParseFloat(text, 64); err == nil {
			if iso, ok := serialDate(days); ok {
				if d, err := prokesga.ParseDate(iso); err == nil {
					return d, true
				}
			}
		}
	}
	b.refuse(b.row.row, column, fmt.Sprintf("%q is no date (YYYY-MM-DD)", clip(text)))
	return prokesga.Date{}, false
}

// answer reads Y, T or nothing.
func (b *builder) answer(column string) *ksv1.Answer {
	switch text := b.cell(column); text {
	case "":
		return nil
	case "Y":
		return ksv1.Answer_ANSWER_YA.Enum()
	case "T":
		return ksv1.Answer_ANSWER_TIDAK.Enum()
	default:
		b.refuse(b.row.row, column, fmt.Sprintf("%q is neither Y nor T", clip(text)))
		return nil
	}
}

// code reads a number within bounds; an empty cell is 0.
func (b *builder) code(column string, low, high int) int {
	text := b.cell(column)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		b.refuse(b.row.row, column, fmt.Sprintf("%q is no code from %d to %d", clip(text), low, high))
		return 0
	}
	return n
}

// coded reads one of the paper form's codes, from 1.
func coded[E ~int32](b *builder, column string, high int, needed bool) *E {
	text := b.cell(column)
	if text == "" {
		if needed {
			b.refuse(b.row.row, column, "required, but empty")
		}
		return nil
	}
	n := E(b.code(column, 1, high))
	if n == 0 {
		return nil
	}
	return &n
}

// pressure reads a blood pressure in mmHg.
func (b *builder) pressure(column string) *uint32 {
	text := b.cell(column)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > 9999 {
		b.refuse(b.row.row, column, fmt.Sprintf("%q is no measurement in mmHg", clip(text)))
		return nil
	}
	value := uint32(n)
	return &value
}

// text reads free text; what is longer than the contract takes is cut with a
// warning.
func (b *builder) text(column string, limit int) *string {
	text := b.cell(column)
	if text == "" {
		return nil
	}
	if runes := []rune(text); len(runes) > limit {
		b.warn(b.row.row, column, fmt.Sprintf("longer than %d characters; cut", limit))
		text = string(runes[:limit])
	}
	return &text
}

// carried gathers the columns that are carried through unread: the family's
// from its first row, or the member's.
func (b *builder) carried(member bool) *ksv1.SourceColumns {
	var out *ksv1.SourceColumns
	for _, i := range b.head.unread {
		name := b.head.names[i]
		if strings.HasPrefix(name, "survei_") && !strings.HasPrefix(name, "survei_individu_") == member {
			continue
		}
		if !strings.HasPrefix(name, "survei_") && !member {
			continue
		}
		if text := b.cell(name); text != "" && name != "" && !(text == "0" && isStatus(name)) {
			if out == nil {
				out = &ksv1.SourceColumns{}
			}
			out.Columns = append(out.Columns, &ksv1.SourceColumn{Name: name, Value: text})
		}
	}
	return out
}

// isStatus tells columns in which an empty cell means 0.
func isStatus(name string) bool { return name == colMoved || name == colDeleted || name == colGone }

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
