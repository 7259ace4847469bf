package field

import (
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// The work on a family that was entered twice stays the surveyor's, and counts once.
func TestAMergeMovesNoCreditAndDoublesNoVisit(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		for _, id := range []clientsdk.ID{kept, other} {
			for range 2 {
				if _, err := u.RecordVisit(t.Context(), id, &ksv1.Visit{Date: proto.String("2026-03-01"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME.Enum()}); err != nil {
					t.Fatal(err)
				}
			}
		}
		mustSync(t, u)
		mustSync(t, s)
		before := credited(t, f)
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		after := credited(t, f)
		if b, a := before["Pembina Keluarga 1"], after["Pembina Keluarga 1"]; b.VisitsNotAtHome != "4" || a.VisitsNotAtHome != "4" || a.Surveyed != "1" {
			t.Errorf("the surveyor had %+v, has %+v", b, a)
		}
		if len(after) != 1 {
			t.Errorf("work is whose it was not: %+v", after)
		}
		if verified, err := server.Verify(t.Context(), f.Store, f.Server.Services().Vault.Ring(), nil); err != nil || len(verified.Differences) > 0 {
			t.Errorf("recomputed: %v, %+v", err, verified)
		}
	})
}

type credit struct{ Surveyed, VisitsNotAtHome string }

func credited(t *testing.T, f *Field) map[string]credit {
	t.Helper()
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Surveyors []struct {
			Name string
			credit
		}
	}
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/progress/surveyors", &out)
	byName := map[string]credit{}
	for _, s := range out.Surveyors {
		byName[s.Name] = s.credit
	}
	return byName
}
