package field

import (
	"net/http"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
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

// A family that was returned, and then merged into another, is nobody's to correct.
func TestAReturnedFamilyThatIsMergedAwayIsReturnedNoMore(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		token := restToken(t, f, "supervisor")
		submitted := func() queueItem {
			t.Helper()
			if _, err := u.Submit(t.Context(), []clientsdk.ID{other}, ""); err != nil {
				t.Fatal(err)
			}
			mustSync(t, u)
			return reviewQueue(t, f, token, "")[other.String()]
		}
		if status, body := judge(t, f, token, other.String(), "RETURNED", submitted().Digest, `,"note":"periksa"`); status != http.StatusOK {
			t.Fatal(status, body)
		}
		mustSync(t, s)
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		mustSync(t, u)
		if x, ok := u.Summary(other); !ok || x.Review != ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED {
			t.Errorf("on the surveyor's device it is %v", x.Review)
		}
		if err := f.Server.Board().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, body := rest(t, f, "GET", token, "/v1/areas/32.04.05.2001/progress", ""); !strings.Contains(string(body), `"families":"1"`) || strings.Contains(string(body), `"returned":"1"`) {
			t.Errorf("%s", body)
		}
		if verified, err := server.Verify(t.Context(), f.Store, f.Server.Services().Vault.Ring(), nil); err != nil || len(verified.Differences) > 0 {
			t.Errorf("recomputed: %v, %+v", err, verified)
		}
	})
}
