package exchange

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/workbook"
)

// updatedLayouts are the forms of updated_at met in exports, with any fraction of a second;
// the national application writes local time of Jakarta. The zones are as databases write them.
var updatedLayouts = []string{
	time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly,
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07",
	"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 Z07",
}

// updatedTime is the time that an updated_at tells; zero where it tells none.
func updatedTime(text string) time.Time {
	for _, layout := range updatedLayouts {
		if t, err := time.ParseInLocation(layout, text, area.WIB); err == nil {
			return t
		}
	}
	return workbookTime(text)
}

// workbookTime reads a time that a workbook keeps as days since 1900; rawsurvei writes out
// those since 1904.
func workbookTime(text string) time.Time {
	t, ok := workbook.Moment(text, 2000, false)
	if !ok {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, area.WIB)
}
