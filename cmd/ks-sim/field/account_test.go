package field

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// administrator makes the Puskesmas's administrator and gives a token.
func administrator(t *testing.T, f *Field) string {
	t.Helper()
	if _, err := f.addAccount(t.Context(), "admin", "Administrator Contoh", ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, nil); err != nil {
		t.Fatal(err)
	}
	return restToken(t, f, "admin")
}

type issuedAccount struct {
	Account        uint32
	UserName, Code string
}

const newPassword = "jalak terbang ke sawah"

// staffBody is a person for CreateStaff whose NIK ends in n.
func staffBody(name string, n int, roles string) string {
	return fmt.Sprintf(`{"person":{"fullName":%q,"notCivilServant":true,"nik":"32040541019%05d","position":"Perawat","mobile":"081234567890","email":"x@y.example"},"roles":[%s]}`, name, n, roles)
}

func createStaff(t *testing.T, f *Field, token string, staff ...string) (accounts []issuedAccount, cards string) {
	t.Helper()
	status, data := rest(t, f, "POST", token, "/v1/accounts:createStaff", `{"staff":[`+strings.Join(staff, ",")+`]}`)
	var out struct {
		Accounts  []issuedAccount
		CardsHTML string `json:"cardsHtml"`
	}
	if status != 200 || json.Unmarshal(data, &out) != nil {
		t.Fatalf("create staff: %d %s", status, data)
	}
	return out.Accounts, out.CardsHTML
}

func activate(t *testing.T, f *Field, a issuedAccount, n int) {
	t.Helper()
	restPost(t, f, "", "/v1/accounts:activate", fmt.Sprintf(`{"userName":%q,"code":%q,"nik":"32040541019%05d","newPassword":%q}`,
		strings.ToUpper(a.UserName), strings.ToLower(strings.ReplaceAll(a.Code, "-", " ")), n, newPassword))
}

func TestAnAdministratorMakesAllStaffInOneGoAndEachActivatesAlone(t *testing.T) {
	onEachEngine(t, 1, anAdministratorMakesAllStaff)
}

func anAdministratorMakesAllStaff(t *testing.T, f *Field) {
	admin := administrator(t, f)
	staff, cards := createStaff(t, f, admin,
		staffBody("Rina Wijaya", 1, `"ROLE_SURVEYOR","ROLE_SUPERVISOR"`), staffBody("Rina Wijaya", 2, `"ROLE_SURVEYOR"`), staffBody("dr. Budi", 3, `"ROLE_PUSKESMAS_HEAD"`))
	if len(staff) != 3 || staff[0].UserName != "rina.wijaya" || staff[1].UserName != "rina.wijaya2" {
		t.Fatalf("issued %+v", staff)
	}
	for _, a := range staff {
		if !strings.Contains(cards, a.Code) || strings.Count(cards, "<svg") != 3 {
			t.Errorf("the cards lack %s", a.UserName)
		}
	}
	// All or none: a person who has an account, a role that is not hers to give.
	for _, bad := range []struct {
		body string
		want int
	}{
		{staffBody("Rina", 2, `"ROLE_SURVEYOR"`), 409}, {staffBody("Lain", 9, `"ROLE_PUSKESMAS_ADMINISTRATOR"`), 403},
		{staffBody("Lain", 9, `"ROLE_DISTRICT"`), 403}, {strings.Replace(staffBody("Lain", 9, `"ROLE_SURVEYOR"`), "32040", "3204", 1), 400},
	} {
		status, data := rest(t, f, "POST", admin, "/v1/accounts:createStaff", `{"staff":[`+staffBody("Baru", 8, `"ROLE_SURVEYOR"`)+`,`+bad.body+`]}`)
		if status != bad.want || bad.want != 403 && !bytes.Contains(data, []byte("staff[1]")) {
			t.Errorf("%s: %d %s", bad.body, status, data)
		}
	}
	// Before activation nobody signs in; without code or NIK nobody activates.
	if status, _ := rest(t, f, "POST", "", "/v1/auth:signIn", `{"userName":"rina.wijaya","password":"`+newPassword+`"}`); status != 401 {
		t.Errorf("a waiting account signs in: %d", status)
	}
	wrong := func(code string, nik int) {
		body := fmt.Sprintf(`{"userName":"rina.wijaya","code":%q,"nik":"32040541019%05d","newPassword":"bukan %s"}`, code, nik, newPassword)
		if status, data := rest(t, f, "POST", "", "/v1/accounts:activate", body); status != 401 || !bytes.Contains(data, []byte("ACTIVATION_FAILED")) {
			t.Errorf("activated with %s %d: %d %s", code, nik, status, data)
		}
	}
	wrong(staff[0].Code, 2)
	wrong(staff[1].Code, 1)
	weak := fmt.Sprintf(`{"userName":"rina.wijaya","code":%q,"nik":"3204054101900001","newPassword":"rinawijaya1990"}`, staff[0].Code)
	if status, data := rest(t, f, "POST", "", "/v1/accounts:activate", weak); status != 400 || !bytes.Contains(data, []byte("WEAK_PASSWORD")) {
		t.Errorf("a weak password: %d %s", status, data)
	}
	activate(t, f, staff[0], 1)
	wrong(staff[0].Code, 1) // used
	var self struct{ Account struct{ Roles []string } }
	restGet(t, f, passwordToken(t, f, "rina.wijaya", newPassword), "/v1/auth/self", &self)
	if len(self.Account.Roles) != 2 {
		t.Errorf("roles %v", self.Account.Roles)
	}
	// Lists show the last digits alone.
	status, data := rest(t, f, "GET", admin, "/v1/accounts", "")
	if status != 200 || bytes.Contains(data, []byte("320405410190")) || !bytes.Contains(data, []byte(`"nikLastDigits":"0001"`)) ||
		!bytes.Contains(data, []byte("ACCOUNT_STATUS_WAITING")) {
		t.Errorf("list: %d %s", status, data)
	}
	status, data = rest(t, f, "GET", admin, "/v1/accessReview", "")
	if status != 200 || !bytes.Contains(data, []byte("ACCESS_REMARK_COLLECTS_AND_REVIEWS")) || !bytes.Contains(data, []byte("ACCESS_REMARK_WITHOUT_AREA")) {
		t.Errorf("review: %d %s", status, data)
	}
}

func passwordToken(t *testing.T, f *Field, user, password string) string {
	t.Helper()
	status, data := rest(t, f, "POST", "", "/v1/auth:signIn", `{"userName":"`+user+`","password":"`+password+`"}`)
	var out struct{ AccessToken string }
	if status != 200 || json.Unmarshal(data, &out) != nil {
		t.Fatalf("sign in %s: %d %s", user, status, data)
	}
	return out.AccessToken
}

func TestADisabledAccountsOpenStreamEndsAndItsWorkIsNotLost(t *testing.T) {
	onEachEngine(t, 1, aDisabledAccountsOpenStreamEnds)
}

func aDisabledAccountsOpenStreamEnds(t *testing.T, f *Field) {
	admin := administrator(t, f)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	stream := openStream(t, f, "surveyor1")
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(1, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	pending, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/v1/accounts/%d", f.Surveyors[0].Account)
	restPost(t, f, admin, path+":disable", `{}`)
	select {
	case err := <-stream:
		if reason := reasonOf(err); reason != "ACCOUNT_DISABLED" {
			t.Errorf("the stream ended with %q: %v", reason, err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the stream is still open after a minute")
	}
	var refused *clientsdk.ServerError
	if _, err := u.Sync(t.Context(), nil); !errors.As(err, &refused) || refused.Reason != "ACCOUNT_DISABLED" {
		t.Fatalf("a disabled account syncs: %v", err)
	}
	if n, err := u.Counts(t.Context()); err != nil || n.Pending != pending.Pending {
		t.Errorf("on the device: %+v, %v", n, err)
	}
	// A supervisor sees the work and admits it.
	supervisor := restToken(t, f, "supervisor")
	admitAll(t, f, supervisor, pending.Pending)
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != 1 || found.Changes != pending.Pending {
		t.Errorf("at the server: %+v, %v", found, err)
	}
	// Enabled again the device needs the password once, and all is there once.
	restPost(t, f, admin, path+":enable", `{}`)
	if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
		t.Errorf("after it was enabled: %v", err)
	}
	if err := u.SignInAgain(t.Context(), f.Password); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if n, err := u.Counts(t.Context()); err != nil || n.Pending != 0 || n.Applied != pending.Pending {
		t.Errorf("at the end: %+v, %v", n, err)
	}
}

func admitAll(t *testing.T, f *Field, supervisor string, want int) {
	t.Helper()
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, supervisor, "/v1/quarantine?pageSize=100", &list)
	if len(list.Changes) != want {
		t.Fatalf("quarantine holds %d, want %d", len(list.Changes), want)
	}
	for _, x := range list.Changes {
		restPost(t, f, supervisor, "/v1/quarantine/"+x.ChangeID+":decide", `{"admit":true}`)
	}
}

func TestAfterAForgottenPasswordTheOutboxIsDeliveredAndNothingIsLost(t *testing.T) {
	onEachEngine(t, 1, afterAForgottenPasswordNothingIsLost)
}

func afterAForgottenPasswordNothingIsLost(t *testing.T, f *Field) {
	admin := administrator(t, f)
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	g := NewGenerator(7, 320405, time.Now())
	interview := func() {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	interview()
	mustSync(t, u)
	interview()
	// A half-filled family, too: no round, no members.
	if _, _, err := u.StartFamily(t.Context(), village(t, u), "001/002", g.Family().Family); err != nil {
		t.Fatal(err)
	}
	pending, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	status, data := rest(t, f, "POST", admin, fmt.Sprintf("/v1/accounts/%d:reissueCode", f.Surveyors[0].Account), `{}`)
	var out struct{ Issued issuedAccount }
	if status != 200 || json.Unmarshal(data, &out) != nil || bytes.Contains(data, []byte(f.Password)) {
		t.Fatalf("reissue: %d %s", status, data)
	}
	if err := c.Activate(t.Context(), clientsdk.Activation{UserName: "surveyor1", Code: out.Issued.Code, NewPassword: newPassword}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(t.Context(), "surveyor1", newPassword); !errors.Is(err, clientsdk.ErrWrongPassword) {
		t.Fatalf("the data open under a password they don't know: %v", err)
	}
	// A stranger with the device can't: the account's password is asked first.
	if _, _, err := c.Recover(t.Context(), "surveyor1", "bukan kata sandinya"); !errors.Is(err, clientsdk.ErrWrongPassword) {
		t.Fatalf("recovered with a wrong password: %v", err)
	}
	u, r, err := c.Recover(t.Context(), "surveyor1", newPassword)
	if err != nil || r.Changes != pending.Pending || r.Received != pending.Pending || r.SetAside != "" {
		t.Fatalf("recovered %+v of %d, %v", r, pending.Pending, err)
	}
	defer func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	}()
	if u.Loss() != nil {
		t.Errorf("a loss is told: %+v", u.Loss())
	}
	mustSync(t, u)
	if _, n := u.Families(clientsdk.Query{}); n != 1 {
		t.Errorf("%d families came back", n)
	}
	admitAll(t, f, restToken(t, f, "supervisor"), pending.Pending)
	mustSync(t, u)
	if _, n := u.Families(clientsdk.Query{}); n != 3 {
		t.Errorf("%d families after the decision", n)
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != 3 || len(found.Differences) > 0 {
		t.Errorf("at the server: %+v, %v", found, err)
	}
	// The device is the same one, and nothing of the old data lies about.
	var devices struct{ Devices []struct{ Device uint32 } }
	restGet(t, f, admin, fmt.Sprintf("/v1/accounts/%d/devices", f.Surveyors[0].Account), &devices)
	if len(devices.Devices) != 1 {
		t.Errorf("devices %+v", devices)
	}
	left, err := filepath.Glob(filepath.Join(f.options.Dir, "device-surveyor1", "*.lama-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db")); err != nil {
		t.Error(err)
	}
}

func TestADisabledAccountGetsNoCode(t *testing.T) {
	f := newField(t, 1, nil)
	admin := administrator(t, f)
	staff, _ := createStaff(t, f, admin, staffBody("Rina Wijaya", 1, `"ROLE_SURVEYOR"`))
	path := fmt.Sprintf("/v1/accounts/%d", staff[0].Account)
	restPost(t, f, admin, path+":disable", `{}`)
	if status, data := rest(t, f, "POST", admin, path+":reissueCode", `{}`); status != 400 || !bytes.Contains(data, []byte("dinonaktifkan")) {
		t.Errorf("a card that can't be used: %d %s", status, data)
	}
	restPost(t, f, admin, path+":enable", `{}`)
	restPost(t, f, admin, path+":reissueCode", `{}`)
}
