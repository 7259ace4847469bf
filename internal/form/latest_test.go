package form

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What is still to be asked is told by the round opened last, also before its survey date
// is answered; not by one from which an import took the date, so that it does not count.
func TestARoundWhoseDateIsStillToBeAnsweredIsTheLatest(t *testing.T) {
	t.Parallel()
	dated := func(date string) *ksv1.Round {
		return &ksv1.Round{SurveyDate: proto.String(date), QuestionnaireVersion: proto.String("1")}
	}
	begun := &ksv1.Round{QuestionnaireVersion: proto.String("1")}
	uncounted := &ksv1.Round{SourceColumns: &ksv1.SourceColumns{Columns: []*ksv1.SourceColumn{{Name: "survei_tanggal", Value: "2018-02-03"}}}}
	for what, c := range map[string]struct {
		opened []*ksv1.Round // one after the other
		want   int           // which of them
	}{
		"begun anew":                     {[]*ksv1.Round{dated("2024-05-17"), begun}, 1},
		"begun anew after two":           {[]*ksv1.Round{dated("2024-05-17"), dated("2025-02-01"), begun}, 2},
		"an older one was typed in late": {[]*ksv1.Round{dated("2024-05-17"), begun, dated("2023-05-17")}, 1},
		"never dated, then another":      {[]*ksv1.Round{begun, dated("2024-05-17")}, 1},
		"begun twice":                    {[]*ksv1.Round{dated("2024-05-17"), begun, begun}, 2},
		"an uncounted one came later":    {[]*ksv1.Round{dated("2024-05-17"), uncounted}, 0},
		"begun, an uncounted one later":  {[]*ksv1.Round{dated("2024-05-17"), begun, uncounted}, 1},
	} {
		state := merge.State{Family: merge.ID{15: 1}}
		clock := merge.Clock{Device: 1, Incarnation: 1}
		id := func(i int) merge.ID { return merge.NewID(1, 1, uint64(100-i)) } // ids tell no order
		for i, round := range c.opened {
			change, _, err := merge.NewChange(&state, clock.Next(uint64(i+1)), []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindRound, Record: id(i)}, Set: round}})
			if err != nil {
				t.Fatal(err)
			}
			delta, err := merge.FromChange(change)
			if err != nil {
				t.Fatal(err)
			}
			state = merge.Join(state, delta)
		}
		h, err := merge.View(&state)
		if err != nil {
			t.Fatal(err)
		}
		got := h.GetRounds()[new(iks.Loader).Latest(h).Besar.Round].GetRoundId()
		if got != id(c.want).String() {
			t.Errorf("%s: the latest is %s, want %s", what, got, id(c.want))
		}
	}
}
