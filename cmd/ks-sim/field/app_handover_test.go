package field

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/sample"
)

// The whole of a hand-over by the calls that the two devices' pages make.
func TestADeviceIsHandedOverByItsPage(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	var ahead atomic.Int64
	phone := startApp(t, f, nil)
	phone.post("/v1/app:signIn", map[string]any{"userName": f.Supervisor, "password": f.Password}, http.StatusOK)
	phone.sync()
	tablet := startApp(t, f, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	tablet.post("/v1/app:signIn", map[string]any{"userName": formerUser, "password": f.Password}, http.StatusOK)
	tablet.sync()
	from := map[string]any{"outgoing": formerUser, "incoming": colleague}
	tablet.refuses("/v1/app/handover:begin", from, http.StatusBadRequest, "HANDOVER_OPEN")
	tablet.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	if list := tablet.post("/v1/app/handover:colleagues", map[string]any{"userName": formerUser}, http.StatusOK); len(list["userNames"].([]any)) != 3 || len(list["supervisors"].([]any)) != 1 {
		t.Fatalf("who may take over: %v", list)
	}
	tablet.refuses("/v1/app/handover:accept", map[string]any{"answer": "x", "password": f.Password}, http.StatusBadRequest, "HANDOVER_NONE")

	ask := func() (answer string) {
		code := tablet.post("/v1/app/handover:begin", from, http.StatusOK)["code"].(map[string]any)
		if code["modules"].(float64) < 29 || !strings.HasPrefix(code["path"].(string), "M4 4h1v1h-1z") {
			t.Fatalf("QR: %v", code)
		}
		asked := phone.post("/v1/app/handover:read", map[string]any{"code": code["text"]}, http.StatusOK)
		if asked["outgoingUserName"] != formerUser || asked["incomingUserName"] != colleague {
			t.Fatalf("the supervisor reads %v", asked)
		}
		return phone.post("/v1/app/handover:sign", map[string]any{"code": code["text"]}, http.StatusOK)["code"].(map[string]any)["text"].(string)
	}
	late := ask()
	ahead.Store(int64(25 * time.Hour))
	tablet.refuses("/v1/app/handover:accept", map[string]any{"answer": late, "password": f.Password}, http.StatusBadRequest, "HANDOVER_EXPIRED")
	ahead.Store(0)
	accept := map[string]any{"answer": strings.ToLower(ask()), "password": f.Password}
	tablet.post("/v1/app/handover:accept", accept, http.StatusOK)
	tablet.refuses("/v1/app/handover:accept", accept, http.StatusBadRequest, "HANDOVER_OPEN")
	if status := tablet.get("/v1/app/status"); status["userName"] != colleague {
		t.Fatalf("signed in after the hand-over: %v", status)
	}
	tablet.refuses("/v1/app/handover:read", map[string]any{"code": late}, http.StatusForbidden, "NO_RIGHT")
	tablet.post("/v1/forms", map[string]any{"villageCode": sample.VillageCodes()[0], "place": "3/7", "family": map[string]any{"headName": "Budi"}}, http.StatusOK)

	if state := tablet.sync(); state["signInAgain"] != true {
		t.Fatalf("before the first sign-in on line: %v", state)
	}
	tablet.refuses("/v1/app:signInAgain", map[string]any{"password": f.Password + "x"}, http.StatusUnauthorized, "SIGN_IN_FAILED")
	tablet.post("/v1/app:signInAgain", map[string]any{"password": f.Password}, http.StatusOK)
	if state := tablet.sync(); state["error"] != nil || state["proved"] != true {
		t.Fatalf("the first sync: %v", state)
	}
	if counts := tablet.get("/v1/app/status")["counts"].(map[string]any); counts["applied"].(float64) != 1 || counts["pending"] != nil || counts["quarantined"] != nil {
		t.Errorf("the colleague's work: %v", counts)
	}
}

// refuses checks that a call is refused with a reason.
func (p *page) refuses(path string, body map[string]any, status int, reason string) {
	p.t.Helper()
	out := p.post(path, body, status)
	details, _ := out["details"].([]any)
	for _, d := range details {
		if d.(map[string]any)["reason"] == reason {
			return
		}
	}
	p.t.Errorf("%s: refused with %v, want %s", path, out, reason)
}
