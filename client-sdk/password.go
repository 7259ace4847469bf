package clientsdk

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Activation is what a card or guide says, what the person knows, and the
// password that the person chooses.
type Activation struct {
	UserName, Code, NewPassword string
	NIK                         uint64
}

// Activate gives an account that waits its password; then sign in, or Recover
// where this device holds data under a forgotten one. After ErrOffline it may have happened;
// the same call again succeeds then, too. Errors: *ServerError with
// reason ACTIVATION_FAILED, CODE_EXPIRED, WEAK_PASSWORD or TOO_MANY_ATTEMPTS;
// ErrOffline.
func (c *Client) Activate(ctx context.Context, a Activation) error {
	if err := c.conn.connect(ctx); err != nil {
		return err
	}
	_, err := ksv1.NewAccountServiceClient(c.conn).Activate(ctx, &ksv1.ActivateRequest{
		UserName: a.UserName, Code: a.Code, Nik: a.NIK, NewPassword: a.NewPassword,
	})
	return serverError(err)
}

// ChangePassword changes the password at the server and on this device; the
// account's other devices ask for the new one at their next sync. After ErrOffline the
// server may have the new one and this device the present one: the same call again mends
// that. Errors: ErrWrongPassword, ErrOffline, *ServerError with reason WEAK_PASSWORD or
// TOO_MANY_ATTEMPTS.
func (u *User) ChangePassword(ctx context.Context, password, newPassword string) error {
	if err := u.connect(ctx); err != nil {
		return err
	}
	err := u.withToken(ctx, func(ctx context.Context) error {
		_, err := ksv1.NewAccountServiceClient(u.client.conn).ChangePassword(ctx, &ksv1.ChangePasswordRequest{Password: password, NewPassword: newPassword})
		return err
	})
	if err != nil {
		return err
	}
	return u.store.ChangePassword(ctx, newPassword, u.client.config.PasswordCost)
}

// Recovered is what became of data that a forgotten password had locked.
type Recovered struct {
	Deposited
	// OnlySignedIn: nothing was locked, so that it was a SignIn; what is unsent stays so.
	OnlySignedIn bool
	// Resubmit are unsent batches to be submitted again, as the server can't take them.
	Resubmit int
	// Carried are the parts of other devices' backup files that were here and not
	// delivered, and Decisions the unsent verdicts; the next Sync brings both, but for
	// Left, which could not be taken over and lie at SetAside.
	Carried, Decisions, Left int
	// SetAside is where the old data are kept, because the server can't take some
	// of them; "": nothing is left there and they were deleted.
	SetAside string
}

// Recover makes a user's data on this device anew under a password that the
// server knows but the data don't: after a reset, or a change elsewhere. Unsent
// work is delivered first, for a supervisor's decision; the next Sync fetches
// everything else again. The device stays the same to the server. Where the
// password opens the data, it is SignIn. Of who took the device over, and has never signed
// in on it on line, it is the first time: that registers the device. Broken off at any point
// it can be repeated. Errors: those of SignIn and Deposit; the data then are as before.
func (c *Client) Recover(ctx context.Context, userName, password string) (*User, Recovered, error) {
	userName, err := ParseUserName(userName)
	if err != nil {
		return nil, Recovered{}, err
	}
	release, err := c.signing.take(ctx, c.path(userName))
	if err != nil {
		return nil, Recovered{}, err
	}
	defer release()
	u, err := c.signIn(ctx, userName, password)
	if !errors.Is(err, ErrWrongPassword) || !device.Exists(c.path(userName)) {
		return u, Recovered{OnlySignedIn: err == nil}, err
	}
	sealed, err := device.ReadSealed(ctx, c.options(userName))
	if err != nil {
		return nil, Recovered{}, err
	}
	// Only who knows the account's password now gets any further.
	private, response, err := c.signInForSealed(ctx, userName, password, sealed)
	if err != nil {
		return nil, Recovered{}, err
	}
	out := Recovered{}
	if out.Deposited, err = c.deposit(ctx, sealed); err != nil {
		return nil, out, err
	}
	out.Resubmit = sealed.Submissions - out.Submissions
	u, r, err := c.renew(ctx, userName, password, sealed, private, response)
	out.Carried, out.Decisions, out.Left = r.carried, r.decisions, r.left
	if err != nil || sealed.Undeliverable > 0 || out.Refused > 0 || out.Left > 0 {
		out.SetAside = r.aside
		return u, out, err
	}
	return u, out, device.Discard(r.aside)
}

// signInForSealed signs in on line under the device key of data that are locked, or under a
// new one where that is another user's: of who took the device over it still is the former
// one's. So it does where the device was revoked: what it holds is deposited and taken off it,
// and who knows the account's password begins anew, as after a wipe.
func (c *Client) signInForSealed(ctx context.Context, userName, password string, sealed *device.Sealed) (ed25519.PrivateKey, *ksv1.SignInResponse, error) {
	if sealed.Granted {
		return c.register(ctx, userName, password)
	}
	if len(sealed.Seed) != ed25519.SeedSize {
		return nil, nil, fmt.Errorf("device key of %d bytes", len(sealed.Seed))
	}
	private := ed25519.NewKeyFromSeed(sealed.Seed)
	response, err := c.signInOnline(ctx, userName, password, private)
	var refused *ServerError
	if errors.As(err, &refused) && shutOutKey(refused) {
		return c.register(ctx, userName, password) // a repaired file may not tell
	}
	return private, response, err
}
