package past

import (
	"errors"
	"testing"
)

// A month of so many villages is refused once anything has come to one of them, until
// their days are added up; of villages to which nothing has come it is nothing.
func TestAMonthOfTooManyVillagesIsRefusedUntilItIsAddedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var days []int
	for day := 20260201; day <= 20260228; day++ {
		days = append(days, day)
	}
	w.AddQuietProvince(MaxDailyTallies/len(days) + 1)
	w.Refresh()
	province := Subject{Area: w.Area("33")}
	if list, err := w.days.Series(t.Context(), province, days); err != nil || len(list) != len(days) {
		t.Errorf("before anything has come: %d days, %v", len(list), err)
	}
	w.Move(3, 20260210, 1)
	w.days = &Days{Store: w.Store, Board: w.Board, Now: w.days.Now} // what it remembers is from before
	if _, err := w.days.Series(t.Context(), province, days); !errors.Is(err, ErrTooManyDays) {
		t.Errorf("before its days are added up: %v", err)
	}
	if added, err := w.days.AddedUp(t.Context(), province.Area); added || err != nil {
		t.Errorf("days are added up before anybody did so: %v", err)
	}
	w.Settle()
	list, err := w.days.Series(t.Context(), province, days)
	if err != nil || len(list) != len(days) || !list[8].Provisional.IsZero() || list[9].Provisional.IsZero() {
		t.Errorf("when they are: %d days, %v", len(list), err)
	}
	if added, err := w.days.AddedUp(t.Context(), province.Area); !added || err != nil {
		t.Errorf("days are not added up: %v", err)
	}
}
