package field

import (
	"fmt"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// A supervisor who also collects has own work in the queue that nobody takes out for them:
// the desk pages past it to what they may judge.
func TestTheDeskPagesPastOwnWork(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	supervisor, surveyor := signIn(t, f, "supervisor"), signIn(t, f, "surveyor1")
	for _, u := range []*clientsdk.User{supervisor, surveyor} {
		mustSync(t, u)
		if _, err := u.Submit(t.Context(), interviewed(t, u, uint64(u.Account().GetNumber()), 5), ""); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
	}
	p := startApp(t, f, nil)
	p.enter(f, "supervisor")
	for _, desk := range []struct {
		page *page
		path string
	}{{p, "/v1/app/review/queue"}, {onLine(t, f, f.Supervisor), "/v1/review/queue"}} {
		met, mine, token := map[string]bool{}, 0, ""
		for range 20 {
			list := desk.page.get(fmt.Sprintf("%s?pageSize=2&pageToken=%s", desk.path, token))
			for _, item := range list["items"].([]any) {
				met[item.(map[string]any)["family"].(map[string]any)["familyId"].(string)] = true
				if item.(map[string]any)["mayJudge"] == true {
					mine++
				}
			}
			if token, _ = list["nextPageToken"].(string); token == "" {
				break
			}
		}
		if len(met) != 10 || mine != 5 {
			t.Errorf("%s: %d families, of which %d may be judged", desk.path, len(met), mine)
		}
	}
}
