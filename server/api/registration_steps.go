package api

import (
	"context"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

func (a registrationService) SetRegistrationPuskesmas(ctx context.Context, r *ksv1.SetRegistrationPuskesmasRequest) (*ksv1.SetRegistrationPuskesmasResponse, error) {
	caller := callerOf(ctx)
	seen := r.GetEtag()
	w, err := a.logic().SetPuskesmas(ctx, caller, r.GetRegistration(), registration.List{
		Code: r.GetPuskesmasCode(), Name: r.GetName(), People: r.GetNominees(), Seen: &seen,
	})
	m, err := a.whole(ctx, w, err)
	if err != nil {
		return nil, err
	}
	list, _, err := a.logic().Nominees(ctx, caller, registration.NomineeFilter{Registration: w.Number, Puskesmas: r.GetPuskesmasCode(), Limit: maxPage})
	return &ksv1.SetRegistrationPuskesmasResponse{Registration: m, Nominees: nomineeMessages(list)}, err
}

func (a registrationService) RemoveRegistrationPuskesmas(ctx context.Context, r *ksv1.RemoveRegistrationPuskesmasRequest) (*ksv1.RemoveRegistrationPuskesmasResponse, error) {
	return &ksv1.RemoveRegistrationPuskesmasResponse{}, a.logic().RemovePuskesmas(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCode())
}

func (a registrationService) SetRegistrationOffices(ctx context.Context, r *ksv1.SetRegistrationOfficesRequest) (*ksv1.SetRegistrationOfficesResponse, error) {
	if _, err := a.logic().SetOffices(ctx, callerOf(ctx), r.GetRegistration(), r.GetProvince(), r.GetDistrict()); err != nil {
		return nil, err
	}
	d, err := a.logic().Get(ctx, callerOf(ctx), r.GetRegistration())
	if err != nil {
		return nil, err
	}
	return &ksv1.SetRegistrationOfficesResponse{Offices: nomineeMessages(d.Offices)}, nil
}

func (a registrationService) SetRegistrationLetter(ctx context.Context, r *ksv1.SetRegistrationLetterRequest) (*ksv1.SetRegistrationLetterResponse, error) {
	letter, err := a.logic().SetLetter(ctx, callerOf(ctx), r.GetRegistration(), r.GetLetter(), r.GetPdf())
	return &ksv1.SetRegistrationLetterResponse{Letter: letter}, err
}

func (a registrationService) RecordRegistrationCopy(ctx context.Context, r *ksv1.RecordRegistrationCopyRequest) (*ksv1.RecordRegistrationCopyResponse, error) {
	w, err := a.logic().RecordCopy(ctx, callerOf(ctx), r.GetRegistration(), r.GetChannel(), r.GetNote())
	m, err := a.whole(ctx, w, err)
	return &ksv1.RecordRegistrationCopyResponse{Registration: m}, err
}

func (a registrationService) SubmitRegistration(ctx context.Context, r *ksv1.SubmitRegistrationRequest) (*ksv1.SubmitRegistrationResponse, error) {
	w, err := a.logic().Submit(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetChannel(), r.GetNote())
	m, err := a.whole(ctx, w, err)
	return &ksv1.SubmitRegistrationResponse{Registration: m}, err
}

func (a registrationService) WithdrawRegistration(ctx context.Context, r *ksv1.WithdrawRegistrationRequest) (*ksv1.WithdrawRegistrationResponse, error) {
	w, err := a.logic().Withdraw(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetReason())
	m, err := a.whole(ctx, w, err)
	return &ksv1.WithdrawRegistrationResponse{Registration: m}, err
}

func (a registrationService) BeginVerification(ctx context.Context, r *ksv1.BeginVerificationRequest) (*ksv1.BeginVerificationResponse, error) {
	w, err := a.logic().BeginVerification(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetNote())
	m, err := a.whole(ctx, w, err)
	return &ksv1.BeginVerificationResponse{Registration: m}, err
}

func (a registrationService) AcceptRegistration(ctx context.Context, r *ksv1.AcceptRegistrationRequest) (*ksv1.AcceptRegistrationResponse, error) {
	w, err := a.logic().Accept(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetNote())
	m, err := a.whole(ctx, w, err)
	return &ksv1.AcceptRegistrationResponse{Registration: m}, err
}

func (a registrationService) ReturnRegistration(ctx context.Context, r *ksv1.ReturnRegistrationRequest) (*ksv1.ReturnRegistrationResponse, error) {
	w, err := a.logic().Return(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetReason())
	m, err := a.whole(ctx, w, err)
	return &ksv1.ReturnRegistrationResponse{Registration: m}, err
}

func (a registrationService) RefuseRegistration(ctx context.Context, r *ksv1.RefuseRegistrationRequest) (*ksv1.RefuseRegistrationResponse, error) {
	w, err := a.logic().Refuse(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetReason())
	m, err := a.whole(ctx, w, err)
	return &ksv1.RefuseRegistrationResponse{Registration: m}, err
}

func (a registrationService) IssueRegistrationAccounts(ctx context.Context, r *ksv1.IssueRegistrationAccountsRequest) (*ksv1.IssueRegistrationAccountsResponse, error) {
	w, guides, err := a.logic().Issue(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetNote())
	m, err := a.whole(ctx, w, err)
	if err != nil {
		return nil, err
	}
	out := &ksv1.IssueRegistrationAccountsResponse{Registration: m}
	for _, g := range guides {
		audit.Of(ctx).Subject(audit.AccountSubject(g.Account))
		out.Issued = append(out.Issued, &ksv1.IssuedGuide{
			Account: g.Account, UserName: g.UserName, FullName: g.FullName, Place: g.PlaceCode, CodeExpiresAtMs: uint64(g.ExpiresMS),
		})
	}
	return out, nil
}

func (a registrationService) RecordDistribution(ctx context.Context, r *ksv1.RecordDistributionRequest) (*ksv1.RecordDistributionResponse, error) {
	w, err := a.logic().Distribute(ctx, callerOf(ctx), r.GetRegistration(), r.GetPuskesmasCodes(), r.GetNote())
	m, err := a.whole(ctx, w, err)
	return &ksv1.RecordDistributionResponse{Registration: m}, err
}

func (a registrationService) nominees(ctx context.Context, f registration.NomineeFilter) (list []*ksv1.Nominee, next string, err error) {
	shown, after, err := a.logic().Nominees(ctx, callerOf(ctx), f)
	return nomineeMessages(shown), nextAccounts(after), err
}

func (a registrationService) ListNominees(ctx context.Context, r *ksv1.ListNomineesRequest) (*ksv1.ListNomineesResponse, error) {
	after, err := accountPage(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	list, next, err := a.nominees(ctx, registration.NomineeFilter{
		Registration: r.GetRegistration(), Puskesmas: r.GetPuskesmasCode(), Standing: r.GetStanding(), After: after, Limit: pageSize(r.GetPageSize()),
	})
	return &ksv1.ListNomineesResponse{Nominees: list, NextPageToken: next}, err
}

func (a registrationService) FindNominees(ctx context.Context, r *ksv1.FindNomineesRequest) (*ksv1.FindNomineesResponse, error) {
	if r.GetNik() == "" && r.GetMobile() == "" && r.GetEmail() == "" {
		return nil, &errBadRequest{"nik", "one of nik, mobile and email must be given", "Isi NIK, nomor ponsel, atau surel."}
	}
	list, _, err := a.nominees(ctx, registration.NomineeFilter{NIK: r.GetNik(), Mobile: r.GetMobile(), Email: r.GetEmail(), Limit: maxPage})
	return &ksv1.FindNomineesResponse{Nominees: list}, err
}

// nominee shows one after a decision.
func (a registrationService) nominee(ctx context.Context, n store.Nominee, err error) (*ksv1.Nominee, error) {
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.RegistrationSubject(n.Registration))
	shown, err := a.logic().ShowNominee(ctx, callerOf(ctx), &n)
	if err != nil {
		return nil, err
	}
	return nomineeMessage(&shown), nil
}

func (a registrationService) ProposeReplacement(ctx context.Context, r *ksv1.ProposeReplacementRequest) (*ksv1.ProposeReplacementResponse, error) {
	n, err := a.logic().Propose(ctx, callerOf(ctx), r.GetNominee(), r.GetPerson(), r.GetNote())
	m, err := a.nominee(ctx, n, err)
	return &ksv1.ProposeReplacementResponse{Nominee: m}, err
}

func (a registrationService) AdmitReplacement(ctx context.Context, r *ksv1.AdmitReplacementRequest) (*ksv1.AdmitReplacementResponse, error) {
	n, err := a.logic().Admit(ctx, callerOf(ctx), r.GetNominee(), r.GetNote())
	m, err := a.nominee(ctx, n, err)
	return &ksv1.AdmitReplacementResponse{Nominee: m}, err
}

func (a registrationService) AcceptReplacement(ctx context.Context, r *ksv1.AcceptReplacementRequest) (*ksv1.AcceptReplacementResponse, error) {
	n, guide, err := a.logic().AcceptReplacement(ctx, callerOf(ctx), r.GetNominee(), r.GetNote())
	m, err := a.nominee(ctx, n, err)
	if err != nil {
		return nil, err
	}
	out := &ksv1.AcceptReplacementResponse{Nominee: m}
	if guide == nil {
		return out, nil
	}
	audit.Of(ctx).Subject(audit.AccountSubject(guide.Account))
	out.Issued = issuedMessage(account.Issued{Number: guide.Account, UserName: guide.UserName, Code: guide.Code, Expires: time.UnixMilli(guide.ExpiresMS)}, guide.FullName)
	out.GuideHtml, err = registration.GuideHTML(*guide, n.Registration)
	return out, err
}

func (a registrationService) RefuseReplacement(ctx context.Context, r *ksv1.RefuseReplacementRequest) (*ksv1.RefuseReplacementResponse, error) {
	n, err := a.logic().RefuseReplacement(ctx, callerOf(ctx), r.GetNominee(), r.GetReason())
	m, err := a.nominee(ctx, n, err)
	return &ksv1.RefuseReplacementResponse{Nominee: m}, err
}
