package api

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/veil"
)

// Lengths of trends.
const (
	defaultDays   = veil.DaysAhead
	defaultMonths = 12
	maxPoints     = 366
)

// period is the days from one to another, both included.
type period struct{ from, to prokesga.Date }

// span is the days after the first up to the last, as package past has them.
func (p period) span() past.Span { return past.Span{After: p.from.Number(), UpTo: p.to.Number()} }

// parsePeriod reads a period of a request; absent bounds are today, and some days
// before the last.
func (s *Services) parsePeriod(fromText, toText string, days int) (period, error) {
	from, hasFrom, err := parseDay("from", fromText)
	if err != nil {
		return period{}, err
	}
	to, hasTo, err := parseDay("to", toText)
	if err != nil {
		return period{}, err
	}
	if !hasTo || to.After(s.dayNow()) {
		to = s.dayNow()
	}
	if !hasFrom {
		from = to.AddDays(-days)
	}
	if from.After(to) {
		return period{}, &errBadRequest{"from", "lies after the last day", "Tanggal awal tidak boleh sesudah tanggal akhir."}
	}
	return period{from, to}, nil
}

// days are all days of a period.
func (p period) days() ([]prokesga.Date, error) {
	var out []prokesga.Date
	for d := p.from; !d.After(p.to); d = d.AddDays(1) {
		if len(out) == maxPoints {
			return nil, tooLong
		}
		out = append(out, d)
	}
	return out, nil
}

var tooLong = &errBadRequest{"from", fmt.Sprintf("more than %d points lie between the days", maxPoints), "Rentang tanggal ini terlalu panjang untuk satu grafik; pilih rentang yang lebih pendek."}

// monthEnds are the last days of the period's months, and its own last day.
func (p period) monthEnds() ([]prokesga.Date, error) {
	var out []prokesga.Date
	for d := endOfMonth(p.from); d.Compare(p.to) < 0; d = endOfMonth(d.AddDays(1)) {
		if len(out) == maxPoints {
			return nil, tooLong
		}
		out = append(out, d)
	}
	return append(out, p.to), nil
}

func endOfMonth(d prokesga.Date) prokesga.Date {
	next := d.AddDays(32 - d.Day()) // some day of the month after
	return next.AddDays(-next.Day())
}

func (i indexService) GetTrend(ctx context.Context, r *ksv1.GetTrendRequest) (*ksv1.GetTrendResponse, error) {
	caller := callerOf(ctx)
	x, err := i.services.subjectIn(caller, r.GetArea(), r.GetPuskesmasCode(), r.GetSurveyYear())
	if err != nil {
		return nil, err
	}
	length, points := defaultDays, period.days
	if r.GetStep() == ksv1.TrendStep_TREND_STEP_MONTH {
		length, points = defaultMonths*30, period.monthEnds
	}
	p, err := i.services.parsePeriod(r.GetFrom(), r.GetTo(), length)
	if err != nil {
		return nil, err
	}
	days, err := points(p)
	if err != nil {
		return nil, err
	}
	list, err := i.services.series(ctx, x, days)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errYearsNotKept
	}
	out := &ksv1.GetTrendResponse{LeftOut: uint32(len(days) - len(list))}
	out.Points, err = i.services.indexMessages(ctx, caller, counted{r.GetMembership(), r.GetBasis()}, list)
	return out, err
}
