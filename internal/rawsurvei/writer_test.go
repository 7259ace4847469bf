package rawsurvei

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// readAndWritten is what is written of a file of one family of one row: the header
// line and the row.
func readAndWritten(t *testing.T, text string, extra ...string) [][]string {
	t.Helper()
	r := NewReader()
	if err := r.Open("one.csv", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	f, err := r.Next()
	if err != nil || f.Refused {
		t.Fatal(err, f)
	}
	carried := map[string]bool{}
	for _, name := range extra {
		carried[name] = true
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, CSV, carried)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(f.Household, f.Household.GetRounds()[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatal(err, rows)
	}
	return rows
}

// TestEveryColumnComesBack: a family in which every documented column has a
// value is written as it was read, but for what is computed anew.
func TestEveryColumnComesBack(t *testing.T) {
	t.Parallel()
	given := map[string]string{
		"survei_tanggal": "2024-05-17", "survei_no_kk": "3204050101010001", "survei_propinsi_id": "32", "survei_kota_id": "3204",
		"survei_kecamatan_id": "320405", "survei_kelurahan_id": "3204052001", "survei_kd_puskesmas": "P3204050101",
		"survei_rt_new": "007", "survei_rw_new": "003", "survei_status_pindah": "0", "survei_status_delete": "0",
		"survei_individu_status_delete": "0", "survei_individu_nik": "3204054101800001", "survei_individu_tanggal_lahir": "1980-01-01",
		"survei_individu_jk_id": "2", "survei_individu_sistolik": "120", "survei_individu_diastolik": "80", "ks_mother": "M",
		"ks_removal": "pindah", "ks_removal_date": "2025-01-01", "ks_exact": "Y", "survei_individu_kb_follow": "M",
	}
	computed := func(name string) bool {
		return strings.Contains(name, "jml_art") || strings.Contains(name, "indikator_") || strings.Contains(name, "_iks_") ||
			strings.Contains(name, "umur_") || strings.HasPrefix(name, "ks_family")
	}
	answers := slices.Concat(answerColumns[:], strings.Fields("survei_rt_sab survei_rt_sat survei_rt_jk survei_rt_js survei_rt_gjb survei_rt_obat_gjb survei_rt_pasung"))
	var names, cells []string
	for _, name := range slices.Concat(columnNames, ksColumns, []string{"survei_migrasi", "survei_individu_old_id"}) {
		value, ok := given[name]
		switch {
		case computed(name):
			continue
		case ok:
		case slices.Contains(answers, name):
			value = "Y"
		case name == colMember || name == colPartner:
			value = "M"
		case strings.HasSuffix(name, "_id"), name == "survei_individu_kb_detail":
			value = "1"
		default:
			value = "text of " + name
		}
		if strings.HasPrefix(name, "survei_no_urut") {
			value = "12A"
		}
		names, cells = append(names, name), append(cells, value)
	}
	rows := readAndWritten(t, strings.Join(names, ",")+"\n"+strings.Join(cells, ",")+"\n", "survei_migrasi", "survei_individu_old_id")
	for i, name := range names {
		at := slices.Index(rows[0], name)
		if at < 0 || rows[1][at] != cells[i] {
			t.Errorf("%s was %q, came back at %d: %q", name, cells[i], at, rows[1][max(at, 0)])
		}
	}
}

// TestCellsOfRemovedMembersFamiliesComeBack: where all members are removed the
// family's own cells are not judged, and are given back as they stood.
func TestCellsOfRemovedMembersFamiliesComeBack(t *testing.T) {
	t.Parallel()
	const head = "survei_survei_id,survei_tanggal,survei_kelurahan_id,survei_rt_survei_rt_id,survei_rt_sab,survei_individu_survei_individu_detail_id," +
		"survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_status_delete\n"
	rows := readAndWritten(t, head+"K1,never,12,R1,x,M1,1,1,1,1980-02-03,1\n")
	for name, want := range map[string]string{"survei_tanggal": "never", "survei_kelurahan_id": "12", "survei_rt_sab": "x"} {
		if got := rows[1][slices.Index(rows[0], name)]; got != want {
			t.Errorf("%s was %q, came back %q", name, want, got)
		}
	}
}
