package field

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// mustRefuse asks what is refused with a field named, and a text for its user.
func mustRefuse(t *testing.T, f *Field, token, method, path, body, field string) {
	t.Helper()
	status, answer := rest(t, f, method, token, path, body)
	told := strings.ReplaceAll(string(answer), " ", "")
	if status != http.StatusBadRequest || !strings.Contains(told, `"field":"`+field+`"`) || !strings.Contains(told, "LocalizedMessage") {
		t.Errorf("%s %s: %d %.400s", method, path, status, answer)
	}
}

// Figures of a day that has not come are nobody's to tell, neither on the dashboard nor in
// a file; those of today are.
func TestADayThatHasNotComeHasNoFigures(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		token := tokenFor(t, f, "supervisor")
		today := time.Now().In(area.WIB)
		for _, path := range []string{
			"/v1/areas/32.04.05.2001/index?day=", "/v1/areas/32.04.05.2001/indexes?membership=MEMBERSHIP_BESAR&day=", "/v1/areas/32.04.05.2001/progress?day=",
			"/v1/puskesmas/" + PuskesmasCode + "/indexes?day=", "/v1/exports/figures?kind=FIGURES_KIND_INDEX&area=32.04.05.2001&day=",
			"/v1/exports/figures?kind=FIGURES_KIND_PROGRESS&area=32.04.05.2001&format=FILE_FORMAT_CSV&day=",
		} {
			mustRefuse(t, f, token, http.MethodGet, path+today.AddDate(0, 0, 2).Format(time.DateOnly), "", "day")
			mustRefuse(t, f, token, http.MethodGet, path+"2099-01-01", "", "day")
			if status, answer := rest(t, f, http.MethodGet, token, path+today.Format(time.DateOnly), ""); status != http.StatusOK {
				t.Errorf("%s of today: %d %.300s", path, status, answer)
			}
		}
	})
}

// A list of accounts that finds nobody is taken for one of an area without any.
func TestAListOfAccountsIsTheSameHoweverItsAreaIsWritten(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		if err := errors.Join(f.AddOffice(t.Context(), "pusat", ksv1.Role_ROLE_NATIONAL, ""), f.AddOffice(t.Context(), "dinas", ksv1.Role_ROLE_DISTRICT, "32.04")); err != nil {
			t.Fatal(err)
		}
		for user, token := range map[string]string{"pusat": tokenFor(t, f, "pusat"), "dinas": tokenFor(t, f, "dinas")} {
			for _, path := range []string{"/v1/accounts", "/v1/accessReview"} {
				for _, written := range []string{"32.04", "3204"} {
					var list struct{ Accounts []json.RawMessage }
					if restGet(t, f, token, path+"?area="+written, &list); len(list.Accounts) < 1 {
						t.Errorf("%s: %d in %s of %s", user, len(list.Accounts), path, written)
					}
				}
			}
			for _, path := range []string{"/v1/accounts", "/v1/accessReview", "/v1/registrations", "/v1/support"} {
				mustRefuse(t, f, token, http.MethodGet, path+"?area=antah", "", "area")
			}
		}
	})
}

// An area that is not in the tree is not found, with or without an RT; a village is told
// with its number, by which changes name it.
func TestAnAreaIsOfTheTreeAndAVillageHasItsNumber(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		token := tokenFor(t, f, "supervisor")
		for _, unknown := range []string{"99.99.99.9999", "99.99.99.9999~001", "99.99.99.9999~001~002", "32.04.05.2999~0~0"} {
			if status, body := rest(t, f, http.MethodGet, token, "/v1/areas/"+unknown, ""); status != http.StatusNotFound {
				t.Errorf("%s: %d %.200s", unknown, status, body)
			}
		}
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		number := village(t, u)
		type shown struct {
			Code, Name string
			Village    uint32
		}
		for code, name := range map[string]string{"32.04.05.2001": "", "32.04.05.2001~001~002": "RT 002/RW 001", "32.04.05.2001~1": "RW 001"} {
			var got struct{ Area shown }
			if restGet(t, f, token, "/v1/areas/"+code, &got); got.Area.Village != number || name != "" && got.Area.Name != name {
				t.Errorf("%s: %+v, not of village %d", code, got.Area, number)
			}
		}
		var list struct{ Areas []shown }
		restGet(t, f, token, "/v1/areas?parent=32.04.05", &list)
		found := false
		for _, x := range list.Areas {
			found = found || x.Code == "32.04.05.2001" && x.Village == number
		}
		if !found {
			t.Errorf("in a list: %+v, not of village %d", list.Areas, number)
		}
		var above struct{ Area shown }
		if restGet(t, f, token, "/v1/areas/32.04.05", &above); above.Area.Village != 0 {
			t.Errorf("a kecamatan has the number of village %d", above.Area.Village)
		}
	})
}

// Blanks tell an author nothing.
func TestWorkIsKeptOutWithANoteThatSaysSomething(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	token := tokenFor(t, f, "supervisor")
	for _, note := range []string{"", "   ", `\n\t`} {
		mustRefuse(t, f, token, http.MethodPost, "/v1/quarantine/00000001-b3bc-8c2a-9800-000000000001:decide", `{"admit":false,"note":"`+note+`"}`, "note")
	}
}
