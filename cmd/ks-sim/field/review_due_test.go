package field

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Nobody asks for a family back by a day that is over, in the office or on a device.
func TestAFamilyIsNotAskedBackByADayThatIsOver(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, token := signIn(t, f, "surveyor1"), restToken(t, f, "supervisor")
		mustSync(t, u)
		id := submitted(t, u)
		mustSync(t, u)
		digest := reviewQueue(t, f, token, "")[id.String()].Digest
		for _, due := range []string{"1900-01-01", time.Now().In(area.WIB).AddDate(0, 0, -1).Format(time.DateOnly)} {
			status, body := judge(t, f, token, id.String(), "RETURNED", digest, `,"note":"Periksa alamat","dueDate":"`+due+`"`)
			if status != http.StatusBadRequest || !strings.Contains(body, `"field":"due_date"`) || !strings.Contains(body, "Pilih hari ini atau sesudahnya.") {
				t.Errorf("%s: %d %s", due, status, body)
			}
		}
		boss := signIn(t, f, f.Supervisor)
		mustSync(t, boss)
		var not *clientsdk.ReviewError
		if _, err := boss.Return(t.Context(), id, clientsdk.Return{Note: "Periksa alamat", DueDate: "1900-01-01"}); !errors.As(err, &not) || not.Reason != "DUE_PAST" {
			t.Errorf("on a device: %v", err)
		}
		tomorrow := time.Now().In(area.WIB).AddDate(0, 0, 1).Format(time.DateOnly)
		if status, body := judge(t, f, token, id.String(), "RETURNED", digest, `,"note":"Periksa alamat","dueDate":"`+tomorrow+`"`); status != http.StatusOK {
			t.Errorf("by tomorrow: %d %s", status, body)
		}
	})
}

// What was asked for by a day to come stands so though that is over by the sync; the device tells
// that it is overdue as the server does.
func TestADayNamedWithoutASignalStandsThoughItIsOverByTheSync(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	f, families := actingFor(t, &ahead)
	boss := signIn(t, f, f.Supervisor)
	mustSync(t, boss)
	due := f.options.Now().In(area.WIB).AddDate(0, 0, 1).Format(time.DateOnly)
	if _, err := boss.Return(t.Context(), families[0], clientsdk.Return{Note: "Periksa alamat", DueDate: due}); err != nil {
		t.Fatal(err)
	}
	overdue := func(want bool) {
		t.Helper()
		list, _ := boss.Returned(clientsdk.Query{})
		if len(list) != 1 {
			t.Fatalf("%d are returned", len(list))
		}
		item, err := boss.ReviewItem(t.Context(), &list[0])
		if err != nil || item.GetOverdue() != want || item.GetReview().GetDueDate() != due {
			t.Errorf("on the device: overdue %t, %v; want %t", item.GetOverdue(), err, want)
		}
	}
	overdue(false)
	ahead.Store(int64(72 * time.Hour))
	overdue(true)
	mustSync(t, boss)
	overdue(true)
	var list struct {
		Items []struct {
			Overdue bool
			Review  struct{ DueDate string }
		}
	}
	restGet(t, f, restToken(t, f, "supervisor"), "/v1/review/queue?returned=true", &list)
	if len(list.Items) != 1 || !list.Items[0].Overdue || list.Items[0].Review.DueDate != due {
		t.Errorf("at the server: %+v", list.Items)
	}
}

// At half past midnight in Papua it is yesterday still in WIB: the days that the server names are
// those of the family's village.
func TestTheServerNamesDaysWhereTheFamilyLives(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { _ = f.Close() })
	const papua, supervisor = "94.71.01.1001", "supervisor-p9471010101"
	err = f.AddPuskesmas(t.Context(), store.Puskesmas{Code: "P9471010101", Name: "Puskesmas Papua", District: "94.71", Villages: []string{papua}},
		[]store.Area{{Code: "94", Name: "Papua"}, {Code: "94.71", Name: "Jayapura"}, {Code: "94.71.01", Name: "Utara"}, {Code: papua, Name: "Bayangkara"}})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().UTC().AddDate(0, 0, 1)
	ahead.Store(int64(time.Until(time.Date(day.Year(), day.Month(), day.Day(), 15, 30, 0, 0, time.UTC))))
	here, there := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor-p9471010101")
	mustSync(t, here)
	mustSync(t, there)
	today := day.AddDate(0, 0, 1)

	returned := submitted(t, there)
	mustSync(t, there)
	token := tokenFor(t, f, supervisor)
	item := reviewQueue(t, f, token, "")[returned.String()]
	if status, body := judge(t, f, token, returned.String(), "RETURNED", item.Digest, `,"note":"Periksa alamat"`); status != http.StatusOK {
		t.Fatalf("returned: %d %s", status, body)
	}
	mustSync(t, there)
	review, err := there.Review(t.Context(), returned)
	if want := today.AddDate(0, 0, ingest.DefaultReturnDays).Format(time.DateOnly); err != nil || review.GetDueDate() != want {
		t.Errorf("asked back by %s, want %s, %v", review.GetDueDate(), want, err)
	}

	withCard(t, here, "001/001", 3204051111110009, "Asep")
	moved := withCard(t, there, "001/002", 3204051111110009, "Ujang")
	theirs := awaitDoubles(t, f, supervisor, "a double", states("OPEN"))[0]
	if status, body := decideDouble(t, f, supervisor, theirs, "MOVED", ""); status != http.StatusOK {
		t.Fatalf("moved: %d %s", status, body)
	}
	mustSync(t, there)
	household, err := there.Family(t.Context(), moved)
	if got := household.GetFamily().GetRemoval().GetDate(); err != nil || got != today.Format(time.DateOnly) {
		t.Errorf("moved away on %q, want %s, %v", got, today.Format(time.DateOnly), err)
	}
}
