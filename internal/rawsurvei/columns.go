package rawsurvei

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Names of the columns that decide what a row is.
const (
	colFamily   = "survei_survei_id"
	colRT       = "survei_rt_survei_rt_id"
	colMember   = "survei_individu_survei_individu_detail_id"
	colDate     = "survei_tanggal"
	colCreated  = "survei_created_at"
	colUpdated  = "survei_updated_at"
	colRelation = "survei_individu_hub_kel_id"
	colSex      = "survei_individu_jk_id"
	colMarital  = "survei_individu_stmarital_id"
	colBirth    = "survei_individu_tanggal_lahir"
	colMonths   = "survei_individu_umur_bln"
	colYears    = "survei_individu_umur_thn"
	colDeleted  = "survei_status_delete"
	colMoved    = "survei_status_pindah"
	colGone     = "survei_individu_status_delete"
	colPartner  = "survei_individu_kb_follow"
	colCard     = "survei_no_kk"
	colNIK      = "survei_individu_nik"
	colRW       = "survei_rw_new"
	colRTNumber = "survei_rt_new"
)

// Columns of our own, behind the national ones: the mother's id, and why and
// since when (ISO date) a member or the family is not counted.
const (
	colMother            = "ks_mother"
	colRemoval           = "ks_removal"
	colRemovalDate       = "ks_removal_date"
	colFamilyRemoval     = "ks_family_removal"
	colFamilyRemovalDate = "ks_family_removal_date"
	// colExact is Y where texts stand exactly as they are: blanks around them are
	// theirs, and a NUL is no damage.
	colExact = "ks_exact"
	exactYes = "Y"
)

// ksColumns are written in this order; the reader knows them.
var ksColumns = []string{colMother, colRemoval, colRemovalDate, colFamilyRemoval, colFamilyRemovalDate, colExact}

// removalWords are the cells of colRemoval and colFamilyRemoval.
var removalWords = map[ksv1.RemovalReason]string{
	ksv1.RemovalReason_REMOVAL_REASON_DIED:              "meninggal",
	ksv1.RemovalReason_REMOVAL_REASON_MOVED:             "pindah",
	ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE:     "ganda",
	ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE: "dihapus",
}

func removalOfWord(word string) (ksv1.RemovalReason, bool) {
	for reason, w := range removalWords {
		if w == word {
			return reason, true
		}
	}
	return 0, false
}

// ErrColumns is returned for a table that lacks a column it must have, or has
// one twice.
var ErrColumns = errors.New("unusable header line")

// required columns; without them there is nothing to compute.
var required = []string{colFamily, colRT, colMember, colDate, colRelation, colSex, colMarital}

// header says where each column stands.
type header struct {
	names []string
	at    map[string]int
	// familyColumns are the positions of columns repeated on each row of a
	// family.
	familyColumns []int
	unread        []int // positions of columns carried through
	// answers are the positions of answerColumns, -1 for those that are missing.
	answers [len(answerColumns)]int
}

func parseHeader(cells []string) (*header, error) {
	h := &header{at: make(map[string]int, len(cells))}
	for i, cell := range cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		h.names = append(h.names, name)
		if name == "" {
			continue
		}
		if first, twice := h.at[name]; twice {
			if !known(name) && !slices.Contains(columnNames, name) {
				// It may be a person's, where the header line is missing.
				return nil, fmt.Errorf("%w: columns %d and %d are headed alike", ErrColumns, first+1, i+1)
			}
			return nil, fmt.Errorf("%w: column %q stands there twice", ErrColumns, name)
		}
		h.at[name] = i
		if strings.HasPrefix(name, "survei_") && !strings.HasPrefix(name, "survei_individu_") {
			h.familyColumns = append(h.familyColumns, i)
		}
		if !known(name) {
			h.unread = append(h.unread, i)
		}
	}
	for i, name := range answerColumns {
		if at, ok := h.at[name]; ok {
			h.answers[i] = at
		} else {
			h.answers[i] = -1
		}
	}
	var missing []string
	for _, name := range required {
		if _, ok := h.at[name]; !ok {
			missing = append(missing, name)
		}
	}
	_, birth := h.at[colBirth]
	_, months := h.at[colMonths]
	_, years := h.at[colYears]
	if !birth && !months && !years {
		missing = append(missing, colBirth+" (or "+colMonths+", "+colYears+")")
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%w: no column %s", ErrColumns, strings.Join(missing, ", "))
	}
	return h, nil
}

// missing lists the known columns that the table lacks, in documented order.
func (h *header) missing() []string {
	var out []string
	for _, name := range columnNames {
		if _, ok := h.at[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

func known(name string) bool { return slices.Contains(readColumns, name) }

// columnNames are the columns of section 5, in its order.
var columnNames = func() []string {
	var out []string
	for _, g := range []struct{ prefix, names string }{
		{"survei_", "survei_id tanggal no_urut_rt no_urut_kel surveyor supervisor no_kk nama_kk alamat propinsi_id kota_id kecamatan_id kelurahan_id kd_puskesmas nm_kota nm_propinsi nm_kecamatan nm_kelurahan iks_besar iks_inti rt_new rw_new kode created_at updated_at status_pindah status_delete step_number sumber status_kepala_keluarga"},
		{"survei_rt_", "survei_rt_id jml_art jml_art_wawancara jml_art_dewasa jml_art_10_54_thn jml_art_12_59_bln jml_art_0_11_bln sab sat jk js gjb obat_gjb pasung keterangan indikator_8 indikator_11 indikator_12 status_delete"},
		{"survei_individu_", "survei_individu_detail_id jkn merokok babj sab tb obat_tb batuk hipertensi obat_hipertensi tekanan_darah sistolik diastolik kb kb_follow kb_detail faskes asi_ekslusif imunisasi pantau_balita keterangan catatan_intervensi nik status_nik nama hub_kel_id tanggal_lahir umur_bln umur_thn jk_id stmarital_id wuh agama_id pendidikan_id pekerjaan_id indikator_1 indikator_2 indikator_3 indikator_4 indikator_5 indikator_6 indikator_7 indikator_8 indikator_9 indikator_10 indikator_11 indikator_12 status_delete"},
	} {
		for _, n := range strings.Fields(g.names) {
			out = append(out, g.prefix+n)
		}
	}
	return out
}()

// readColumns are those that Reader understands; all others are carried.
var readColumns = func() []string {
	carried := []string{
		"survei_kode", colCreated, colUpdated, "survei_step_number", "survei_sumber", "survei_status_kepala_keluarga",
		colRT, colMoved, colDeleted, colGone, "survei_nm_kota", "survei_nm_propinsi", "survei_nm_kecamatan", "survei_nm_kelurahan", "survei_rt_status_delete", "survei_individu_status_nik",
	}
	out := slices.DeleteFunc(slices.Clone(columnNames), func(n string) bool { return slices.Contains(carried, n) })
	return append(append(out, "survei_individu_ks_mother"), ksColumns...)
}()
