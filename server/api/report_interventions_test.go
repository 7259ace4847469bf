package api

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Others' reports are being counted, and will be for long: one that is kept needs
// no turn, one that is not waits for one.
func TestAReportThatIsKeptWaitsForNoOther(t *testing.T) {
	t.Parallel()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	const code, village = "P3204050101", "32.04.05.2001"
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		areas := []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: village}}
		centres := []store.Puskesmas{{Code: code, District: "32.04", Villages: []string{village}}}
		return errors.Join(tx.Directory().PutAreas(ctx, areas), tx.Directory().PutPuskesmas(ctx, centres))
	})
	if err != nil {
		t.Fatal(err)
	}
	services := &Services{Store: s, Board: tally.New(s, time.Now)}
	if err := services.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, p, _ := services.Board.FindPuskesmas(code)
	x, counts := &subject{puskesmas: &p}, &services.interventions
	may := period{prokesga.DateOfNumber(20260501), prokesga.DateOfNumber(20260531)}
	if _, err := counts.of(t.Context(), services, x, may); err != nil {
		t.Fatal(err)
	}
	for range interventionTurns {
		if _, err := counts.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := counts.of(t.Context(), services, x, may); err != nil {
		t.Errorf("a kept count: %v", err)
	}
	late, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	april := period{prokesga.DateOfNumber(20260401), prokesga.DateOfNumber(20260430)}
	if _, err := counts.of(late, services, x, april); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a count that is not kept took a turn that was not free: %v", err)
	}
}

func TestAReportIsOfAPeriodOfTheProgramme(t *testing.T) {
	t.Parallel()
	s := &Services{Now: func() time.Time { return time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC) }}
	for text, want := range map[string]string{
		"": "2026-11", "2016-01": "2016-01", "2026-Q4": "2026-Q4", "0000-01": "", "0000-Q1": "", "2015-12": "", "2026-12": "", "9999-12": "",
	} {
		name, _, err := s.parseReportPeriod(text)
		if name != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, name, err)
		}
	}
}
