package story

import (
	"context"
	"encoding/json"
	"testing"
	"time"
)

func TestASupervisorReviewsInTheFieldAppWithoutASignal(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	d := newFieldDay(t, w)
	deeds := w.deeds()
	deeds["launch"], deeds["end"] = d.launch, d.stop
	deeds["online"] = func(context.Context, json.RawMessage) (any, error) { d.link.allow(linkOpen); return nil, nil }
	deeds["offline"] = func(context.Context, json.RawMessage) (any, error) { d.link.allow(0); return nil, nil }
	s := struct {
		settings
		LastYear string `json:"lastYear"`
		// Soon is a day to come, as a date field shows it.
		Soon string `json:"soon"`
	}{w.settings(t), time.Now().AddDate(-1, 0, 0).Format(time.DateOnly), time.Now().AddDate(0, 0, 2).Format("02/01/2006")}
	play(t, "field_desk", s, deeds)
}
