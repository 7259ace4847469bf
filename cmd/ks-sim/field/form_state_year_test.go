package field

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// many2018 are families imported of a day: every second one is complete.
func many2018(day string, families int) string {
	head, budi, _ := strings.Cut(alone2018, "\n")
	var b strings.Builder
	b.WriteString(head + "\n")
	for i := range families {
		row := strings.NewReplacer("K1,2018-02-03", fmt.Sprintf("K%d,%s", i, day), "R1,", fmt.Sprintf("R%d,", i), "M1,", fmt.Sprintf("M%d,", i)).Replace(budi)
		if i%2 == 1 {
			row = strings.Replace(row, "Budi,T,", "Budi,,", 1)
		}
		b.WriteString(row)
	}
	return b.String()
}

// What an import tells of an earlier year is nobody's finished work of today: the families
// are to be surveyed this year, and a list that is cut tells how many there are.
func TestImportedSurveysOfAnEarlierYearAreToBeDoneAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	load(t, f, many2018("2018-05-17", 120), 0)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	day := p.get("/v1/app/today")
	if day["complete"] != nil || day["unfinished"] != nil || day["completeTotal"] != nil || day["unfinishedTotal"] != nil {
		t.Errorf("finished or begun today: %v, %v", day["completeTotal"], day["unfinishedTotal"])
	}
	if rest, _ := day["rest"].([]any); len(rest) != 100 || day["restTotal"] != 120.0 {
		t.Errorf("to be surveyed: %d listed, %v in all", len(rest), day["restTotal"])
	}
}

// An import of this year is surveyed, and not to be submitted; who is approved is to be
// surveyed again in the next year, what was collected here in December is to be submitted.
func TestANewSurveyYearBegins(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	load(t, f, many2018(now().In(area.WIB).Format("2006")+"-01-01", 1), 0)
	p := startApp(t, f, now)
	p.enter(f, "surveyor1")
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	g := NewGenerator(3, 320405, now())
	var own []clientsdk.ID
	for range 2 {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, id)
	}
	if _, err := u.Submit(t.Context(), own[:1], ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, s)
	if _, err := s.Approve(t.Context(), own[0]); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	p.sync()
	office := onLine(t, f, f.Supervisor)
	stand := func(what string, want map[string]string) {
		t.Helper()
		for name, page := range map[string]*page{"device": p, "server": office} {
			got := map[string]string{}
			for _, h := range page.post("/v1/forms:search", map[string]any{}, http.StatusOK)["households"].([]any) {
				line := h.(map[string]any)
				id, state := line["familyId"].(string), line["state"].(string)
				switch id {
				case own[0].String():
					got["approved"] = state
				case own[1].String():
					got["collected"] = state
				default:
					got["imported"] = state
				}
				if form := page.get("/v1/forms/" + id)["form"].(map[string]any); form["state"] != state {
					t.Errorf("%s, %s: listed %v, its form says %v", what, name, state, form["state"])
				}
			}
			for family, state := range want {
				if got[family] != state {
					t.Errorf("%s, %s: %s is %v, want %v", what, name, family, got[family], state)
				}
			}
		}
	}
	thisYear := map[string]string{
		"approved": ksv1.FormState_FORM_STATE_APPROVED.String(), "collected": ksv1.FormState_FORM_STATE_COMPLETE.String(), "imported": ksv1.FormState_FORM_STATE_SURVEYED.String(),
	}
	stand("this year", thisYear)
	next := time.Date(now().In(area.WIB).Year()+1, 1, 1, 0, 0, 0, 0, area.WIB)
	later := func(at time.Time) {
		ahead.Store(int64(time.Until(at)))
		p.enter(f, "surveyor1")
		office = onLine(t, f, f.Supervisor)
	}
	later(next.Add(-90 * time.Minute))
	stand("on its last evening, when the next has begun in the east", thisYear)
	later(next.Add(10 * time.Hour))
	stand("in January of the next", map[string]string{
		"approved": ksv1.FormState_FORM_STATE_NOT_VISITED.String(), "collected": ksv1.FormState_FORM_STATE_COMPLETE.String(), "imported": ksv1.FormState_FORM_STATE_NOT_VISITED.String(),
	})
}
