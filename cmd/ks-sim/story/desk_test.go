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
	w := newWorld(t, 1)
	link, err := newCutLink(t.Context(), w.field.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.close)
	d := &fieldDay{world: w, dir: t.TempDir(), link: link}
	deeds := w.deeds()
	deeds["launch"], deeds["end"] = d.launch, d.stop
	deeds["online"] = func(context.Context, json.RawMessage) (any, error) { link.allow(linkOpen); return nil, nil }
	deeds["offline"] = func(context.Context, json.RawMessage) (any, error) { link.allow(0); return nil, nil }
	s := struct {
		settings
		LastYear string `json:"lastYear"`
	}{w.settings(t), time.Now().AddDate(-1, 0, 0).Format(time.DateOnly)}
	play(t, "field_desk", s, deeds)
}
