package form

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// adviceTexts is what to tell a family about an indicator that it does not meet,
// by indicator. The wording is ours, after the messages of the ministry's
// technical guide (JUK, "intervensi awal"); a ministry changes it here.
var adviceTexts = [iks.Indicators]string{
	"Jelaskan manfaat dan pilihan alat KB; ajak pasangan datang ke Puskesmas, bidan, atau posyandu untuk pelayanan KB.",
	"Anjurkan persalinan berikutnya di fasilitas pelayanan kesehatan, dan periksa kehamilan sejak dini.",
	"Ajak melengkapi imunisasi bayi di posyandu atau Puskesmas; imunisasi yang terlewat masih dapat dikejar.",
	"Jelaskan manfaat ASI eksklusif sampai usia 6 bulan, dan cara menyusui serta makanan pendamping yang benar sesudahnya.",
	"Ajak menimbang dan mengukur balita di posyandu setiap bulan, dan membawa buku KIA.",
	"Segera ke Puskesmas untuk pemeriksaan dahak; bila sudah didiagnosis TB, minum obat teratur sampai selesai dengan pengawas minum obat.",
	"Segera ke Puskesmas untuk pemeriksaan tekanan darah; minum obat hipertensi teratur, kurangi garam, dan berhenti merokok.",
	"Bawa anggota keluarga berobat teratur ke Puskesmas; jangan dipasung atau ditelantarkan. Laporkan kepada Puskesmas untuk pendampingan.",
	"Anjurkan berhenti merokok, dan tidak merokok di dalam rumah maupun di dekat anak dan ibu hamil.",
	"Bantu keluarga mendaftar JKN; bila tidak mampu, tanyakan kepada kelurahan atau desa tentang Penerima Bantuan Iuran.",
	"Anjurkan memakai air dari sumber terlindung dan memasak air minum; laporkan kebutuhan sarana kepada Puskesmas dan desa.",
	"Anjurkan memakai dan membangun jamban saniter (leher angsa dengan tangki septik); jangan buang air besar sembarangan.",
}

// advice is what to tell the family by one round: for each indicator that is T
// for all members, in order, with whom it is about.
func advice(h *ksv1.Household, round *ksv1.HouseholdRound) []*ksv1.FormAdvice {
	household, _ := iks.FromHousehold(h, round)
	values := household.Compute(iks.Besar)
	var out []*ksv1.FormAdvice
	for i, v := range values {
		if v == iks.T {
			out = append(out, &ksv1.FormAdvice{Indicator: uint32(i + 1), Name: iks.Name(i + 1), Advice: adviceTexts[i]})
		}
	}
	for _, r := range iks.Explain(h, round, iks.Besar) {
		i := slices.IndexFunc(out, func(a *ksv1.FormAdvice) bool { return int(a.GetIndicator()) == r.Indicator })
		name := nameOf(h, r.MemberID)
		if i >= 0 && name != "" && !slices.Contains(out[i].People, name) {
			out[i].People = append(out[i].People, name)
		}
	}
	return out
}

func nameOf(h *ksv1.Household, memberID string) string {
	for _, m := range h.GetMembers() {
		if m.GetMemberId() == memberID {
			return m.GetMember().GetName()
		}
	}
	return ""
}
