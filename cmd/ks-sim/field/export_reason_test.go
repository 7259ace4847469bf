package field

import (
	"net/http"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A reason stands for good in the trail, which offices of other levels read: a NIK or No. KK
// does not get into it.
func TestNoNumberGetsIntoTheTrailByAReason(t *testing.T) {
	onEachEngine(t, 1, noNumberGetsIntoTheTrailByAReason)
}

func noNumberGetsIntoTheTrailByAReason(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(7, 320405, time.Now()).FamilyOfFour()); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := f.AddOffice(t.Context(), "dinas", ksv1.Role_ROLE_DISTRICT, "32.04"); err != nil {
		t.Fatal(err)
	}
	token := restToken(t, f, f.Supervisor)
	for reason, want := range map[string]int{
		"Kunjungan NIK 3204054101900077 lagi": http.StatusBadRequest,
		"Kunjungan 32040541019000770012":      http.StatusBadRequest,
		"Kunjungan sesuai surat 445/17/2026":  http.StatusOK,
	} {
		status, data := rest(t, f, "POST", token, "/v1/exports/families", `{"reason":"`+reason+`"}`)
		if status != want || want == http.StatusBadRequest && (!strings.Contains(string(data), `"field":"reason"`) || !strings.Contains(string(data), "NIK atau No. KK")) {
			t.Errorf("%s: %d, %s", reason, status, clip(data))
		}
	}
	status, data := rest(t, f, "GET", restToken(t, f, "dinas"), "/v1/audit/entries", "")
	if trail := string(data); status != http.StatusOK || strings.Contains(trail, "32040541019000") || !strings.Contains(trail, "surat 445/17/2026") {
		t.Errorf("the trail tells the district: %d, %s", status, clip(data))
	}
}
