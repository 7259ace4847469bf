package api

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

type reportService struct {
	ksv1.UnimplementedReportServiceServer
	services *Services
}

// parseReportPeriod reads a month or quarter; "" is the month under way. What lies
// ahead of today is cut off.
func (s *Services) parseReportPeriod(text string) (name string, p period, err error) {
	today := s.dayNow()
	if text == "" {
		text = fmt.Sprintf("%04d-%02d", today.Year(), today.Month())
	}
	var year, part int
	months := 1
	if _, err := fmt.Sscanf(text, "%4d-Q%1d", &year, &part); err == nil {
		months = 3
		part = part*months - 2
	} else if _, err := fmt.Sscanf(text, "%4d-%2d", &year, &part); err != nil {
		return "", p, &errBadRequest{"period", "is neither a month (2026-11) nor a quarter (2026-Q4)", "Pilih bulan atau triwulan."}
	}
	day := func(month, day int) prokesga.Date {
		return prokesga.DateOf(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC))
	}
	p = period{day(part, 1), day(part+months, 0)}
	if year < iks.ProgrammeYear {
		return "", p, &errBadRequest{"period", fmt.Sprintf("lies before the programme, which began in %d", iks.ProgrammeYear),
			fmt.Sprintf("Program Keluarga Sehat dimulai tahun %d.", iks.ProgrammeYear)}
	}
	if p.from.After(today) {
		return "", p, &errBadRequest{"period", "lies ahead", "Masa ini belum tiba."}
	}
	if p.to.After(today) {
		p.to = today
	}
	return text, p, nil
}

func (r reportService) GetPuskesmasReport(ctx context.Context, in *ksv1.GetPuskesmasReportRequest) (*ksv1.GetPuskesmasReportResponse, error) {
	return r.services.report(ctx, in)
}

// report draws up a report.
func (s *Services) report(ctx context.Context, in *ksv1.GetPuskesmasReportRequest) (*ksv1.GetPuskesmasReportResponse, error) {
	caller := callerOf(ctx)
	x, err := s.subjectOf(caller, "", in.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	name, p, err := s.parseReportPeriod(in.GetPeriod())
	if err != nil {
		return nil, err
	}
	ends, err := s.series(ctx, x, []prokesga.Date{p.from.AddDays(-1), p.to})
	if err != nil {
		return nil, err
	}
	before, after := &ends[0], &ends[1]
	parts, err := s.partsAt(ctx, caller, x, p.to.String())
	if err != nil {
		return nil, err
	}
	out := &ksv1.GetPuskesmasReportResponse{
		PuskesmasCode: x.id(), PuskesmasName: x.name, Period: name, From: p.from.String(), To: p.to.String(),
		AsOf: timestamppb.New(after.sum.AsOf), Progress: progressMessage(after),
		Visits:   after.sum.Collection[collection.Visits] - before.sum.Collection[collection.Visits],
		Surveyed: after.sum.Collection[collection.Surveyed] - before.sum.Collection[collection.Surveyed],
		Complete: after.sum.Provisional.Of(iks.Inti).Complete() - before.sum.Provisional.Of(iks.Inti).Complete(),
	}
	if in.GetMembership() == ksv1.Membership_MEMBERSHIP_BESAR {
		out.Complete = after.sum.Provisional.Of(iks.Besar).Complete() - before.sum.Provisional.Of(iks.Besar).Complete()
	}
	what := counted{in.GetMembership(), in.GetBasis()}
	whole, err := s.indexMessages(ctx, caller, what, ends[1:])
	if err != nil {
		return nil, err
	}
	out.Index = whole[0]
	if out.Villages, err = s.indexMessages(ctx, caller, what, parts); err != nil {
		return nil, err
	}
	if out.Interventions, err = s.interventions.of(ctx, s, x, p); err != nil {
		return nil, err
	}
	if caller.Account.Puskesmas != x.id() {
		return out, nil
	}
	work, err := progressService{services: s}.ListSurveyorProgress(ctx, &ksv1.ListSurveyorProgressRequest{From: p.from.String(), To: p.to.String()})
	if err != nil {
		return nil, err
	}
	out.Surveyors = work.GetSurveyors()
	return out, nil
}
