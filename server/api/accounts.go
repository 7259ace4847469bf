package api

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

type accountService struct {
	ksv1.UnimplementedAccountServiceServer
	services *Services
}

func (a accountService) logic() *account.Service { return a.services.Accounts }

func (a accountService) Activate(ctx context.Context, r *ksv1.ActivateRequest) (*ksv1.ActivateResponse, error) {
	number, err := a.logic().Activate(ctx, account.Activation{
		UserName: r.GetUserName(), Code: r.GetCode(), NIK: r.GetNik(), NewPassword: r.GetNewPassword(), Address: callerAddress(ctx),
	})
	if number != 0 {
		audit.Of(ctx).Subject(audit.AccountSubject(number))
	}
	return &ksv1.ActivateResponse{}, nameConcerned(ctx, err)
}

func (a accountService) ChangePassword(ctx context.Context, r *ksv1.ChangePasswordRequest) (*ksv1.ChangePasswordResponse, error) {
	return &ksv1.ChangePasswordResponse{}, a.logic().ChangePassword(ctx, callerOf(ctx), r.GetPassword(), r.GetNewPassword(), callerAddress(ctx))
}

func (a accountService) CreateStaff(ctx context.Context, r *ksv1.CreateStaffRequest) (*ksv1.CreateStaffResponse, error) {
	if r.GetAcceptedNominees() {
		if len(r.GetStaff()) > 0 {
			return nil, &errBadRequest{"staff", "must be empty with accepted_nominees", "Pilih calon yang sudah diterima atau isi orang baru, tidak keduanya."}
		}
		return registrationService{services: a.services}.createAccepted(ctx)
	}
	if len(r.GetStaff()) == 0 {
		return nil, &errBadRequest{"staff", "must hold somebody, or accepted_nominees be set", "Isi sedikitnya satu orang."}
	}
	staff := make([]account.NewAccount, len(r.GetStaff()))
	for i, x := range r.GetStaff() {
		staff[i] = account.NewAccount{Person: personOf(x.GetPerson()), Roles: x.GetRoles(), Area: x.GetArea(), Assigned: x.GetAssignedAreas()}
	}
	issued, err := a.logic().CreateStaff(ctx, callerOf(ctx), staff)
	if err != nil {
		return nil, err
	}
	out := &ksv1.CreateStaffResponse{}
	for _, x := range issued {
		audit.Of(ctx).Subject(audit.AccountSubject(x.Number))
	}
	cards := make([]account.Card, len(issued))
	for i, x := range issued {
		cards[i] = x.Card(staff[i].FullName)
		out.Accounts = append(out.Accounts, issuedMessage(x, staff[i].FullName))
	}
	out.CardsHtml, err = account.CardsHTML(cards)
	return out, err
}

func personOf(p *ksv1.AccountPerson) account.Person {
	return account.Person{
		FullName: p.GetFullName(), NIP: p.GetNip(), NotCivilServant: p.GetNotCivilServant(), NIK: p.GetNik(),
		Position: p.GetPosition(), Mobile: p.GetMobile(), Email: p.GetEmail(),
	}
}

func issuedMessage(x account.Issued, fullName string) *ksv1.IssuedAccount {
	return &ksv1.IssuedAccount{
		Account: x.Number, UserName: x.UserName, FullName: fullName, Code: x.Code, CodeExpiresAtMs: uint64(x.Expires.UnixMilli()),
	}
}

func (a accountService) ReissueCode(ctx context.Context, r *ksv1.ReissueCodeRequest) (*ksv1.ReissueCodeResponse, error) {
	issued, fullName, err := a.logic().ReissueBy(ctx, callerOf(ctx), r.GetAccount())
	if err != nil {
		return nil, err
	}
	html, err := account.CardsHTML([]account.Card{issued.Card(fullName)})
	return &ksv1.ReissueCodeResponse{Issued: issuedMessage(issued, fullName), CardsHtml: html}, err
}

func (a accountService) DisableAccount(ctx context.Context, r *ksv1.DisableAccountRequest) (*ksv1.DisableAccountResponse, error) {
	return &ksv1.DisableAccountResponse{}, a.logic().Disable(ctx, callerOf(ctx), r.GetAccount())
}

func (a accountService) EnableAccount(ctx context.Context, r *ksv1.EnableAccountRequest) (*ksv1.EnableAccountResponse, error) {
	return &ksv1.EnableAccountResponse{}, a.logic().Enable(ctx, callerOf(ctx), r.GetAccount())
}

func (a accountService) NameActingSupervisor(ctx context.Context, r *ksv1.NameActingSupervisorRequest) (*ksv1.NameActingSupervisorResponse, error) {
	var until time.Time
	if ms := r.GetUntilMs(); ms > 0 {
		until = time.UnixMilli(int64(min(ms, 1<<53)))
	}
	return &ksv1.NameActingSupervisorResponse{}, a.logic().NameActing(ctx, callerOf(ctx), r.GetAccount(), until)
}

func (a accountService) AssignAreas(ctx context.Context, r *ksv1.AssignAreasRequest) (*ksv1.AssignAreasResponse, error) {
	list := make([]account.Assignment, len(r.GetAssignments()))
	for i, x := range r.GetAssignments() {
		list[i] = account.Assignment{Account: x.GetAccount(), Areas: x.GetAreas()}
	}
	effects, without, err := a.logic().Assign(ctx, callerOf(ctx), list, r.GetDryRun())
	if err != nil {
		return nil, err
	}
	out := &ksv1.AssignAreasResponse{PlacesWithoutSurveyor: uint64(without), Changed: !r.GetDryRun()}
	for _, e := range effects {
		m := &ksv1.AssignmentEffect{
			Account: e.Account.Number, UserName: e.Account.UserName, FullName: e.FullName, AreasBefore: e.Account.Assigned, AreasAfter: e.After,
			PlacesAdded: e.PlacesAdded, PlacesRemoved: e.PlacesRemoved, FamiliesAdded: uint64(e.FamiliesAdded), FamiliesRemoved: uint64(e.FamiliesRemoved),
		}
		for _, d := range e.Devices {
			m.Devices = append(m.Devices, &ksv1.AssignmentDevice{
				Device: d.Number, Name: d.Name, SyncedAtMs: uint64(d.SyncedMS), UnsentAnnounced: uint64(d.Unsent), UnsentAtRisk: d.AtRisk,
			})
		}
		out.Effects = append(out.Effects, m)
	}
	return out, nil
}

func (a accountService) GetAssignmentGaps(ctx context.Context, _ *ksv1.GetAssignmentGapsRequest) (*ksv1.GetAssignmentGapsResponse, error) {
	gaps, err := a.logic().Gaps(ctx, callerOf(ctx))
	if err != nil {
		return nil, err
	}
	out := &ksv1.GetAssignmentGapsResponse{}
	for _, p := range gaps.Places {
		out.PlacesWithoutSurveyor = append(out.PlacesWithoutSurveyor, &ksv1.PlaceFamilies{Area: p.Path, Families: uint64(p.Families)})
	}
	for _, x := range gaps.Surveyors {
		out.Surveyors = append(out.Surveyors, &ksv1.SurveyorFamilies{
			Account: x.Account.Number, UserName: x.Account.UserName, FullName: x.FullName, Places: uint64(x.Places), Families: uint64(x.Families),
		})
	}
	return out, nil
}

// accountPage is where a list of accounts goes on.
func accountPage(token string) (uint32, error) {
	key, err := parsePageToken(token)
	if err != nil || key == "" {
		return 0, err
	}
	n, err := strconv.ParseUint(key, 10, 32)
	if err != nil {
		return 0, &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	return uint32(n), nil
}

func nextAccounts(next uint32) string {
	if next == 0 {
		return ""
	}
	return pageToken(strconv.FormatUint(uint64(next), 10))
}

func (a accountService) ListAccounts(ctx context.Context, r *ksv1.ListAccountsRequest) (*ksv1.ListAccountsResponse, error) {
	after, err := accountPage(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	within, err := dottedArea(r.GetArea())
	if err != nil {
		return nil, err
	}
	list, next, err := a.logic().List(ctx, callerOf(ctx), within, after, pageSize(r.GetPageSize()))
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListAccountsResponse{NextPageToken: nextAccounts(next)}
	for i := range list {
		out.Accounts = append(out.Accounts, staffMessage(callerOf(ctx), &list[i]))
	}
	return out, nil
}

// nikShown is how many digits of a NIK are shown.
const nikShown = 10_000

func staffMessage(caller *access.Caller, x *account.Listed) *ksv1.StaffAccount {
	m := &ksv1.StaffAccount{
		Account: x.Number, UserName: x.UserName, FullName: x.Person.FullName, Position: x.Person.Position,
		Area: x.Area, PuskesmasCode: x.Puskesmas, AssignedAreas: x.Assigned, Status: statusOfAccount(&x.Account), Registered: x.Registered,
		ActingSupervisorUntilMs: uint64(x.ActingUntilMS), CreatedAtMs: uint64(x.CreatedMS), ActivatedAtMs: uint64(x.ActivatedMS), UsedAtMs: uint64(x.UsedMS),
		CodeExpiresAtMs: uint64(x.CodeExpiresMS), Manageable: x.Over.Manage, Reissuable: x.Over.Reissue,
	}
	for _, role := range x.Roles {
		m.Roles = append(m.Roles, ksv1.Role(role))
	}
	if x.Person.NIK != 0 && caller.View(access.StaffNumber) >= access.LastDigits {
		m.NikLastDigits = fmt.Sprintf("%04d", x.Person.NIK%nikShown)
	}
	if (x.Over.Manage || x.Over.Reissue) && caller.View(access.StaffContact) == access.Full {
		m.Mobile, m.Email = x.Person.Mobile, x.Person.Email
	}
	return m
}

func statusOfAccount(a *store.Account) ksv1.AccountStatus {
	switch {
	case a.Disabled:
		return ksv1.AccountStatus_ACCOUNT_STATUS_DISABLED
	case a.Waiting():
		return ksv1.AccountStatus_ACCOUNT_STATUS_WAITING
	default:
		return ksv1.AccountStatus_ACCOUNT_STATUS_ACTIVE
	}
}

func (a accountService) ReviewAccess(ctx context.Context, r *ksv1.ReviewAccessRequest) (*ksv1.ReviewAccessResponse, error) {
	after, err := accountPage(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	within, err := dottedArea(r.GetArea())
	if err != nil {
		return nil, err
	}
	list, next, err := a.logic().Review(ctx, callerOf(ctx), within, after, pageSize(r.GetPageSize()))
	if err != nil {
		return nil, err
	}
	out := &ksv1.ReviewAccessResponse{NextPageToken: nextAccounts(next), AsOfMs: uint64(a.services.Now().UnixMilli())}
	for i := range list {
		x := &list[i]
		out.Accounts = append(out.Accounts, &ksv1.ReviewedAccount{
			Account: staffMessage(callerOf(ctx), &x.Listed), Rights: x.Rights, Devices: uint32(x.Devices), Sessions: uint32(x.Sessions),
			SyncedAtMs: uint64(x.SyncedMS), Remarks: x.Remarks,
		})
	}
	return out, nil
}

func (a accountService) ListDevices(ctx context.Context, r *ksv1.ListDevicesRequest) (*ksv1.ListDevicesResponse, error) {
	list, err := a.logic().Devices(ctx, callerOf(ctx), r.GetAccount())
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListDevicesResponse{}
	for i := range list {
		out.Devices = append(out.Devices, deviceMessage(&list[i]))
	}
	return out, nil
}

func deviceMessage(d *store.Device) *ksv1.AccountDevice {
	return &ksv1.AccountDevice{
		Device: d.Number, Name: d.Name, Revoked: d.Revoked, RegisteredAtMs: uint64(d.RegisteredMS), OpenedAtMs: uint64(d.OpenedMS),
		SyncedAtMs: uint64(d.SyncedMS), UnsentAnnounced: uint64(d.Unsent),
	}
}

func (a accountService) GetDeviceHoldings(ctx context.Context, r *ksv1.GetDeviceHoldingsRequest) (*ksv1.GetDeviceHoldingsResponse, error) {
	held, err := a.logic().Held(ctx, callerOf(ctx), r.GetDevice())
	if err != nil {
		return nil, err
	}
	out := &ksv1.GetDeviceHoldingsResponse{
		Device: deviceMessage(&held.Device), Account: held.Device.Account, Areas: held.Areas, Families: uint64(held.Families), Sessions: uint32(held.Sessions),
	}
	if held.RevokedMS != 0 {
		revoked := uint64(held.RevokedMS)
		out.RevokedAtMs = &revoked
	}
	return out, nil
}

func (a accountService) RevokeDevice(ctx context.Context, r *ksv1.RevokeDeviceRequest) (*ksv1.RevokeDeviceResponse, error) {
	return &ksv1.RevokeDeviceResponse{}, a.logic().RevokeDevice(ctx, callerOf(ctx), r.GetDevice())
}

func (a accountService) ListSessions(ctx context.Context, r *ksv1.ListSessionsRequest) (*ksv1.ListSessionsResponse, error) {
	caller := callerOf(ctx)
	list, err := a.logic().Sessions(ctx, caller, r.GetAccount())
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListSessionsResponse{}
	for _, x := range list {
		out.Sessions = append(out.Sessions, &ksv1.AccountSession{
			SessionId: hex.EncodeToString(x.ID), Device: x.Device, CreatedAtMs: uint64(x.CreatedMS), UsedAtMs: uint64(x.UsedMS),
			ExpiresAtMs: uint64(x.ExpiresMS), Current: string(x.ID) == string(caller.Session), Browser: x.Browser,
		})
	}
	return out, nil
}

func (a accountService) EndSession(ctx context.Context, r *ksv1.EndSessionRequest) (*ksv1.EndSessionResponse, error) {
	id, err := hex.DecodeString(r.GetSessionId())
	if err != nil {
		return nil, &errBadRequest{"session_id", "is not hexadecimal", textStale}
	}
	return &ksv1.EndSessionResponse{}, a.logic().EndSession(ctx, callerOf(ctx), id)
}
