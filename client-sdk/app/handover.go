package app

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/qr"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// handoverService is HandoverService over the SDK.
type handoverService struct {
	devicev1.UnimplementedHandoverServiceServer
	app *App
}

// Errors of a hand-over that the app tells.
var (
	errHandoverOpen = errors.New("kunci dahulu aplikasi di perangkat ini, lalu mulai serah terima dari halaman masuk")
	errNoHandover   = errors.New("tidak ada permintaan serah terima yang menunggu di perangkat ini; buat permintaan baru")
)

// locked is the SDK while nobody is signed in. The caller holds mu.
func (a *App) locked() (*clientsdk.Client, error) {
	switch {
	case a.client == nil:
		return nil, errNotSetUp
	case a.user != nil:
		return nil, errHandoverOpen
	}
	return a.client, nil
}

// ListColleagues lists who may take over.
func (s handoverService) ListColleagues(ctx context.Context, r *devicev1.ListColleaguesRequest) (*devicev1.ListColleaguesResponse, error) {
	release, err := s.app.enterAlone(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	defer release()
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	client, err := s.app.locked()
	if err != nil {
		return nil, statusOf(err)
	}
	people, err := client.HandoverColleagues(ctx, r.GetUserName())
	if err != nil {
		return nil, statusOf(err)
	}
	out := &devicev1.ListColleaguesResponse{}
	for _, p := range people {
		out.UserNames = append(out.UserNames, p.UserName)
		if p.MaySign {
			out.Supervisors = append(out.Supervisors, p.UserName)
		}
	}
	return out, nil
}

// BeginHandover asks for the device to be handed over.
func (s handoverService) BeginHandover(ctx context.Context, r *devicev1.BeginHandoverRequest) (*devicev1.BeginHandoverResponse, error) {
	release, err := s.app.enterAlone(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	defer release()
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	client, err := s.app.locked()
	if err != nil {
		return nil, statusOf(err)
	}
	h, err := client.BeginHandover(ctx, clientsdk.HandoverParties{Outgoing: r.GetOutgoing(), Incoming: r.GetIncoming(), Supervisor: r.GetSupervisor()})
	if err != nil {
		return nil, statusOf(err)
	}
	code, err := shownCode(h.Code())
	if err != nil {
		return nil, statusOf(err)
	}
	s.app.handover = h
	return &devicev1.BeginHandoverResponse{Code: code, Until: timestamppb.New(h.Until()), Match: h.Match()}, nil
}

// AcceptHandover takes the supervisor's answer.
func (s handoverService) AcceptHandover(ctx context.Context, r *devicev1.AcceptHandoverRequest) (*devicev1.AcceptHandoverResponse, error) {
	release, err := s.app.enterAlone(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	defer release()
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	if _, err := s.app.locked(); err != nil {
		return nil, statusOf(err)
	}
	if s.app.handover == nil {
		return nil, statusOf(errNoHandover)
	}
	user, err := s.app.handover.Accept(ctx, r.GetAnswer(), r.GetPassword())
	if err != nil {
		return nil, statusOf(err)
	}
	s.app.handover = nil
	s.app.enter(user)
	return &devicev1.AcceptHandoverResponse{}, nil
}

// ReadHandover reads the code of another device.
func (s handoverService) ReadHandover(ctx context.Context, r *devicev1.ReadHandoverRequest) (*devicev1.ReadHandoverResponse, error) {
	user, err := s.app.reviewer(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	asked, err := user.ReadHandover(ctx, r.GetCode())
	if err != nil {
		return nil, statusOf(err)
	}
	return &devicev1.ReadHandoverResponse{
		Device: asked.Device, OutgoingUserName: asked.OutgoingUserName, OutgoingName: asked.OutgoingName,
		IncomingUserName: asked.IncomingUserName, IncomingName: asked.IncomingName,
		Families: asked.Families, Match: asked.Match,
	}, nil
}

// SignHandover signs it.
func (s handoverService) SignHandover(ctx context.Context, r *devicev1.SignHandoverRequest) (*devicev1.SignHandoverResponse, error) {
	user, err := s.app.reviewer(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	answer, err := user.SignHandover(ctx, r.GetCode())
	if err != nil {
		return nil, statusOf(err)
	}
	code, err := shownCode(answer)
	return &devicev1.SignHandoverResponse{Code: code}, statusOf(err)
}

// shownCode is a code as text and as QR; the QR code needs no blanks.
func shownCode(text string) (*devicev1.HandoverCode, error) {
	modules, path, err := qr.Path(strings.ReplaceAll(text, " ", ""))
	return &devicev1.HandoverCode{Text: text, Modules: uint32(modules), Path: path}, err
}
