package clientsdk

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc/metadata"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// tokens are the user's; kept sealed.
type tokens struct {
	access, refresh string
	expiresMS       uint64
	// nonce of a rotation whose reply has not been stored yet.
	nonce []byte
}

type tokensFile struct {
	Access  string `json:"access"`
	Refresh string `json:"refresh"`
	Expires uint64 `json:"expires"`
	Nonce   []byte `json:"nonce,omitempty"`
}

// tokensOf are those that a sign-in gave.
func tokensOf(r *ksv1.SignInResponse) *tokens {
	return &tokens{access: r.GetAccessToken(), refresh: r.GetRefreshToken(), expiresMS: r.GetAccessExpiresAtMs()}
}

func (t *tokens) encode() ([]byte, error) {
	plain, err := json.Marshal(tokensFile{t.access, t.refresh, t.expiresMS, t.nonce})
	if err != nil {
		return nil, fmt.Errorf("encode tokens: %w", err)
	}
	return plain, nil
}

func (u *User) keepTokens(ctx context.Context, t *tokens) error {
	plain, err := t.encode()
	if err != nil {
		return err
	}
	return u.store.PutSecret(ctx, secretTokens, plain)
}

func (u *User) readTokens(ctx context.Context) (*tokens, error) {
	plain, err := u.store.Secret(ctx, secretTokens)
	if err != nil {
		return nil, err
	}
	var f tokensFile
	if len(plain) > 0 {
		if err := json.Unmarshal(plain, &f); err != nil {
			return nil, fmt.Errorf("decode tokens: %w", err)
		}
	}
	return &tokens{f.Access, f.Refresh, f.Expires, f.Nonce}, nil
}

// earlyMS is how long before its end an access token is renewed.
const earlyMS = 60_000

// withToken makes a call under a token, and once more under a new one where the first has
// run out by the server's clock, of which the device's may know nothing. Errors:
// ErrSignInAgain, ErrOffline, the context's, the call's as serverError tells them.
func (u *User) withToken(ctx context.Context, call func(context.Context) error) error {
	for again := false; ; again = true {
		token, err := u.accessToken(ctx)
		if err != nil {
			return err
		}
		err = serverError(call(under(ctx, token)))
		var refused *ServerError
		if again || !errors.As(err, &refused) || refused.Reason != syncing.ReasonTokenExpired {
			return err
		}
		u.renew.Store(true)
	}
}

// under is a context of calls under a token.
func under(ctx context.Context, token string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
}

// underLast is a context of calls that need no token, under the user's last one, if they had any:
// the server then takes them for no stranger, though it may have run out.
func (u *User) underLast(ctx context.Context) context.Context {
	t, err := u.readTokens(ctx)
	if err != nil || t.access == "" {
		return ctx
	}
	return under(ctx, t.access)
}

// takeTokens waits until nobody else has the tokens; release gives them back. Errors: the
// context's.
func (u *User) takeTokens(ctx context.Context) (release func(), err error) {
	select {
	case u.renewing <- struct{}{}:
		return func() { <-u.renewing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// accessToken is a token that is good now, renewed where needed. The nonce of a
// rotation is stored before it is sent, so that a lost reply can be asked for
// again. Errors: ErrSignInAgain, ErrOffline, the context's.
func (u *User) accessToken(ctx context.Context) (string, error) {
	release, err := u.takeTokens(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	t, err := u.readTokens(ctx)
	if err != nil {
		return "", err
	}
	if t.refresh == "" {
		return "", ErrSignInAgain
	}
	if uint64(u.store.Now().UnixMilli())+earlyMS < t.expiresMS && !u.renew.Load() {
		return t.access, nil
	}
	if t.nonce == nil {
		t.nonce = make([]byte, 16)
		if _, err := io.ReadFull(u.client.config.Rand, t.nonce); err != nil {
			return "", fmt.Errorf("draw nonce: %w", err)
		}
		if err := u.keepTokens(ctx, t); err != nil {
			return "", err
		}
	}
	message := append([]byte("keluarga-sehat/refresh"+t.refresh), t.nonce...)
	r, err := ksv1.NewAuthServiceClient(u.client.conn).RefreshToken(under(ctx, t.access), &ksv1.RefreshTokenRequest{
		RefreshToken: t.refresh, Nonce: t.nonce, DeviceSignature: ed25519.Sign(u.key, message),
	})
	if err != nil {
		return "", serverError(err)
	}
	next := &tokens{access: r.GetAccessToken(), refresh: r.GetRefreshToken(), expiresMS: r.GetAccessExpiresAtMs()}
	if err := u.keepTokens(ctx, next); err != nil {
		return "", err
	}
	u.renew.Store(false)
	return next.access, u.keepAccount(ctx, r.GetAccount())
}

// SignInAgain gives the server the password once more, after ErrSignInAgain. It
// opens the data on this device from then on, in case it was changed elsewhere. For
// who took the device over it is the first time, and registers the device. Of a device
// that was revoked meanwhile the work is deposited and the data are wiped, as by Sync.
// Errors: ErrWrongPassword, ErrWiped, ErrOffline, ErrClosed, *ServerError.
func (u *User) SignInAgain(ctx context.Context, password string) error {
	if u.store.Closed() {
		return ErrClosed
	}
	key, err := u.deviceKey(ctx)
	if err != nil {
		return err
	}
	r, err := u.client.signInOnline(u.underLast(ctx), u.name, password, key)
	var refused *ServerError
	if errors.As(err, &refused) && refused.Reason == syncing.ReasonDeviceRevoked {
		return u.shutOutAlone(ctx, err, refused)
	}
	if err != nil {
		return err
	}
	// Before the tokens, which are bound to that number.
	if err := u.adopt(ctx, r.GetDeviceNumber()); err != nil {
		return err
	}
	release, err := u.takeTokens(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := u.keepTokens(ctx, tokensOf(r)); err != nil {
		return err
	}
	return errors.Join(u.keepAccount(ctx, r.GetAccount()), u.store.ChangePassword(ctx, password, u.client.config.PasswordCost))
}
