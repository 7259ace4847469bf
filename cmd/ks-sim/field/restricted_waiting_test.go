package field

import (
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// A split that waits for a supervisor is filed under a family that is not there yet. Of a
// restricted family's people it tells nobody, whether it came before the restriction or after;
// lifted, it can be decided on.
func TestASplitOfARestrictedFamilyThatWaitsIsNotShown(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"restricted before it came": true, "restricted while it waits": false} {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) { waitingSplitIsNotShown(t, f, before) })
		})
	}
}

func waitingSplitIsNotShown(t *testing.T, f *Field, before bool) {
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	of, members := household(t, u)
	mustSync(t, s)
	name := people(t, u, of)[3]
	made := split(t, u, of, members[3])
	saveName(t, u, made, name+" Wati")
	ps, ctx := personService(t, f), store.AsOperator(t.Context())
	restrict := func(restricted bool) {
		t.Helper()
		found, err := ps.Find(ctx, person.Selector{Family: of})
		if err == nil {
			err = ps.Restrict(ctx, found, restricted)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	assignedElsewhere(t, f, 0)
	if before {
		restrict(true)
	}
	mustSync(t, u)
	waiting := waitingChanges(t, f)
	if !before {
		if len(waiting) == 0 {
			t.Fatal("nothing waits")
		}
		restrict(true)
	}
	token := restToken(t, f, "supervisor")
	if _, body := rest(t, f, "GET", token, "/v1/quarantine", ""); strings.Contains(string(body), name) {
		t.Errorf("what waits shows %q: %s", name, clip(body))
	}
	for _, c := range waiting {
		if status, body := rest(t, f, "POST", token, "/v1/quarantine/"+c.ChangeID+":decide", `{"admit":true,"note":"ok"}`); status != 404 {
			t.Errorf("what waits is decided on: %d %s", status, clip(body))
		}
	}
	mustSync(t, s)
	if _, ok := s.Summary(made); ok {
		t.Error("the supervisor's device holds the family")
	}
	restrict(false)
	if _, body := rest(t, f, "GET", token, "/v1/quarantine", ""); !strings.Contains(string(body), name) {
		t.Errorf("lifted, what waits does not show %q: %s", name, clip(body))
	}
	decideAll(t, f, true)
	if status, body := rest(t, f, "GET", token, "/v1/families/"+made.String(), ""); status != 200 || !strings.Contains(string(body), name) {
		t.Errorf("lifted and admitted: %d %s", status, clip(body))
	}
}
