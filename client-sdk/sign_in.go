package clientsdk

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Names of what the SDK keeps sealed in a user's store.
const (
	secretKey     = "device-key"
	secretTokens  = "tokens"
	secretAccount = "account"
)

// SignIn opens a user's data on this device with the password alone, or, the
// first time, asks the server. Who signs in twice at a time does so one after the other,
// and has the data open once. Errors: ErrUserName, ErrWrongPassword, ErrInUse, ErrOffline
// where the first sign-in has no network, *ServerError, *NoRoom, *NewerSchema.
func (c *Client) SignIn(ctx context.Context, userName, password string) (*User, error) {
	userName, err := ParseUserName(userName)
	if err != nil {
		return nil, err
	}
	release, err := c.signing.take(ctx, c.path(userName))
	if err != nil {
		return nil, err
	}
	defer release()
	return c.signIn(ctx, userName, password)
}

// signIn is SignIn in the user's turn.
func (c *Client) signIn(ctx context.Context, userName, password string) (*User, error) {
	u, err := c.openOrRegister(ctx, userName, password)
	if u != nil {
		u.countData(context.WithoutCancel(ctx))
	}
	return u, err
}

// openOrRegister opens the data, or asks the server for what they are made of.
func (c *Client) openOrRegister(ctx context.Context, userName, password string) (*User, error) {
	if userName == "" || password == "" {
		return nil, fmt.Errorf("%w: nama pengguna dan kata sandi wajib diisi", ErrWrongPassword)
	}
	if !device.Exists(c.path(userName)) {
		return c.firstSignIn(ctx, userName, password)
	}
	store, err := device.Open(ctx, c.options(userName), password)
	if errors.Is(err, device.ErrWrongPassword) {
		return nil, ErrWrongPassword
	}
	if errors.Is(err, device.ErrWiped) {
		return c.signInAfterWipe(ctx, userName, password)
	}
	var unreadable *device.Unreadable
	if errors.As(err, &unreadable) {
		return c.signInAnew(ctx, userName, password, unreadable)
	}
	if err != nil {
		return nil, err
	}
	u := c.newUser(userName, store)
	if err := u.load(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return u, nil
}

func (c *Client) newUser(userName string, store *device.Store) *User {
	return &User{client: c, name: userName, store: store, renewing: make(chan struct{}, 1), syncing: make(chan struct{}, 1)}
}

// signInAnew makes a new database where the old one can't be read any more;
// that needs network once. What was unsent in the old one is lost, and told.
func (c *Client) signInAnew(ctx context.Context, userName, password string, cause *device.Unreadable) (*User, error) {
	u, err := c.firstSignIn(ctx, userName, password)
	if err != nil {
		return nil, errors.Join(err, cause)
	}
	u.store.ReportLoss(Loss{LostChanges: -1, SetAside: cause.SetAside, Detail: cause.Error()})
	return u, nil
}

func (c *Client) firstSignIn(ctx context.Context, userName, password string) (*User, error) {
	private, response, err := c.register(ctx, userName, password)
	if err != nil {
		return nil, err
	}
	profile, err := profileOf(private, response)
	if err != nil {
		return nil, err
	}
	store, err := device.Create(ctx, c.options(userName), password, profile)
	if errors.Is(err, fs.ErrExist) { // another program was faster
		return c.signIn(ctx, userName, password)
	}
	if err != nil {
		return nil, err
	}
	if err := c.forgetAttempt(userName); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	u := c.newUser(userName, store)
	u.key = private
	u.account.Store(response.GetAccount())
	return u, nil
}

// signInAfterWipe begins anew on a device that was revoked and is trusted again, with
// network. Its own unsent changes had been delivered before; what else lay sealed for the
// server goes on.
func (c *Client) signInAfterWipe(ctx context.Context, userName, password string) (*User, error) {
	sealed, err := device.ReadSealed(ctx, c.options(userName))
	unmade := errors.Is(err, fs.ErrNotExist)
	if err != nil && !unmade {
		return nil, err
	}
	private, response, err := c.register(ctx, userName, password)
	if err != nil {
		return nil, err
	}
	u, r, err := c.renew(ctx, userName, password, sealed, private, response)
	switch {
	case err != nil:
		return nil, err
	case unmade:
		err = device.Discard(r.aside)
	case r.left > 0:
		u.store.ReportLoss(Loss{DamagedRecords: r.left, SetAside: r.aside, Detail: fmt.Sprintf("%d sealed pieces of work could not be taken over", r.left)})
	}
	return u, err
}

// renewed is what became of work beside changes that lay in a store which can't be
// unlocked: parts of other devices' files, and unsent verdicts. left could not be taken
// over.
type renewed struct {
	aside                    string
	carried, decisions, left int
}

// renew makes a user's database anew after a sign-in on line, in the place of one that
// can't be unlocked; what sealed holds beside changes the new one delivers.
func (c *Client) renew(ctx context.Context, userName, password string, sealed *device.Sealed, private ed25519.PrivateKey, response *ksv1.SignInResponse) (*User, renewed, error) {
	var out renewed
	profile, err := profileOf(private, response)
	if err != nil {
		return nil, out, err
	}
	verdicts, err := c.verdictParts(sealed, response.GetAccount(), &out)
	if err != nil {
		return nil, out, err
	}
	made, err := device.Renew(ctx, c.options(userName), password, profile, verdicts)
	if err != nil {
		return nil, out, err
	}
	if err := c.forgetAttempt(userName); err != nil {
		return nil, out, err
	}
	out.aside, out.carried, out.left = made.Aside, max(made.Carried-len(verdicts), 0), out.left+made.Left
	if !isSupervisor(response.GetAccount()) {
		out.left += out.carried // a former user's: what vouched for them was locked too
	}
	u, err := c.signIn(ctx, userName, password)
	return u, out, err
}

func isSupervisor(account *ksv1.Account) bool {
	return slices.Contains(account.GetRoles(), ksv1.Role_ROLE_SUPERVISOR)
}

// verdictParts are parts of a backup file of unsent verdicts, as a supervisor brings
// them; nobody else may, but of their own device that was revoked, where the server tells who
// passed them that they do not apply.
func (c *Client) verdictParts(sealed *device.Sealed, account *ksv1.Account, out *renewed) ([][]byte, error) {
	if sealed == nil || sealed.Decisions == 0 {
		return nil, nil
	}
	out.left = sealed.Decisions
	if !isSupervisor(account) && !sealed.Wiped {
		return nil, nil
	}
	verdicts := &device.Sealed{Device: sealed.Device, Seed: sealed.Seed, Keys: sealed.Keys}
	for _, step := range sealed.Steps {
		if step.GetKind() == ksv1.BackupItemKind_BACKUP_ITEM_KIND_DECISION {
			verdicts.Steps = append(verdicts.Steps, step)
		}
	}
	var file bytes.Buffer
	written, err := c.backup(verdicts, &file)
	if errors.Is(err, ErrNothingUnsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out.decisions, out.left = written.Steps, sealed.Decisions-written.Steps
	return syncing.ReadBackup(&file)
}

// register signs in on line under a new device key, once it is known that a database can be
// made: an account has a place for so many devices, and who tries again on a full one would
// take them all.
func (c *Client) register(ctx context.Context, userName, password string) (ed25519.PrivateKey, *ksv1.SignInResponse, error) {
	if err := device.Rehearse(ctx, c.options(userName)); err != nil {
		return nil, nil, err
	}
	for {
		key, earlier, err := c.attemptKey(userName)
		if err != nil {
			return nil, nil, err
		}
		response, err := c.signInOnline(ctx, userName, password, key)
		var refused *ServerError
		shut := errors.As(err, &refused) && shutOutKey(refused)
		if shut || errors.Is(err, ErrWrongPassword) {
			if failed := c.forgetAttempt(userName); failed != nil {
				return nil, nil, errors.Join(err, failed)
			}
		}
		if !shut || !earlier { // else the device that an earlier attempt left behind is not to be used
			return key, response, err
		}
	}
}

// shutOutKey tells that the server takes the password, but not under the device's key.
func shutOutKey(refused *ServerError) bool {
	return refused.Reason == syncing.ReasonDeviceRevoked || refused.Reason == syncing.ReasonKeyOfAnother
}

// profileOf is what a user's database is made of after a sign-in on line.
func profileOf(private ed25519.PrivateKey, response *ksv1.SignInResponse) (device.Profile, error) {
	account, err := proto.Marshal(response.GetAccount())
	if err != nil {
		return device.Profile{}, fmt.Errorf("encode account: %w", err)
	}
	tokens, err := tokensOf(response).encode()
	if err != nil {
		return device.Profile{}, err
	}
	return device.Profile{
		Device: response.GetDeviceNumber(), Account: response.GetAccount().GetNumber(), EscrowPublicKey: response.GetEscrowPublicKey(),
		Seed: private.Seed(), Secrets: map[string][]byte{secretKey: private.Seed(), secretTokens: tokens, secretAccount: account},
	}, nil
}

// signInOnline signs in on line under a device key.
func (c *Client) signInOnline(ctx context.Context, userName, password string, key ed25519.PrivateKey) (*ksv1.SignInResponse, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("device key without a public one")
	}
	if err := c.conn.connect(ctx); err != nil {
		return nil, err
	}
	clock := uint64(c.config.Now().UnixMilli())
	message := fmt.Appendf(nil, "keluarga-sehat/device%s%d", userName, clock)
	response, err := ksv1.NewAuthServiceClient(c.conn).SignIn(ctx, &ksv1.SignInRequest{
		UserName: userName, Password: password,
		Device: &ksv1.DeviceRegistration{
			PublicKey: public, Signature: ed25519.Sign(key, message), ClockMs: clock, Name: c.config.DeviceName, SdkVersion: Version,
		},
	})
	if err != nil {
		return nil, serverError(err)
	}
	return response, nil
}

func (u *User) keepAccount(ctx context.Context, a *ksv1.Account) error {
	plain, err := proto.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode account: %w", err)
	}
	u.account.Store(a)
	return u.store.PutSecret(ctx, secretAccount, plain)
}

// load reads what the SDK keeps in the user's store.
func (u *User) load(ctx context.Context) error {
	seed, err := u.store.Secret(ctx, secretKey)
	if err != nil {
		return err
	}
	if len(seed) == ed25519.SeedSize {
		u.key = ed25519.NewKeyFromSeed(seed)
		// A repaired file lacks it.
		if err := u.store.PutDepositKey(ctx, seed); err != nil {
			return err
		}
	}
	plain, err := u.store.Secret(ctx, secretAccount)
	if err != nil {
		return err
	}
	account := &ksv1.Account{}
	if err := proto.Unmarshal(plain, account); err != nil {
		return err
	}
	u.account.Store(account)
	return nil
}
