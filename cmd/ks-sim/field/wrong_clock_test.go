package field

import (
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

const year = 365 * 24 * time.Hour

// wrongClock is a surveyor on a device that has synced and is off line since, at a fixed
// instant. Its clock is off the server's by what offset holds.
type wrongClock struct {
	f      *Field
	u      *clientsdk.User
	now    time.Time
	offset atomic.Int64
}

func newWrongClock(t *testing.T, off time.Duration) *wrongClock {
	t.Helper()
	w := &wrongClock{now: time.Now()}
	w.offset.Store(int64(off))
	var err error
	if w.f, err = New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: func() time.Time { return w.now }}); err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := w.f.Close(); err != nil {
			t.Error(err)
		}
	})
	w.u = withClock(t, w.f, func() time.Time { return w.now.Add(time.Duration(w.offset.Load())) })
	mustSync(t, w.u)
	return w
}

// day is a day from today on, where the user works.
func (w *wrongClock) day(days int) string {
	return w.now.In(area.WIB).AddDate(0, 0, days).Format(time.DateOnly)
}

// own is the day by the device's own clock.
func (w *wrongClock) own() string {
	return w.now.Add(time.Duration(w.offset.Load())).In(area.WIB).Format(time.DateOnly)
}

// told are the findings about the clock of a save of a survey date, and the refused ones.
func (w *wrongClock) told(t *testing.T, date string) (id clientsdk.ID, codes, refused []string) {
	t.Helper()
	id, _, err := w.u.StartFamily(t.Context(), village(t, w.u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.u.SaveRound(t.Context(), id, w.u.NewID(), &ksv1.Round{SurveyDate: proto.String(date)}, nil)
	var wrong *clientsdk.ValidationError
	if err != nil && !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	if wrong != nil {
		return id, nil, clockCodes(wrong.Findings)
	}
	return id, clockCodes(found), nil
}

func clockCodes(list []clientsdk.Finding) (codes []string) {
	for _, f := range list {
		if code := f.Code.String(); code == "SURVEY_IN_FUTURE" || code == "SURVEY_OFF_CLOCK" {
			codes = append(codes, code)
		}
	}
	return codes
}

func TestADeviceWithAWrongClockTakesTheTrueDate(t *testing.T) {
	t.Parallel()
	for what, off := range map[string]time.Duration{"2 years behind": -2 * year, "2 days behind": -48 * time.Hour, "2 days ahead": 48 * time.Hour, "2 years ahead": 2 * year} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWrongClock(t, off)
			if day, err := w.u.Today(t.Context()); err != nil || day != w.day(0) {
				t.Errorf("today is %s, want %s: %v", day, w.day(0), err)
			}
			id, codes, refused := w.told(t, w.day(0))
			if len(codes)+len(refused) > 0 {
				t.Errorf("of the true date it says %v, refuses %v", codes, refused)
			}
			member := func(born string) (clientsdk.ID, error) {
				m := w.u.NewID()
				_, err := w.u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: m}, Set: &ksv1.Member{
					Name: proto.String("Ani"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), BirthDate: proto.String(born)}})
				return m, err
			}
			if _, err := member(w.day(-90)); err != nil {
				t.Errorf("who was born three months ago: %v", err)
			}
			ani, err := member("1980-01-01")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.u.SplitFamily(t.Context(), id, clientsdk.Split{Members: []clientsdk.ID{ani}, Since: w.day(0)}); err != nil {
				t.Errorf("a split from today on: %v", err)
			}
		})
	}
}

func TestADateThatOnlyAWrongClockHasIsTold(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		off  time.Duration
		want []string
	}{
		"2 years behind": {-2 * year, []string{"SURVEY_OFF_CLOCK"}},
		"2 days behind":  {-48 * time.Hour, []string{"SURVEY_OFF_CLOCK"}},
		"2 days ahead":   {48 * time.Hour, []string{"SURVEY_IN_FUTURE", "SURVEY_OFF_CLOCK"}},
		"2 years ahead":  {2 * year, []string{"SURVEY_IN_FUTURE", "SURVEY_OFF_CLOCK"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWrongClock(t, c.off)
			id, codes, refused := w.told(t, w.own())
			if !slices.Equal(codes, c.want) || len(refused) > 0 {
				t.Errorf("it says %v, refuses %v, want %v", codes, refused, c.want)
			}
			if _, _, refused := w.told(t, w.day(3*366)); !slices.Contains(refused, "SURVEY_IN_FUTURE") {
				t.Error("what is ahead of both clocks is not refused")
			}
			if _, err := w.u.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
				t.Fatal(err)
			}
			mustSync(t, w.u)
			supervisor := signInOn(t, deviceOf(t, w.f, "supervisor"), w.f, w.f.Supervisor)
			mustSync(t, supervisor)
			v, err := supervisor.ReviewFamily(t.Context(), id)
			if err != nil || !slices.Equal(clockCodes(v.Findings), c.want) {
				t.Errorf("a reviewer's device says %v, want %v: %v", clockCodes(v.Findings), c.want, err)
			}
		})
	}
}

func TestAClockThatIsSetAfterTheSync(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		synced, then time.Duration
		today        int // days from today
		date         int
		want         []string
	}{
		"set right, was behind": {-2 * year, 0, 0, 0, nil},
		"set right, was ahead":  {2 * year, 0, 0, 0, nil},
		"lost":                  {0, -8 * year, 0, 0, nil},
		"lost, days ago":        {0, -8 * year, 0, 5, []string{"SURVEY_IN_FUTURE", "SURVEY_OFF_CLOCK"}},
		"jumped ahead":          {0, 3 * year, 3 * 365, 3 * 365, []string{"SURVEY_OFF_CLOCK"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWrongClock(t, c.synced)
			w.offset.Store(int64(c.then))
			if day, err := w.u.Today(t.Context()); err != nil || day != w.day(c.today) {
				t.Errorf("today is %s, want %s: %v", day, w.day(c.today), err)
			}
			if _, codes, refused := w.told(t, w.day(c.date)); !slices.Equal(codes, c.want) || len(refused) > 0 {
				t.Errorf("it says %v, refuses %v, want %v", codes, refused, c.want)
			}
		})
	}
}

func TestTheAppTellsItsPagesWhatDayItIs(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, func() time.Time { return time.Now().Add(-2 * year) })
	day := func() string { return time.Now().In(area.WIB).Format(time.DateOnly) }
	before := day()
	p.enter(f, "surveyor1")
	status, today := p.get("/v1/app/status"), p.get("/v1/app/today")
	if after := day(); before == after && (status["today"] != after || today["date"] != after) {
		t.Errorf("today is %v, the day's work of %v, want %s", status["today"], today["date"], after)
	}
	form := p.begin(sample.VillageCodes()[0])
	for date, want := range map[string]bool{day(): false, time.Now().Add(-2 * year).Format(time.DateOnly): true} {
		saved := p.post("/v1/forms/"+form.id+":save", map[string]any{"familyId": form.id, "set": map[string]any{
			"rounds": []any{map[string]any{"roundId": form.spare[0], "round": map[string]any{"surveyDate": date}}}}}, http.StatusOK)
		findings, _ := saved["form"].(map[string]any)["findings"].([]any)
		got := slices.ContainsFunc(findings, func(f any) bool { return f.(map[string]any)["code"] == "SURVEY_OFF_CLOCK" })
		if got != want {
			t.Errorf("of %s the form notices %v", date, findings)
		}
	}
}
