package past

import (
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Two minutes after midnight the day before may still move: it is not remembered,
// as those before it are, each for its own area and directory.
func TestOnlySettledDaysAreRemembered(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 0, 2, 0, 0, area.WIB)
	clock := func() time.Time { return now }
	d := &Days{Now: clock, Board: tally.New(nil, clock)}
	x, other := Subject{Puskesmas: "P3204050101"}, Subject{Puskesmas: "P3204050102"}
	var one, two tally.DayFigures
	one.Provisional.Add(iks.Pack(iks.Values{iks.Y}, iks.Values{iks.Y}))
	two.Provisional.Add(iks.Pack(iks.Values{iks.T}, iks.Values{iks.T}))
	days := []int{20260228, 20260301}
	d.keepFigures(d.Board.Directory(), x, days, []tally.DayFigures{one, two})
	if got, ok := d.keptFiguresOn(x, days[:1]); !ok || got[0] != one {
		t.Errorf("a settled day: %v", ok)
	}
	if _, ok := d.keptFiguresOn(x, days); ok {
		t.Error("a day that may move yet is remembered")
	}
	if _, ok := d.keptFiguresOn(other, days[:1]); ok {
		t.Error("another Puskesmas is given the same")
	}
	now = now.Add(tally.SettleTime)
	d.keepFigures(d.Board.Directory(), x, days, []tally.DayFigures{one, two})
	if got, ok := d.keptFiguresOn(x, days); !ok || got[1] != two {
		t.Errorf("five minutes later: %v", ok)
	}
	d.keepFigures(d.Board.Directory()+1, other, days, []tally.DayFigures{one, two})
	if _, ok := d.keptFiguresOn(other, days); ok {
		t.Error("figures of another directory are given")
	}
}
