package field

import (
	"fmt"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestPusdatinShutsOutWhereNobodyAdministers(t *testing.T) {
	onEachEngine(t, 2, pusdatinShutsOut)
}

func pusdatinShutsOut(t *testing.T, f *Field) {
	admin := administrator(t, f)
	if err := f.AddOffice(t.Context(), "pusat", ksv1.Role_ROLE_NATIONAL, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, signIn(t, f, "surveyor1"))
	national := restToken(t, f, "pusat")
	var self struct{ Account struct{ Number uint32 } }
	restGet(t, f, admin, "/v1/auth/self", &self)
	of := func(account uint32) string { return fmt.Sprintf("/v1/accounts/%d", account) }
	surveyor := f.Surveyors[0].Account
	want := func(when string, path string, want int) {
		t.Helper()
		if status, data := rest(t, f, "POST", national, path, `{}`); status != want {
			t.Errorf("%s: %s: %d %s, want %d", when, path, status, data, want)
		}
	}
	for _, deed := range []string{of(surveyor) + ":disable", "/v1/devices/1:revoke"} {
		want("while somebody administers", deed, 404)
	}
	restPost(t, f, national, of(self.Account.Number)+":disable", `{}`)
	want("a code", of(surveyor)+":reissueCode", 403)
	want("a lost device", "/v1/devices/1:revoke", 200)
	want("who has gone", of(surveyor)+":disable", 200)
	if entries := auditEntries(t, f, national, "kind=AUDIT_KIND_ADMINISTER&pageSize=50"); len(entries) < 4 {
		t.Errorf("the audit trail has %d entries", len(entries))
	}
	want("the administrator again", of(self.Account.Number)+":enable", 200)
	want("when somebody administers again", of(f.Surveyors[1].Account)+":disable", 404)
}
