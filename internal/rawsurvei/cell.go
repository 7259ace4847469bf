package rawsurvei

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func (r *outRow) familyCell(short, name string) string {
	f, round := r.h.GetFamily(), r.round.GetRound()
	code, err := area.Parse(r.h.GetVillageCode())
	if err != nil {
		code = area.Code{}
	}
	switch short {
	case "survei_id":
		return cmp.Or(carriedCell(f.GetSourceColumns(), name), r.h.GetFamilyId())
	case "tanggal":
		return round.GetSurveyDate()
	case "no_urut_rt":
		return f.GetBuildingNumber()
	case "no_urut_kel":
		return f.GetFamilyNumber()
	case "surveyor":
		return round.GetSurveyorName()
	case "supervisor":
		return round.GetSupervisorName()
	case "no_kk":
		return identifier(f.GetNkk(), f.GetNkkProvisional())
	case "nama_kk":
		return f.GetHeadName()
	case "alamat":
		return f.GetAddress()
	case "propinsi_id":
		return prefix(code.Undotted(), 2)
	case "kota_id":
		return prefix(code.Undotted(), 4)
	case "kecamatan_id":
		return prefix(code.Undotted(), 6)
	case "kelurahan_id":
		return prefix(code.Undotted(), 10)
	case "kd_puskesmas":
		return f.GetPuskesmasCode()
	case "iks_besar":
		return indexCell(r.besar)
	case "iks_inti":
		return indexCell(r.inti)
	case "rw_new":
		return r.placeCell(name, r.place().RWText())
	case "status_pindah", "status_delete":
		return r.statusOfFamily(name)
	default:
		return carriedCell(round.GetSourceColumns(), name)
	}
}

func (r *outRow) householdCell(short, name string) string {
	x := r.round.GetRound()
	switch short {
	case "survei_rt_id":
		return cmp.Or(carriedCell(x.GetSourceColumns(), name), r.round.GetRoundId())
	case "jml_art":
		return strconv.Itoa(r.counts.Members)
	case "jml_art_wawancara":
		return strconv.Itoa(r.counts.Interviewed)
	case "jml_art_dewasa":
		return strconv.Itoa(r.counts.Adults)
	case "jml_art_10_54_thn":
		return strconv.Itoa(r.counts.Age10To54)
	case "jml_art_12_59_bln":
		return strconv.Itoa(r.counts.Months12To59)
	case "jml_art_0_11_bln":
		return strconv.Itoa(r.counts.Months0To11)
	case "sab":
		return answerCell(x.CleanWater)
	case "sat":
		return answerCell(x.ProtectedWater)
	case "jk":
		return answerCell(x.Toilet)
	case "js":
		return answerCell(x.SanitaryToilet)
	case "gjb":
		return answerCell(x.MentalDisorder)
	case "obat_gjb":
		return answerCell(x.MentalDisorderMedicine)
	case "pasung":
		return answerCell(x.Restrained)
	case "keterangan":
		return x.GetNote()
	case "indikator_8", "indikator_11", "indikator_12":
		n, err := strconv.Atoi(strings.TrimPrefix(short, "indikator_"))
		if err != nil {
			return ""
		}
		return valueCell(r.besar[n-1])
	default:
		return carriedCell(x.GetSourceColumns(), name)
	}
}

func (r *outRow) individualCell(short, name string) string {
	m, x := r.member.GetMember(), r.part
	source := m.GetSourceColumns()
	switch short {
	case "survei_individu_detail_id":
		return r.originalMember(r.member.GetMemberId())
	case "status_delete":
		if !r.gone() {
			return "0"
		}
		return cmp.Or(goneCell(x), carriedCell(source, name), "1")
	}
	if text := carriedCell(source, name); text != "" && r.gone() {
		return text
	}
	if x == nil {
		x = &ksv1.Individual{} // one who was removed has a row for what the member is
	}
	if cell, ok := r.answerCellOf(short, x); ok {
		return cell
	}
	if number, ok := strings.CutPrefix(short, "indikator_"); ok {
		return r.ownCell(number)
	}
	switch short {
	case "sistolik":
		return numberCell(x.SystolicMmhg)
	case "diastolik":
		return numberCell(x.DiastolicMmhg)
	case "kb_follow":
		return r.originalMember(x.GetSpouseId())
	case "kb_detail":
		return codeCell(int32(x.GetContraceptionReason()))
	case "keterangan":
		return x.GetNote()
	case "catatan_intervensi":
		return x.GetInterventionNote()
	case "nik":
		return identifier(m.GetNik(), m.GetNikProvisional())
	case "nama":
		return m.GetName()
	case "hub_kel_id":
		return codeCell(int32(x.GetRelation()))
	case "tanggal_lahir":
		return m.GetBirthDate()
	case "umur_bln", "umur_thn":
		return r.ageCell(short)
	case "jk_id":
		return codeCell(int32(m.GetSex()))
	case "stmarital_id":
		return codeCell(int32(x.GetMaritalStatus()))
	case "agama_id":
		return codeCell(int32(x.GetReligion()))
	case "pendidikan_id":
		return codeCell(int32(x.GetEducation()))
	case "pekerjaan_id":
		return codeCell(int32(x.GetWork()))
	default:
		return carriedCell(source, name)
	}
}

// answerCellOf gives the cell of a question answered Ya or Tidak.
func (r *outRow) answerCellOf(short string, x *ksv1.Individual) (string, bool) {
	answer, ok := answerGetters[short]
	if !ok {
		return "", false
	}
	return answerCell(answer(x)), true
}

// answerGetters are the questions answered Ya or Tidak, by column. Never written
// to.
var answerGetters = map[string]func(x *ksv1.Individual) *ksv1.Answer{
	"jkn":             func(x *ksv1.Individual) *ksv1.Answer { return x.HealthInsurance },
	"merokok":         func(x *ksv1.Individual) *ksv1.Answer { return x.Smokes },
	"babj":            func(x *ksv1.Individual) *ksv1.Answer { return x.UsesToilet },
	"sab":             func(x *ksv1.Individual) *ksv1.Answer { return x.UsesCleanWater },
	"tb":              func(x *ksv1.Individual) *ksv1.Answer { return x.Tuberculosis },
	"obat_tb":         func(x *ksv1.Individual) *ksv1.Answer { return x.TuberculosisMedicine },
	"batuk":           func(x *ksv1.Individual) *ksv1.Answer { return x.TuberculosisSymptoms },
	"hipertensi":      func(x *ksv1.Individual) *ksv1.Answer { return x.Hypertension },
	"obat_hipertensi": func(x *ksv1.Individual) *ksv1.Answer { return x.HypertensionMedicine },
	"tekanan_darah":   func(x *ksv1.Individual) *ksv1.Answer { return x.BloodPressureMeasured },
	"kb":              func(x *ksv1.Individual) *ksv1.Answer { return x.Contraception },
	"faskes":          func(x *ksv1.Individual) *ksv1.Answer { return x.BirthInFacility },
	"asi_ekslusif":    func(x *ksv1.Individual) *ksv1.Answer { return x.ExclusiveBreastfeeding },
	"imunisasi":       func(x *ksv1.Individual) *ksv1.Answer { return x.CompleteImmunisation },
	"pantau_balita":   func(x *ksv1.Individual) *ksv1.Answer { return x.GrowthMonitored },
	"wuh":             func(x *ksv1.Individual) *ksv1.Answer { return x.Pregnant },
}

// ageCell is the age at the survey: in months below a year and where months
// were stated, in years always.
func (r *outRow) ageCell(short string) string {
	survey, err := prokesga.ParseDate(r.round.GetRound().GetSurveyDate())
	if err != nil {
		return ""
	}
	months, _ := prokesga.AgeMonths(r.member.GetMember(), survey)
	if months < 0 {
		return ""
	}
	if short == "umur_bln" {
		return strconv.Itoa(months)
	}
	return strconv.Itoa(months / 12)
}

func (r *outRow) cell(name string) string {
	switch {
	case name == colRTNumber: // not a column of Blok II
		return r.placeCell(name, r.place().RTText())
	case strings.HasPrefix(name, "survei_individu_"):
		return r.individualCell(strings.TrimPrefix(name, "survei_individu_"), name)
	case strings.HasPrefix(name, "survei_rt_"):
		return cmp.Or(r.householdCell(strings.TrimPrefix(name, "survei_rt_"), name), r.unreadable(name))
	default:
		return cmp.Or(r.familyCell(strings.TrimPrefix(name, "survei_"), name), r.unreadable(name))
	}
}

// placeCell is an RW or RT, or what stood in the file in place of its number.
func (r *outRow) placeCell(name, text string) string {
	if text != area.Place(0).RTText() {
		return text
	}
	return cmp.Or(r.unreadable(name), text)
}

// unreadable is a family's cell that could not be read, as it stood in the file.
func (r *outRow) unreadable(name string) string {
	return carriedCell(r.round.GetRound().GetSourceColumns(), name)
}

// place is the family's RW and RT; 000/000 where it has none.
func (r *outRow) place() area.Place {
	place, err := area.ParsePlace(r.h.GetFamily().GetPlace())
	if err != nil {
		return 0
	}
	return place
}

func prefix(code string, digits int) string {
	if len(code) < digits {
		return ""
	}
	return code[:digits]
}

func identifier(number uint64, provisional string) string {
	if number == 0 {
		return provisional
	}
	return fmt.Sprintf("%016d", number)
}

func statusCell(c *ksv1.SourceColumns, name string, set bool) string {
	if !set {
		return "0"
	}
	return cmp.Or(carriedCell(c, name), "1")
}

// statusOfFamily is a family's status: as the round's own file has it, else by the reason of
// the removal.
func (r *outRow) statusOfFamily(name string) string {
	removal, round := r.h.GetFamily().GetRemoval(), r.round.GetRound()
	gone := removal != nil && StatusColumn(removal.GetReason()) == name
	if r.familyGone || removal != nil && GoneByFile(round) {
		gone = carriedCell(round.GetSourceColumns(), name) != ""
	}
	return statusCell(round.GetSourceColumns(), name, gone)
}

func answerCell(a *ksv1.Answer) string {
	if a == nil {
		return ""
	}
	switch *a {
	case ksv1.Answer_ANSWER_YA:
		return "Y"
	case ksv1.Answer_ANSWER_TIDAK:
		return "T"
	default:
		return ""
	}
}

// ownCell is what the row's member adds to an indicator; empty for one who is not counted, and
// where the family's value is unknown: who joins the members' cells, as readers do, would find
// a value that the family does not have.
func (r *outRow) ownCell(number string) string {
	n, err := strconv.Atoi(number)
	own, counted := r.own[r.member.GetMemberId()]
	if err != nil || !counted || r.besar[n-1] == iks.Unknown {
		return ""
	}
	return valueCell(own[n-1])
}

func valueCell(v iks.Value) string {
	if v == iks.Unknown {
		return ""
	}
	return v.String()
}

func indexCell(v iks.Values) string {
	if !v.Complete() {
		return ""
	}
	return v.Index().IKS3()
}

func numberCell(n *uint32) string {
	if n == nil {
		return ""
	}
	return strconv.FormatUint(uint64(*n), 10)
}

func codeCell(n int32) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}
