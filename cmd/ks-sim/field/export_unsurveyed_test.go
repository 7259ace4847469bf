package field

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A list to read has who is still to be surveyed, with how the last visit ended; who left is
// told by number, as RAW tells who it can't hold.
func TestAListHasWhoIsStillToBeSurveyed(t *testing.T) {
	onEachEngine(t, 1, aListHasWhoIsStillToBeSurveyed)
}

func aListHasWhoIsStillToBeSurveyed(t *testing.T, f *Field) {
	u := collect(t, f, 3)
	unsurveyed(t, u)
	if _, err := f.addAccount(t.Context(), "kepala", "kepala", ksv1.Role_ROLE_PUSKESMAS_HEAD, nil); err != nil {
		t.Fatal(err)
	}
	token, list := restToken(t, f, "supervisor"), `{"reason":"Surat 443/12 tentang kunjungan"}`
	got := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", list)
	byHead := map[string]map[string]string{}
	for _, row := range got.csv(t) {
		byHead[row["nama_kepala_keluarga"]] = row
	}
	if len(byHead) != 7 || got.leftOut != "1" {
		t.Errorf("%d families, left out %q", len(byHead), got.leftOut)
	}
	for head, want := range map[string]string{
		"Baru": "|belum dikunjungi", "Pergi": "2024-05-02|tidak di rumah", "Enggan": "2024-05-03|menolak", "Mundur": "2024-05-04|menolak",
	} {
		row := byHead[head]
		if row["rt"] != "002" || row["kunjungan_terakhir"]+"|"+row["hasil_kunjungan"] != want {
			t.Errorf("%s: %v", head, row)
		}
		for _, column := range []string{"anggota", "tanggal_survei", "iks_inti", "kategori_inti", "iks_besar", "kategori_besar", "indikator_belum_terpenuhi", "catatan"} {
			if row[column] != "" {
				t.Errorf("%s: %s is %q", head, column, row[column])
			}
		}
		delete(byHead, head)
	}
	for head, row := range byHead {
		if row["tanggal_survei"] == "" || row["kategori_inti"] == "" {
			t.Errorf("surveyed, %s: %v", head, row)
		}
	}
	if numbers := cardsOf(t, f, restToken(t, f, "kepala")); numbers["Baru"] != "320405••••••••17" {
		t.Errorf("the head is given %v", numbers)
	}
	leftOutIsTold(t, f, token)
}

// unsurveyed saves families that have no survey, and one that left.
func unsurveyed(t *testing.T, u *clientsdk.User) {
	t.Helper()
	visited := func(id clientsdk.ID, date string, outcome ksv1.VisitOutcome, round string) {
		visit := &ksv1.Visit{Date: &date, Outcome: &outcome}
		if round != "" {
			visit.RoundId = &round
		}
		if _, err := u.RecordVisit(t.Context(), id, visit); err != nil {
			t.Fatal(err)
		}
	}
	ids := map[string]clientsdk.ID{}
	for i, head := range []string{"Baru", "Pergi", "Enggan", "Mundur", "Pindah"} {
		family := &ksv1.Family{HeadName: proto.String(head), Nkk: proto.Uint64(3204051111110017 + uint64(i))}
		id, _, err := u.StartFamily(t.Context(), village(t, u), "001/002", family)
		if err != nil {
			t.Fatal(err)
		}
		ids[head] = id
	}
	visited(ids["Pergi"], "2024-05-01", ksv1.VisitOutcome_VISIT_OUTCOME_VACANT, "")
	visited(ids["Pergi"], "2024-05-02", ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME, "")
	visited(ids["Enggan"], "2024-05-03", ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED, "")
	round := u.NewID()
	answers := &ksv1.Round{SurveyDate: proto.String("2024-05-04"), Note: proto.String("dijawab sebelum mundur")}
	if _, err := u.SaveRound(t.Context(), ids["Mundur"], round, answers, nil); err != nil {
		t.Fatal(err)
	}
	visited(ids["Mundur"], "2024-05-04", ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED, round.String())
	moved := &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-05-05"}}
	if _, err := u.Save(t.Context(), ids["Pindah"], clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: moved}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
}

// cardsOf are the numbers of family cards that a list shows, by the head's name.
func cardsOf(t *testing.T, f *Field, token string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, row := range takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", `{"reason":"Surat 443/12 tentang kunjungan"}`).csv(t) {
		out[row["nama_kepala_keluarga"]] = row["no_kk"]
	}
	return out
}

// leftOutIsTold compares what the trailer, the workbook's last sheet and the export itself
// tell of families that a file does not hold.
func leftOutIsTold(t *testing.T, f *Field, token string) {
	t.Helper()
	raw := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", `{"kind":"FAMILIES_KIND_RAW","reason":"Surat 443/12 tentang kunjungan"}`)
	if raw.csv(t); raw.leftOut != "5" || strings.Contains(string(raw.data), "Enggan") {
		t.Errorf("RAW leaves out %q", raw.leftOut)
	}
	var state struct {
		Export struct{ State, Families, LeftOut string }
	}
	restGet(t, f, token, "/v1/exports/"+raw.header.Get("X-Export-Id"), &state)
	if state.Export.State != "EXPORT_STATE_DONE" || state.Export.Families != "3" || state.Export.LeftOut != "5" {
		t.Errorf("%+v", state)
	}
	book := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", `{"format":"FILE_FORMAT_XLSX","reason":"Surat 443/12 tentang kunjungan"}`)
	opened, err := excelize.OpenReader(bytes.NewReader(book.data))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	rows, err := opened.GetCellValue("Penutup", "B1")
	if left, failed := opened.GetCellValue("Penutup", "B2"); err != nil || failed != nil || rows != "7" || left != "1" || book.leftOut != left {
		t.Errorf("the workbook says %s rows, %s left out; the trailer %s", rows, left, book.leftOut)
	}
}
