package field

import (
	"net/http"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Who makes two families one may judge what is made of them, but not their own work in it.
func TestWhoseWorkGoesOverByAMergeDoesNotJudgeIt(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		mustSync(t, s)
		kept, other := twoFamilies(t, u)
		third, err := Interview(t.Context(), s, village(t, s), "001/001", NewGenerator(7, 320405, time.Now()).FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Submit(t.Context(), []clientsdk.ID{kept}, ""); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		mustSync(t, s)
		token := restToken(t, f, "supervisor")
		judged := func(want int) {
			t.Helper()
			item := reviewQueue(t, f, token, "")[kept.String()]
			status, body := judge(t, f, token, kept.String(), "APPROVED", item.Digest, "")
			if status != want || item.MayJudge != (want == http.StatusOK) || want != http.StatusOK && !strings.Contains(body, "OWN_WORK") {
				t.Errorf("may judge: %t; %d %s", item.MayJudge, status, body)
			}
		}
		united := func(gone clientsdk.ID) {
			t.Helper()
			if status, body := mergeInto(t, f, gone, kept); status != http.StatusOK {
				t.Fatal(status, body)
			}
		}
		united(other)
		judged(http.StatusOK)
		united(third)
		judged(http.StatusConflict)
		// Submitted again it is no less theirs.
		mustSync(t, u)
		if _, err := u.Submit(t.Context(), []clientsdk.ID{kept}, ""); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		judged(http.StatusConflict)
	})
}
