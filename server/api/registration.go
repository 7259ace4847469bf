package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

type registrationService struct {
	ksv1.UnimplementedRegistrationServiceServer
	services *Services
}

func (a registrationService) logic() *registration.Service { return a.services.Registrations }

// whole shows a registration as it stands after a step.
func (a registrationService) whole(ctx context.Context, w *registration.Whole, err error) (*ksv1.Registration, error) {
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.RegistrationSubject(w.Number))
	d, err := a.logic().Get(ctx, callerOf(ctx), w.Number)
	if err != nil {
		return nil, err
	}
	return detailsMessage(d), nil
}

func detailsMessage(d *registration.Details) *ksv1.Registration {
	m := listedMessage(&d.Listed)
	m.Letter, m.Guides = d.Letter, uint32(d.Guides)
	for _, p := range m.Puskesmas {
		code := p.GetPuskesmasCode()
		p.Reason, p.Nominees, p.Etag = d.Reasons[code], uint32(d.Nominees[code]), d.Etags[code]
	}
	return m
}

func listedMessage(l *registration.Listed) *ksv1.Registration {
	m := &ksv1.Registration{
		Registration: l.Number, DistrictCode: l.District, DistrictName: l.DistrictName, Channel: ksv1.RegistrationChannel(l.Channel), State: l.State(),
		CreatedMs: uint64(l.CreatedMS), CopiedMs: uint64(l.CopiedMS), CopyChannel: ksv1.RegistrationChannel(l.CopyChannel),
		SubmittedMs: uint64(l.SubmittedMS), WaitingSinceMs: uint64(l.WaitingMS), AgeDays: uint32(max(0, l.Age) / (24 * time.Hour)),
	}
	for _, p := range l.Puskesmas {
		m.Puskesmas = append(m.Puskesmas, &ksv1.RegistrationPuskesmas{
			PuskesmasCode: p.Puskesmas, Name: p.Name, State: ksv1.RegistrationState(p.State), SinceMs: uint64(p.SinceMS), SubmittedMs: uint64(p.SubmittedMS),
		})
	}
	return m
}

func nomineeMessage(n *registration.Shown) *ksv1.Nominee {
	return &ksv1.Nominee{
		Nominee: n.Number, Registration: n.Registration, PuskesmasCode: n.Puskesmas, Person: n.Person, Standing: ksv1.NomineeStanding(n.Standing),
		Account: n.Account, Replaces: n.Replaces, SinceMs: uint64(n.SinceMS), PositionInList: uint32(n.Position),
	}
}

func nomineeMessages(list []registration.Shown) []*ksv1.Nominee {
	out := make([]*ksv1.Nominee, len(list))
	for i := range list {
		out[i] = nomineeMessage(&list[i])
	}
	return out
}

func (a registrationService) GetRegistrationRules(ctx context.Context, _ *ksv1.GetRegistrationRulesRequest) (*ksv1.GetRegistrationRulesResponse, error) {
	rules, err := a.logic().Rules(ctx)
	return &ksv1.GetRegistrationRulesResponse{Rules: rules}, err
}

func (a registrationService) SetRegistrationRules(ctx context.Context, r *ksv1.SetRegistrationRulesRequest) (*ksv1.SetRegistrationRulesResponse, error) {
	return &ksv1.SetRegistrationRulesResponse{}, a.logic().SetRules(ctx, callerOf(ctx), r.GetRules())
}

func (a registrationService) GetRegistrationForm(ctx context.Context, r *ksv1.GetRegistrationFormRequest) (*ksv1.GetRegistrationFormResponse, error) {
	file, err := a.logic().Paper(ctx, r.GetKind())
	return &ksv1.GetRegistrationFormResponse{File: file}, err
}

func (a registrationService) CreateRegistration(ctx context.Context, r *ksv1.CreateRegistrationRequest) (*ksv1.CreateRegistrationResponse, error) {
	var w *registration.Whole
	var err error
	if len(r.GetForm()) > 0 {
		w, err = a.logic().DrawUpFromForm(ctx, callerOf(ctx), 0, r.GetForm())
	} else {
		w, err = a.logic().Create(ctx, callerOf(ctx), r.GetPuskesmasCodes())
	}
	m, err := a.whole(ctx, w, err)
	return &ksv1.CreateRegistrationResponse{Registration: m}, err
}

func (a registrationService) ReceiveRegistration(ctx context.Context, r *ksv1.ReceiveRegistrationRequest) (*ksv1.ReceiveRegistrationResponse, error) {
	w, err := a.logic().Receive(ctx, callerOf(ctx), registration.Received{
		Registration: r.GetRegistration(), Form: r.GetForm(), LetterPDF: r.GetLetterPdf(), Channel: r.GetChannel(), Incomplete: r.GetIncomplete(),
	})
	m, err := a.whole(ctx, w, err)
	return &ksv1.ReceiveRegistrationResponse{Registration: m}, err
}

func (a registrationService) ListRegistrations(ctx context.Context, r *ksv1.ListRegistrationsRequest) (*ksv1.ListRegistrationsResponse, error) {
	within, err := dottedArea(r.GetArea())
	if err != nil {
		return nil, err
	}
	f := registration.Filter{
		Area: within, State: r.GetState(), Puskesmas: r.GetPuskesmasCode(), LetterNumber: r.GetLetterNumber(), Waiting: r.GetWaiting(),
		Limit: pageSize(r.GetPageSize()),
	}
	key, err := parsePageToken(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	if key != "" {
		f.After = &store.Registration{}
		if _, err := fmt.Sscanf(key, "%d %d", &f.After.WaitingMS, &f.After.Number); err != nil {
			return nil, &errBadRequest{"page_token", "is not one that this service gave", textStale}
		}
	}
	list, more, err := a.logic().List(ctx, callerOf(ctx), f)
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListRegistrationsResponse{}
	for i := range list {
		out.Registrations = append(out.Registrations, listedMessage(&list[i]))
	}
	if more {
		last := &list[len(list)-1]
		out.NextPageToken = pageToken(fmt.Sprintf("%d %d", last.WaitingMS, last.Number))
	}
	return out, nil
}

func (a registrationService) GetRegistration(ctx context.Context, r *ksv1.GetRegistrationRequest) (*ksv1.GetRegistrationResponse, error) {
	d, err := a.logic().Get(ctx, callerOf(ctx), r.GetRegistration())
	if err != nil {
		return nil, err
	}
	return &ksv1.GetRegistrationResponse{Registration: detailsMessage(d), Offices: nomineeMessages(d.Offices)}, nil
}

func (a registrationService) CheckRegistration(ctx context.Context, r *ksv1.CheckRegistrationRequest) (*ksv1.CheckRegistrationResponse, error) {
	list, err := a.logic().Check(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	out := &ksv1.CheckRegistrationResponse{}
	for _, f := range list {
		out.Findings = append(out.Findings, &ksv1.RegistrationFinding{
			PuskesmasCode: f.Puskesmas, Nominee: f.Nominee, PositionInList: uint32(f.Position), Role: f.Role, FullName: f.FullName, Field: f.Field,
			Reason: f.Reason, Blocking: f.Blocking, Message: f.Message, OtherRegistration: f.OtherRegistration, OtherPuskesmasCode: f.OtherPuskesmas,
		})
		if f.Blocking {
			out.Blocking++
		}
	}
	return out, nil
}

func (a registrationService) GetRegistrationLetter(ctx context.Context, r *ksv1.GetRegistrationLetterRequest) (*ksv1.GetRegistrationLetterResponse, error) {
	pdf, err := a.logic().Letter(ctx, callerOf(ctx), r.GetRegistration())
	if err != nil {
		return nil, err
	}
	name := "surat-" + strconv.FormatUint(uint64(r.GetRegistration()), 10) + ".pdf"
	return &ksv1.GetRegistrationLetterResponse{File: &ksv1.RegistrationFile{FileName: name, ContentType: "application/pdf", Content: pdf}}, nil
}

func (a registrationService) GetActivationPackage(ctx context.Context, r *ksv1.GetActivationPackageRequest) (*ksv1.GetActivationPackageResponse, error) {
	w, guides, err := a.logic().Package(ctx, callerOf(ctx), r.GetRegistration())
	if err != nil {
		return nil, err
	}
	for _, g := range guides {
		audit.Of(ctx).Subject(audit.AccountSubject(g.Account))
	}
	file, err := registration.Print(w, guides, r.GetFormat())
	return &ksv1.GetActivationPackageResponse{File: file}, err
}

func (a registrationService) ListRegistrationEvents(ctx context.Context, r *ksv1.ListRegistrationEventsRequest) (*ksv1.ListRegistrationEventsResponse, error) {
	after, err := accountPage(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	limit := pageSize(r.GetPageSize())
	list, err := a.logic().Events(ctx, callerOf(ctx), r.GetRegistration(), after, limit+1)
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListRegistrationEventsResponse{}
	if len(list) > limit {
		list = list[:limit]
		out.NextPageToken = nextAccounts(list[limit-1].Sequence)
	}
	for _, e := range list {
		out.Events = append(out.Events, &ksv1.RegistrationEvent{
			Sequence: e.Sequence, TimeMs: uint64(e.TimeMS), Step: ksv1.RegistrationStep(e.Step), PuskesmasCode: e.Puskesmas,
			Before: ksv1.RegistrationState(e.Before), After: ksv1.RegistrationState(e.After), Actor: e.Actor, ActorName: e.ActorName,
			Nominee: e.Nominee, Channel: ksv1.RegistrationChannel(e.Channel), Note: e.NoteText,
		})
	}
	return out, nil
}

// createAccepted makes the accounts of accepted nominees, for CreateStaff.
func (a registrationService) createAccepted(ctx context.Context) (*ksv1.CreateStaffResponse, error) {
	list, skipped, err := a.logic().CreateStaff(ctx, callerOf(ctx))
	if err != nil {
		return nil, err
	}
	out := &ksv1.CreateStaffResponse{}
	cards := make([]account.Card, len(list))
	for i, x := range list {
		audit.Of(ctx).Subject(audit.AccountSubject(x.Number))
		cards[i] = x.Card(x.FullName)
		out.Accounts = append(out.Accounts, issuedMessage(x.Issued, x.FullName))
	}
	for _, x := range skipped {
		out.Skipped = append(out.Skipped, &ksv1.SkippedNominee{Nominee: x.Nominee, FullName: x.FullName, Reason: x.Reason, Message: x.Message})
	}
	if len(cards) > 0 {
		out.CardsHtml, err = account.CardsHTML(cards)
	}
	return out, err
}
