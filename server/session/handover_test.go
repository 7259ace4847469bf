package session

import (
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

func TestTheFormerUsersAreasHoldForAWhile(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 22, 0, 0, 0, time.UTC)
	ago := func(days int) int64 { return now.AddDate(0, 0, -days).UnixMilli() }
	for name, c := range map[string]struct {
		registered, synced int64
		want               bool
	}{
		"registered just now":             {ago(0), 0, true},
		"registered, and not done yet":    {ago(30), 0, true},
		"done, a few days ago":            {ago(3), ago(2), true},
		"done, and long at work since":    {ago(30), ago(1), false},
		"done long ago and not come back": {ago(60), ago(59), false},
	} {
		if got := holdsAreas(&store.Device{RegisteredMS: c.registered, SyncedMS: c.synced}, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
