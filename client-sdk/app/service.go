package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// appService is AppService over the SDK.
type appService struct {
	devicev1.UnimplementedAppServiceServer
	app *App
}

// SetUp keeps where the server is.
func (s appService) SetUp(ctx context.Context, r *devicev1.SetUpRequest) (*devicev1.SetUpResponse, error) {
	setup, err := ParseLink(r.GetLink())
	if err == nil {
		err = s.app.setUp(ctx, setup)
	}
	return &devicev1.SetUpResponse{Server: setup.Server, DeviceName: setup.DeviceName}, statusOf(err)
}

// SignIn opens a user's data.
func (s appService) SignIn(ctx context.Context, r *devicev1.SignInRequest) (*devicev1.SignInResponse, error) {
	return &devicev1.SignInResponse{}, statusOf(s.app.signIn(ctx, r.GetUserName(), r.GetPassword()))
}

// Activate gives an account its first password.
func (s appService) Activate(ctx context.Context, r *devicev1.ActivateRequest) (*devicev1.ActivateResponse, error) {
	s.app.mu.Lock()
	client := s.app.client
	s.app.mu.Unlock()
	if client == nil {
		return nil, statusOf(errNotSetUp)
	}
	nik, err := strconv.ParseUint(r.GetNik(), 10, 64)
	if err == nil {
		err = client.Activate(ctx, clientsdk.Activation{UserName: r.GetUserName(), Code: r.GetCode(), NIK: nik, NewPassword: r.GetNewPassword()})
	}
	return &devicev1.ActivateResponse{}, statusOf(err)
}

// GetStatus tells how everything stands. It does not keep the app unlocked: a
// page asks for it by itself.
func (s appService) GetStatus(ctx context.Context, _ *devicev1.GetStatusRequest) (*devicev1.GetStatusResponse, error) {
	out, err := s.app.status(ctx)
	return out, statusOf(err)
}

func (a *App) status(ctx context.Context) (*devicev1.GetStatusResponse, error) {
	a.mu.Lock()
	a.lockUnused()
	client, user := a.client, a.user
	out := &devicev1.GetStatusResponse{
		Server: a.setup.Server, DeviceName: a.setup.DeviceName, Version: clientsdk.Version, Revision: a.revision.Load(), Sync: a.sync.message(),
	}
	if user == nil {
		out.Locked = a.lockedFor
	}
	a.mu.Unlock()
	if client == nil {
		return out, nil
	}
	var err error
	if out.Users, err = client.Users(); err != nil || user == nil {
		return out, err
	}
	of, err := statusOfUser(ctx, user)
	if errors.Is(err, clientsdk.ErrClosed) { // locked, or wiped, meanwhile: nobody is signed in
		return out, nil
	}
	proto.Merge(out, of)
	return out, err
}

// statusOfUser is what the status tells of who is signed in.
func statusOfUser(ctx context.Context, user *clientsdk.User) (*devicev1.GetStatusResponse, error) {
	counts, err := user.Counts(ctx)
	if err != nil {
		return nil, err
	}
	account := user.Account()
	out := &devicev1.GetStatusResponse{
		UserName: account.GetUserName(), FullName: account.GetFullName(),
		UnsentFamilies: uint32(user.UnsentFamilies()), StorageBytes: uint64(user.StorageBytes()),
	}
	out.Counts = &devicev1.Counts{
		Pending: uint32(counts.Pending), Applied: uint32(counts.Applied), Refused: uint32(counts.Refused), Quarantined: uint32(counts.Quarantined),
		Steps: uint32(counts.Steps), NotApplied: uint32(counts.NotApplied),
	}
	if out.DayLine, err = user.DayLine(ctx); err != nil {
		return nil, err
	}
	if out.Today, err = user.Today(ctx); err != nil {
		return nil, err
	}
	if out.MayReview, err = user.MayReview(ctx); err != nil {
		return nil, err
	}
	use, err := user.DataUse(ctx)
	if err != nil {
		return nil, err
	}
	out.DataUp, out.DataDown = uint64(use.Up), uint64(use.Down)
	if last := user.LastSync(); !last.IsZero() {
		out.LastSync = timestamppb.New(last)
	}
	if loss := user.Loss(); loss != nil {
		out.Loss = lossText(loss)
	}
	return out, nil
}

func lossText(l *clientsdk.Loss) string {
	lost := "sejumlah perubahan yang tidak diketahui"
	if l.LostChanges >= 0 {
		lost = fmt.Sprintf("%d perubahan", l.LostChanges)
	}
	return fmt.Sprintf("Penyimpanan perangkat rusak: %s hilang, %d rekaman diambil ulang dari server saat sinkronisasi. Beri tahu supervisor.", lost, l.DamagedRecords)
}

// ListAreas lists the user's RT with how far each is.
func (s appService) ListAreas(ctx context.Context, _ *devicev1.ListAreasRequest) (*devicev1.ListAreasResponse, error) {
	out, err := s.app.areas(ctx)
	return out, statusOf(err)
}

func (a *App) areas(ctx context.Context) (*devicev1.ListAreasResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	lister, err := newLister(ctx, user)
	if err != nil {
		return nil, err
	}
	counts := map[uint32]map[area.Place]map[ksv1.FormState]uint32{}
	user.Families(clientsdk.Query{IncludeRemoved: true, Keep: func(f *clientsdk.Summary) bool {
		if counts[f.Village] == nil {
			counts[f.Village] = map[area.Place]map[ksv1.FormState]uint32{}
		}
		if counts[f.Village][f.Place] == nil {
			counts[f.Village][f.Place] = map[ksv1.FormState]uint32{}
		}
		counts[f.Village][f.Place][lister.state(f)]++
		return false
	}})
	out := &devicev1.ListAreasResponse{}
	for _, v := range lister.villages {
		out.Villages = append(out.Villages, villageProgress(v, counts[v.GetVillage()]))
	}
	slices.SortFunc(out.Villages, func(a, b *devicev1.VillageProgress) int {
		return slices.Compare([]byte(a.GetCode()), []byte(b.GetCode()))
	})
	return out, nil
}

func villageProgress(v *ksv1.VillageScope, counts map[area.Place]map[ksv1.FormState]uint32) *devicev1.VillageProgress {
	out := &devicev1.VillageProgress{Code: v.GetCode(), Name: v.GetName(), Whole: slices.Contains(v.GetPlaces(), "*")}
	places := []area.Place{}
	for p := range counts {
		places = append(places, p)
	}
	for _, text := range v.GetPlaces() {
		if p, err := area.ParsePlace(text); err == nil {
			places = append(places, p)
		}
	}
	slices.Sort(places)
	for _, p := range slices.Compact(places) {
		progress := &devicev1.PlaceProgress{Place: p.String(), Label: p.Label()}
		for state := range ksv1.FormState_name {
			if n := counts[p][ksv1.FormState(state)]; n > 0 {
				progress.States = append(progress.States, &devicev1.StateCount{State: ksv1.FormState(state), Families: n})
				progress.Families += n
			}
		}
		slices.SortFunc(progress.States, func(a, b *devicev1.StateCount) int { return int(a.GetState()) - int(b.GetState()) })
		out.Places = append(out.Places, progress)
	}
	return out
}

// StartSync begins a sync, or joins the one under way.
func (s appService) StartSync(context.Context, *devicev1.StartSyncRequest) (*devicev1.StartSyncResponse, error) {
	state, err := s.app.startSync()
	return &devicev1.StartSyncResponse{Sync: state}, statusOf(err)
}
