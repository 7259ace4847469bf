package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/rates"
)

// What a call does not heed is refused, and what an address does not have is told with what
// it has.
func TestNothingOfARequestIsPassedOver(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	r, err := routesOf(s.grpc.GetServiceInfo(), func(_ string, err error) error { return api.Explained(err) },
		func(context.Context, string, string, []string) (*api.Room, int64, error) { return &api.Room{}, 1, nil })
	if err != nil {
		t.Fatal(err)
	}
	front := r.check(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	for _, c := range []struct {
		method, address string
		status          int
		// told is a parameter that is refused, or the methods that are allowed.
		told string
	}{
		{"GET", "/v1/families?area=32.04&page_size=1&pageToken=x&_", 400, ""},
		{"GET", "/v1/families?area=32.04&page_size=1&pageToken=x", 200, ""},
		{"GET", "/v1/families?are=32.04", 400, "are"},
		{"GET", "/v1/families?$alt=json", 400, "$alt"},
		{"GET", "/v1/families?area.x=1", 400, "area.x"},
		{"GET", "/v1/areas/32.04?code=33", 400, "code"},
		{"GET", "/v1/areas/32.04/index?membership=MEMBERSHIP_INTI&surveyYear=2026&day=2026-01-02", 200, ""},
		{"GET", "/v1/puskesmas/P1/index?surveyyear=2026", 400, "surveyyear"},
		{"GET", "/v1/areas/32.04/index?day=2026-01-02;", 200, ""}, // for the gateway, which can't read it
		{"GET", "/v1/exports/figures?format=FILE_FORMAT_CSV&kid=1", 400, "kid"},
		{"GET", "/v1/feeds/figures?kind=FIGURES_KIND_INDEX&area=32.04", 200, ""},
		{"POST", "/v1/auth:signIn?userName=x", 400, "userName"},
		{"POST", "/v1/auth:signIn", 200, ""},
		{"POST", "/v1/accounts/7:disable", 200, ""},
		{"PUT", "/v1/support/32.04?desk.help=x", 400, "desk.help"},
		{"DELETE", "/v1/families", 405, "GET"},
		{"HEAD", "/v1/families", 405, "GET"},
		{"GET", "/v1/auth:signIn", 405, "POST"},
		{"GET", "/v1/accounts/7:disable", 405, "POST"},
		{"POST", "/v1/feeds/figures", 405, "GET"},
		{"OPTIONS", "/v1/accounts", 405, "GET"},
		{"GET", "/v1/nothing?at=all", 200, ""}, // for the gateway, which does not know it
	} {
		w := httptest.NewRecorder()
		front.ServeHTTP(w, httptest.NewRequest(c.method, c.address, nil))
		body := strings.ReplaceAll(w.Body.String(), " ", "")
		if w.Code != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.address, w.Code, body)
		}
		switch {
		case c.status == http.StatusMethodNotAllowed && (w.Header().Get("Allow") != c.told || reasonOf(body) != "NO_SUCH_METHOD"):
			t.Errorf("%s %s: allows %q: %s", c.method, c.address, w.Header().Get("Allow"), body)
		case c.status == http.StatusBadRequest && c.told != "" && !strings.Contains(body, `"field":"`+c.told+`"`):
			t.Errorf("%s %s: does not name %s: %s", c.method, c.address, c.told, body)
		}
	}
	if len(r.known) < len(ksv1.AccountService_ServiceDesc.Methods) {
		t.Errorf("only %d addresses are known", len(r.known))
	}
}

// What only the gateway finds wrong is explained as all refusals are; an address that the
// contract does not have has no method, and a field that a call does not have is not dropped.
func TestWhatTheGatewayRefusesIsExplained(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	for _, c := range []struct {
		path, body string
		status     int
		reason     string
	}{
		{"/v1/areas/", "", http.StatusNotFound, "NO_SUCH_PATH"},
		{"/v1/nothing", "", http.StatusNotFound, "NO_SUCH_PATH"},
		{"/v1/auth:signIn", `{"userName":"a","passwort":"b"}`, http.StatusBadRequest, "BAD_REQUEST"},
	} {
		response, text := send(t, s, c.path, []byte(c.body), false)
		if response.StatusCode != c.status || reasonOf(text) != c.reason || !strings.Contains(text, "LocalizedMessage") {
			t.Errorf("%s %s: %d %s", c.path, c.body, response.StatusCode, text)
		}
	}
}
