package field

import (
	"net/http"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// A surveyor in Papua makes files at half past midnight, on a device that is set to another
// zone.
func TestABackupFileIsNamedByTheDayWhereTheUserWorks(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	const village = "94.71.01.1001"
	err := f.AddPuskesmas(t.Context(), store.Puskesmas{Code: "P9471010101", Name: "Puskesmas Papua", District: "94.71", Villages: []string{village}},
		[]store.Area{{Code: "94", Name: "Papua"}, {Code: "94.71", Name: "Jayapura"}, {Code: "94.71.01", Name: "Utara"}, {Code: village, Name: "Bayangkara"}})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().UTC().AddDate(0, 0, -1)
	now := time.Date(day.Year(), day.Month(), day.Day(), 15, 30, 0, 0, time.UTC).In(time.FixedZone("", -11*60*60))
	p := startApp(t, f, func() time.Time { return now })
	const name = "surveyor-p9471010101"
	p.enter(f, name)
	p.begin(village)
	want := "cadangan-" + name + "-" + day.AddDate(0, 0, 1).Format("20060102") + "-0030.ksb"
	export := func(as string) {
		t.Helper()
		if got := p.post("/v1/app:exportBackup", map[string]any{"userName": name}, http.StatusOK)["fileName"]; got != want {
			t.Errorf("%s: %v, want %s", as, got, want)
		}
	}
	export("open")
	p.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	export("locked")
}
