package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
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
	grant, err := a.services.Auth.SignIn(ctx, r.GetUserName(), r.GetPassword(), proof)
	if err != nil {
		return nil, err
	}
	account, err := a.services.accountMessage(&grant.Caller.Account)
	if err != nil {
		return nil, err
	}
	return &ksv1.SignInResponse{
		AccessToken: grant.AccessToken, AccessExpiresAtMs: uint64(grant.Expires.UnixMilli()), RefreshToken: grant.RefreshToken,
		Account: account, DeviceNumber: grant.Caller.Device, EscrowPublicKey: a.services.Vault.Ring().EscrowPublicKey(),
		ClockMs: uint64(a.services.Now().UnixMilli()),
	}, nil
}

func (a authService) RefreshToken(ctx context.Context, r *ksv1.RefreshTokenRequest) (*ksv1.RefreshTokenResponse, error) {
	grant, err := a.services.Auth.Refresh(ctx, r.GetRefreshToken(), r.GetNonce(), r.GetDeviceSignature())
	if err != nil {
		return nil, err
	}
	account, err := a.services.accountMessage(&grant.Caller.Account)
	if err != nil {
		return nil, err
	}
	return &ksv1.RefreshTokenResponse{
		AccessToken: grant.AccessToken, AccessExpiresAtMs: uint64(grant.Expires.UnixMilli()), RefreshToken: grant.RefreshToken, Account: account,
	}, nil
}

func (a authService) SignOut(ctx context.Context, r *ksv1.SignOutRequest) (*ksv1.SignOutResponse, error) {
	return &ksv1.SignOutResponse{}, a.services.Auth.SignOut(ctx, r.GetRefreshToken())
}

func (a authService) GetSelf(ctx context.Context, _ *ksv1.GetSelfRequest) (*ksv1.GetSelfResponse, error) {
	caller := callerOf(ctx)
	account, err := a.services.accountMessage(&caller.Account)
	if err != nil {
		return nil, err
	}
	return &ksv1.GetSelfResponse{Account: account, Rights: caller.Rights()}, nil
}

// accountMessage opens the sealed name.
func (s *Services) accountMessage(a *store.Account) (*ksv1.Account, error) {
	name, err := OpenFullName(s.Vault, a)
	if err != nil {
		return nil, err
	}
	return auth.AccountMessage(a, name), nil
}

func nameBinding(userName string) record.Binding {
	b := record.Binding{Table: "account.full_name"}
	copy(b.ID[:], userName)
	return b
}

// Opener opens sealed payloads; *ingest.Vault is one.
type Opener interface {
	Open(salt [16]byte, bind record.Binding, sealed []byte) ([]byte, error)
}

// Sealer seals payloads; *ingest.Vault is one.
type Sealer interface {
	Seal(salt [16]byte, bind record.Binding, plain []byte) ([]byte, error)
	NewSalt() ([16]byte, error)
}

// OpenFullName is an account's full name; "" where none was stored.
func OpenFullName(v Opener, a *store.Account) (string, error) {
	if len(a.FullName) == 0 {
		return "", nil
	}
	plain, err := v.Open(a.Salt, nameBinding(a.UserName), a.FullName)
	return string(plain), err
}

// SealFullName stores a full name in an account, whose user name must be set.
func SealFullName(v Sealer, a *store.Account, name string) error {
	var err error
	if a.Salt, err = v.NewSalt(); err != nil {
		return err
	}
	a.FullName, err = v.Seal(a.Salt, nameBinding(a.UserName), []byte(name))
	return err
}
