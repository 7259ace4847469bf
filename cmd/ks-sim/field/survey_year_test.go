package field

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// yearIndex is what a test reads of an area's index.
type yearIndex struct {
	Index struct {
		Surveyed   string
		SurveyYear int
	}
	SurveyYears []int
}

func TestFiguresAreAskedByTheRoundsOfOneYear(t *testing.T) {
	onEachEngine(t, 2, figuresAreAskedByTheRoundsOfOneYear)
}

func figuresAreAskedByTheRoundsOfOneYear(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	// The day is one on which no year ends anywhere meanwhile.
	last := time.Date(time.Now().Year()-1, 5, 17, 0, 0, 0, 0, time.UTC)
	for families, day := range map[int]time.Time{3: last, 2: last.AddDate(-2, 0, 0)} {
		g := NewGenerator(uint64(families), 320405, day)
		for range families {
			if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
				t.Fatal(err)
			}
		}
	}
	mustSync(t, u)
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.AddOffice(t.Context(), "dinas", ksv1.Role_ROLE_DISTRICT, "32.04"); err != nil {
		t.Fatal(err)
	}
	token := restToken(t, f, "dinas")
	ask := func(path string) (x yearIndex) {
		restGet(t, f, token, path, &x)
		return x
	}
	for _, of := range []string{"/v1/areas/32.04/index", "/v1/areas/32.04.05/index", "/v1/puskesmas/" + PuskesmasCode + "/index", "/v1/areas/32.04.05.2001~001~001/index"} {
		for year, want := range map[int]string{0: "5", last.Year(): "3", last.Year() - 1: "0", last.Year() - 2: "2"} {
			if got := ask(fmt.Sprintf("%s?surveyYear=%d", of, year)); got.Index.Surveyed != want || got.Index.SurveyYear != year {
				t.Errorf("%s in %d: %+v, want %s", of, year, got, want)
			}
		}
		if got := ask(of).SurveyYears; !slices.Equal(got, []int{last.Year() - 2, last.Year()}) {
			t.Errorf("%s: surveyed in %v", of, got)
		}
	}
	for _, path := range []string{
		"/v1/areas/32.04/index?surveyYear=2015", "/v1/areas/32.04/trend?surveyYear=2100", "/v1/areas/32.04/change?surveyYear=2015",
		// The year after the next, be it the last evening of a year, too.
		fmt.Sprintf("/v1/areas/32.04/index?surveyYear=%d", last.Year()+4),
		"/v1/areas/32.04/priorities?surveyYear=12", "/v1/exports/figures?area=32.04&surveyYear=2015&kind=FIGURES_KIND_TREND_BY_DAY",
		"/v1/exports/figures?area=32.04&surveyYear=2025&kind=FIGURES_KIND_PROGRESS",
	} {
		if status, body := rest(t, f, http.MethodGet, token, path, ""); status != http.StatusBadRequest || !strings.Contains(string(body), "surve") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	yearsInAFile(t, f, token, last.Year())
	yearsByDay(t, f, token, last.Year())
	anEarlierStoreIsCounted(t, f, village(t, u), last.Year())
}

// anEarlierStoreIsCounted makes the village one from before survey years were kept, and
// starts the server again: until it is counted, who asks is told to come again.
func anEarlierStoreIsCounted(t *testing.T, f *Field, number uint32, year int) {
	t.Helper()
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, number, func(v store.VillageTx) error {
			c := &store.Commit{Village: v.Village()}
			c.Village.Years, c.Village.YearsMissing = "", true
			return v.Apply(ctx, c)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(t.Context(), f.Address); err != nil {
		t.Fatal(err)
	}
	token := restToken(t, f, "dinas")
	path := fmt.Sprintf("/v1/areas/32.04/index?surveyYear=%d", year)
	status, body := rest(t, f, http.MethodGet, token, path, "")
	if status != http.StatusOK && (status != http.StatusServiceUnavailable || !strings.Contains(string(body), "YEARS_UNCOUNTED")) {
		t.Errorf("while it may be counting: %d %s", status, body)
	}
	waitForYears(t, f)
	if status, body = rest(t, f, http.MethodGet, token, path, ""); status != http.StatusOK || !strings.Contains(string(body), `"surveyed":"3"`) {
		t.Errorf("counted otherwise: %d %s", status, body)
	}
}

// waitForYears waits until no village is to be counted any more.
func waitForYears(t *testing.T, f *Field) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if err := f.Server.Board().Refresh(ctx); err != nil {
			t.Fatalf("villages %v are still to be counted: %v", f.Server.Board().Uncounted(), err)
		}
		if len(f.Server.Board().Uncounted()) == 0 {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// yearsByDay holds that trend, change and past days of a year are those of its rounds.
func yearsByDay(t *testing.T, f *Field, token string, year int) {
	t.Helper()
	var trend struct {
		Points []struct {
			Surveyed, Day string
			SurveyYear    int
		}
		LeftOut int
	}
	restGet(t, f, token, fmt.Sprintf("/v1/areas/32.04/trend?surveyYear=%d", year), &trend)
	if n := len(trend.Points); n != 31 || trend.LeftOut != 0 || trend.Points[n-1].Surveyed != "3" || trend.Points[0].Surveyed != "0" || trend.Points[0].SurveyYear != year {
		t.Errorf("trend of %d: %+v", year, trend)
	}
	var change struct {
		Before, After struct{ Surveyed string }
		Causes        []struct{ Cause string }
	}
	restGet(t, f, token, fmt.Sprintf("/v1/puskesmas/%s/change?surveyYear=%d", PuskesmasCode, year), &change)
	if change.Before.Surveyed != "0" || change.After.Surveyed != "3" || len(change.Causes) != 1 || change.Causes[0].Cause != "CHANGE_CAUSE_NEW" {
		t.Errorf("change of %d: %+v", year, change)
	}
	day := trend.Points[0].Day
	var then yearIndex
	restGet(t, f, token, fmt.Sprintf("/v1/areas/32.04.05/index?surveyYear=%d&day=%s", year, day), &then)
	if then.Index.Surveyed != "0" || then.Index.SurveyYear != year {
		t.Errorf("on %s of %d: %+v", day, year, then)
	}
	rows := takeFile(t, f, "GET", "Bearer "+token, fmt.Sprintf("/v1/exports/figures?area=32.04&kind=FIGURES_KIND_TREND_BY_MONTH&surveyYear=%d", year), "").csv(t)
	if n := len(rows); n < 12 || rows[n-1]["terdata"] != "3" || rows[n-1]["tahun_survei"] != fmt.Sprint(year) || rows[n-1]["desa_belum_terhitung"] != "0" {
		t.Errorf("trend by month of %d: %v", year, rows)
	}
}

// yearsInAFile holds that files and lists of a year say of which it is.
func yearsInAFile(t *testing.T, f *Field, token string, year int) {
	rows := takeFile(t, f, "GET", "Bearer "+token, fmt.Sprintf("/v1/exports/figures?area=32.04.05&surveyYear=%d", year), "").csv(t)
	if len(rows) == 0 || rows[0]["tahun_survei"] != fmt.Sprint(year) {
		t.Errorf("rows of %d: %v", year, rows)
	}
	rows = takeFile(t, f, "GET", "Bearer "+token, "/v1/exports/figures?area=32.04.05", "").csv(t)
	if len(rows) == 0 || rows[0]["tahun_survei"] != "" {
		t.Errorf("rows of any year: %v", rows)
	}
	var list ksIndexes
	restGet(t, f, token, fmt.Sprintf("/v1/areas/32.04.05/indexes?surveyYear=%d&filter=surveyed%%20%%3E%%200", year), &list)
	if len(list.Indexes) != 1 || list.Indexes[0].Surveyed != "3" {
		t.Errorf("villages surveyed in %d: %+v", year, list)
	}
}
