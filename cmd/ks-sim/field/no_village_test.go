package field

import (
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// A Puskesmas that has no village yet is answered with nothing, not that it is not found; and
// it gets nothing of others.
func TestAPuskesmasWithoutVillagesHasEmptyAnswers(t *testing.T) {
	onEachEngine(t, 1, aPuskesmasWithoutVillagesHasEmptyAnswers)
}

func aPuskesmasWithoutVillagesHasEmptyAnswers(t *testing.T, f *Field) {
	const code = "P3204050199"
	if err := f.AddPuskesmas(t.Context(), store.Puskesmas{Code: code, Name: "Baru", District: "32.04"}, nil); err != nil {
		t.Fatal(err)
	}
	collect(t, f, 2)
	const reason = `"reason":"Surat 443/12 tentang pemutakhiran"`
	for _, name := range []string{"supervisor", "head", "administrator"} {
		token := restToken(t, f, name+"-"+strings.ToLower(code))
		for _, path := range []string{"/v1/progress/surveyors", "/v1/puskesmas/" + code + "/report", "/v1/exports/puskesmas/" + code + "/report"} {
			if status, data := rest(t, f, "GET", token, path, ""); status != 200 || strings.Contains(string(data), "surveyor1") {
				t.Errorf("%s, %s: %d %s", name, path, status, clip(data))
			}
		}
		if status, data := rest(t, f, "GET", token, "/v1/progress/surveyors?area=32.04.05.2001", ""); status != 404 {
			t.Errorf("%s, another's village: %d %s", name, status, clip(data))
		}
		if name == "administrator" { // has no right to families
			continue
		}
		for _, kind := range []string{"LIST", "RAW"} {
			asked := `{"kind":"FAMILIES_KIND_` + kind + `",` + reason + `}`
			if rows := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", asked).csv(t); len(rows) != 0 {
				t.Errorf("%s, %s: %d rows of other Puskesmas", name, kind, len(rows))
			}
		}
		if got := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", `{"area":"32.04.05.2001",`+reason+`}`); got.status != 404 {
			t.Errorf("%s, another's village: %d", name, got.status)
		}
	}
}
