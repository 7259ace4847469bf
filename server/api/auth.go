package api

import (
	"context"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

type authService struct {
	ksv1.UnimplementedAuthServiceServer
	services *Services
}

func (a authService) SignIn(ctx context.Context, r *ksv1.SignInRequest) (*ksv1.SignInResponse, error) {
	var proof *auth.DeviceProof
	if d := r.GetDevice(); d != nil {
		proof = &auth.DeviceProof{PublicKey: d.GetPublicKey(), Signature: d.GetSignature(), ClockMS: d.GetClockMs(), Name: d.GetName()}
	}
	grant, err := a.services.Auth.SignIn(ctx, r.GetUserName(), r.GetPassword(), auth.Origin{Address: callerAddress(ctx), Browser: callerBrowser(ctx)}, proof)
	if err != nil {
		return nil, nameConcerned(ctx, err)
	}
	audit.Of(ctx).Actor(&grant.Caller.Account, grant.Caller.Device)
	self, err := a.services.accountMessage(&grant.Caller.Account)
	if err != nil {
		return nil, err
	}
	return &ksv1.SignInResponse{
		AccessToken: grant.AccessToken, AccessExpiresAtMs: uint64(grant.Expires.UnixMilli()), RefreshToken: grant.RefreshToken,
		Account: self, DeviceNumber: grant.Caller.Device, EscrowPublicKey: a.services.Vault.Ring().EscrowPublicKey(),
		ClockMs: uint64(a.services.Now().UnixMilli()),
	}, nil
}

func (a authService) RefreshToken(ctx context.Context, r *ksv1.RefreshTokenRequest) (*ksv1.RefreshTokenResponse, error) {
	grant, err := a.services.Auth.Refresh(ctx, r.GetRefreshToken(), r.GetNonce(), r.GetDeviceSignature())
	if err != nil {
		return nil, nameConcerned(ctx, err)
	}
	audit.Of(ctx).Quiet()
	self, err := a.services.accountMessage(&grant.Caller.Account)
	if err != nil {
		return nil, err
	}
	return &ksv1.RefreshTokenResponse{
		AccessToken: grant.AccessToken, AccessExpiresAtMs: uint64(grant.Expires.UnixMilli()), RefreshToken: grant.RefreshToken, Account: self,
	}, nil
}

func (a authService) SignOut(ctx context.Context, r *ksv1.SignOutRequest) (*ksv1.SignOutResponse, error) {
	return &ksv1.SignOutResponse{}, a.services.Auth.SignOut(ctx, r.GetRefreshToken())
}

func (a authService) GetSelf(ctx context.Context, _ *ksv1.GetSelfRequest) (*ksv1.GetSelfResponse, error) {
	caller := callerOf(ctx)
	self, err := a.services.accountMessage(&caller.Account)
	if err != nil {
		return nil, err
	}
	return &ksv1.GetSelfResponse{Account: self, Rights: caller.Rights()}, nil
}

// accountMessage opens the sealed name.
func (s *Services) accountMessage(a *store.Account) (*ksv1.Account, error) {
	name, err := account.OpenFullName(s.Vault, a)
	if err != nil {
		return nil, err
	}
	return auth.AccountMessage(a, name), nil
}
