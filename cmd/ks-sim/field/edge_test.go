package field

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A form tells a surveyor of no family outside the assignment, as the family itself does not.
func TestAFormTellsOfNoFamilyOutsideTheAssignment(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	mine := withCard(t, u, "001/001", 3204051111110001, "Asep")
	w := signIn(t, f, "surveyor3")
	mustSync(t, w)
	other := withCard(t, w, "001/001", 3204051111110001, "Ujang").String()
	awaitDoubles(t, f, "supervisor", "a pair", states("OPEN"))
	for user, told := range map[string]bool{"surveyor1": false, "supervisor": true} {
		for _, path := range []string{"/v1/families/", "/v1/forms/"} {
			status, body := rest(t, f, "GET", tokenFor(t, f, user), path+mine.String(), "")
			if status != http.StatusOK || strings.Contains(string(body), other) != told {
				t.Errorf("%s%s to %s: %d, tells of the other family: %t", path, mine, user, status, !told)
			}
		}
	}
}

// Whoever is shown a family by a list or an export is in its trail, however the area asked
// for is written.
func TestAListIsInTheFamilysTrailHoweverItsAreaIsWritten(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	_, id := surveyed(t, f)
	reader := tokenFor(t, f, "supervisor")
	entries := func() int { return readsBySupervisor(t, f, id) }
	shown := 0
	for _, written := range []string{"32.04.05.2001", "3204052001", "32.04.05.2001~001", "32.04.05.2001~1", "32.04.05.2001~001~001", "32.04.05", "32.04", "32", "id"} {
		for _, path := range []string{"/v1/families?area=%s", "/v1/review/queue?area=%s", "/v1/conflicts?area=%s", "/v1/areas/%s/priorities/families"} {
			before := entries()
			status, body := rest(t, f, "GET", reader, fmt.Sprintf(path, written), "")
			if !strings.Contains(string(body), id.String()) {
				continue
			}
			if shown++; entries() == before {
				t.Errorf("%s of %s: %d shows the family, and is not in its trail", path, written, status)
			}
		}
		for path, asked := range map[string]string{
			"/v1/forms:search":     `{"area":"` + written + `"}`,
			"/v1/exports/families": `{"area":"` + strings.ReplaceAll(written, "~", "/") + `","kind":"FAMILIES_KIND_RAW","format":"FILE_FORMAT_CSV","reason":"uji coba ekspor"}`,
		} {
			before := entries()
			status, body := rest(t, f, "POST", reader, path, asked)
			if !strings.Contains(string(body), id.String()) {
				continue
			}
			if shown++; entries() == before {
				t.Errorf("%s of %s: %d shows the family, and is not in its trail", path, written, status)
			}
		}
	}
	if shown < 30 {
		t.Errorf("only %d lists show the family", shown)
	}
}

// Who acts as supervisor sees families whole: a head gets to that by naming neither the own
// account nor the administrator's.
func TestAHeadNamesNeitherThemselfNorTheAdministrator(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	if err := f.addHead(t.Context(), "kepala"); err != nil {
		t.Fatal(err)
	}
	head, until := tokenFor(t, f, "kepala"), time.Now().Add(80*24*time.Hour).UnixMilli()
	for token, want := range map[string]int{head: http.StatusForbidden, administrator(t, f): http.StatusForbidden, tokenFor(t, f, "surveyor1"): http.StatusOK} {
		var who struct{ Account struct{ Number uint32 } }
		restGet(t, f, token, "/v1/auth/self", &who)
		status, body := rest(t, f, "POST", head, fmt.Sprintf("/v1/accounts/%d:nameActingSupervisor", who.Account.Number), fmt.Sprintf(`{"untilMs":"%d"}`, until))
		if status != want {
			t.Errorf("account %d: %d, not %d: %.200s", who.Account.Number, status, want, body)
		}
	}
}

// What no store keeps is refused alike on either engine, and told by its field.
func TestWhatNoStoreKeepsIsRefused(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		supervisor, admin := tokenFor(t, f, "supervisor"), administrator(t, f)
		token := base64.RawURLEncoding.EncodeToString
		for _, c := range []struct{ method, token, path, body, field string }{
			{"POST", "", "/v1/auth:signIn", `{"userName":"a\u0000b","password":"x"}`, "user_name"},
			{"POST", "", "/v1/accounts:activate", `{"userName":"a\u0000b","code":"ABCDEFGH","nik":"3204053101800001","newPassword":"kata sandi panjang sekali"}`, "user_name"},
			{"POST", admin, "/v1/feedTokens", `{"name":"a\u0000b","days":30}`, "name"},
			{"POST", supervisor, "/v1/forms", `{"villageCode":"32.04.05.2001","place":"001/001","family":{"headName":"a\u0000b"}}`, "head_name"},
			{"GET", supervisor, "/v1/areas?parent=32&pageToken=" + token([]byte{0}), "", "page_token"},
			{"GET", supervisor, "/v1/areas?parent=32&pageToken=" + token([]byte{0xff, 0xfe}), "", "page_token"},
			{"GET", supervisor, "/v1/puskesmas?area=32.04&pageToken=" + token([]byte{0xff, 0}), "", "page_token"},
		} {
			status, body := rest(t, f, c.method, c.token, c.path, c.body)
			if status != http.StatusBadRequest || !strings.Contains(string(body), c.field) {
				t.Errorf("%s %s %s: %d %.200s", c.method, c.path, c.body, status, body)
			}
		}
	})
}

// An instant past all that there are finds what lies before it, and nothing behind it.
func TestAnInstantPastAllIsNoneBefore(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		if err := f.addHead(t.Context(), "kepala"); err != nil {
			t.Fatal(err)
		}
		head := tokenFor(t, f, "kepala")
		for query, some := range map[string]bool{
			"fromMs=18446744073709551615": false, "fromMs=9223372036854775807": false, "toMs=9223372036854775808": true, "toMs=18446744073709551615": true,
		} {
			if n := len(auditEntries(t, f, head, query)); n > 0 != some {
				t.Errorf("%s gives %d entries", query, n)
			}
		}
	})
}

// What never becomes a call, and what can't be read, has the details that every refusal has,
// and is nobody's internal error.
func TestWhatIsNoCallIsExplained(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	supervisor := tokenFor(t, f, "supervisor")
	for _, c := range []struct {
		method, path, body string
		status             int
		reason, field      string
		token              string
	}{
		{"GET", "/v1/families/%ff", "", 400, "BAD_REQUEST", "", ""},
		{"GET", "/v1/support?area=%ff", "", 400, "BAD_REQUEST", "", ""},
		{"GET", "/v1/exports/figures?area=%ff", "", 400, "BAD_REQUEST", "", ""},
		{"GET", "/v1/exports/figures?kind=nothing", "", 400, "BAD_REQUEST", "kind", ""},
		{"GET", "/v1/families?pageSize=-1", "", 400, "BAD_REQUEST", "page_size", ""},
		{"GET", "/v1/families?pageSize=1&pageSize=2", "", 400, "BAD_REQUEST", "page_size", ""},
		{"GET", "/v1/areas/id/index?membership=nothing", "", 400, "BAD_REQUEST", "membership", ""},
		{"GET", "/v1/forms?text=siti", "", 405, "NO_SUCH_METHOD", "", ""},
		{"GET", "/v1/registrations/x", "", 400, "BAD_REQUEST", "registration", ""},
		{"POST", "/v1/auth:signIn", `{`, 400, "BAD_REQUEST", "", ""},
		{"POST", "/v1/auth:signIn", `{"userName":5}`, 400, "BAD_REQUEST", "userName", ""},
		{"POST", "/session/sign-in", `{`, 400, "BAD_REQUEST", "", ""},
		{"POST", "/v1/exports/families", `{`, 400, "BAD_REQUEST", "", supervisor},
		{"POST", "/v1/exports/families", `{"kind":"x"}`, 400, "BAD_REQUEST", "kind", supervisor},
		{"POST", "/v1/exports/families", `{`, 401, "TOKEN_INVALID", "", ""},
		{"GET", "/v1/nothing", "", 404, "NO_SUCH_PATH", "", ""},
		{"GET", "/v1/feeds/nothing", "", 404, "NO_SUCH_PATH", "", ""},
		{"GET", "/v1/exports/puskesmas/P1/nothing", "", 404, "NO_SUCH_PATH", "", ""},
		{"DELETE", "/v1/families", "", 405, "NO_SUCH_METHOD", "", ""},
		{"GET", "/v1/families", "", 401, "TOKEN_INVALID", "", ""},
	} {
		status, body := rest(t, f, c.method, c.token, c.path, c.body)
		if status != c.status || !strings.Contains(string(body), `"reason":"`+c.reason+`"`) && !strings.Contains(string(body), `"reason": "`+c.reason+`"`) || !strings.Contains(string(body), "LocalizedMessage") {
			t.Errorf("%s %s %s: %d %.300s", c.method, c.path, c.body, status, body)
		}
		if c.field != "" && !strings.Contains(strings.ReplaceAll(string(body), " ", ""), `"field":"`+c.field+`"`) {
			t.Errorf("%s %s %s: does not name %s: %.600s", c.method, c.path, c.body, c.field, body)
		}
	}
}
