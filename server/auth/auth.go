package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Errors of signing in; the service layer gives them codes and texts.
var (
	// ErrSignInFailed: name, password or both are wrong, or the account is
	// disabled; told apart from nothing.
	ErrSignInFailed = errors.New("sign-in failed")
	// ErrTokenExpired: refresh and try again.
	ErrTokenExpired = errors.New("access token expired")
	// ErrTokenInvalid: sign in again.
	ErrTokenInvalid = errors.New("token invalid")
	// ErrTokenReused: a refresh token of the session was used by two; the session
	// is over for both.
	ErrTokenReused = errors.New("refresh token used twice; session ended")
	// ErrSessionEnded: ended by hand or by another password; sign in again.
	ErrSessionEnded = errors.New("session ended")
	// ErrAccountDisabled: the account's tokens and devices do nothing any more.
	ErrAccountDisabled = errors.New("account disabled")
	// ErrDeviceRevoked: the device may not sync any more.
	ErrDeviceRevoked = errors.New("device revoked")
	// ErrKeyOfAnother: the device's key is registered for another account.
	ErrKeyOfAnother = errors.New("device key of another account")
	// ErrDeviceProof: the device's signature does not fit its key.
	ErrDeviceProof = errors.New("device signature invalid")
)

// Concerning is a refusal with the account that it concerns, for the record: the
// caller has not proved to be its owner. Number 0: there is no such account.
type Concerning struct {
	Account store.Account
	Cause   error
}

// Error is the cause's.
func (c *Concerning) Error() string { return c.Cause.Error() }

// Unwrap gives the cause.
func (c *Concerning) Unwrap() error { return c.Cause }

// Service signs in. Safe for concurrent use.
type Service struct {
	store  store.Store
	ring   *record.Ring
	now    func() time.Time
	rand   io.Reader
	hasher *Hasher
	tokens *Tokens
	limits *Limits
}

// New makes a Service; log hears of guessing and of stolen tokens.
func New(s store.Store, ring *record.Ring, now func() time.Time, rand io.Reader, log *slog.Logger) (*Service, error) {
	key, keyID, err := ring.TokenKey()
	if err != nil {
		return nil, err
	}
	return &Service{
		store: s, ring: ring, now: now, rand: rand, hasher: NewHasher(rand), tokens: &Tokens{key: key, keyID: keyID, now: now}, limits: NewLimits(now, log),
	}, nil
}

// Hasher hashes passwords for new accounts.
func (s *Service) Hasher() *Hasher { return s.hasher }

// Limits slow those who guess.
func (s *Service) Limits() *Limits { return s.limits }

// Grant is the outcome of a sign-in or a refresh.
type Grant struct {
	AccessToken  string
	Expires      time.Time
	RefreshToken string
	Caller       *access.Caller
}

// DeviceProof is what a device shows of itself.
type DeviceProof struct {
	PublicKey, Signature []byte
	ClockMS              uint64
	Name                 string
}

// signs tells whether the proof's key signed the user name.
func (p *DeviceProof) signs(userName string) bool {
	return p != nil && len(p.PublicKey) == ed25519.PublicKeySize && ed25519.Verify(p.PublicKey, DeviceMessage(userName, p.ClockMS), p.Signature)
}

// DeviceMessage is what the device's key signs at sign-in.
func DeviceMessage(userName string, clockMS uint64) []byte {
	return []byte("keluarga-sehat/device" + userName + strconv.FormatUint(clockMS, 10))
}

// RefreshMessage is what the device's key signs at a refresh.
func RefreshMessage(refreshToken string, nonce []byte) []byte {
	return append([]byte("keluarga-sehat/refresh"+refreshToken), nonce...)
}

// NormalUserName is how user names are compared: lower case, no blanks around.
func NormalUserName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// Origin is from where somebody signs in, as far as is known.
type Origin struct {
	// Address is the network's.
	Address string
	// Browser is its name for people, "Chrome di Android"; "" of an app or a script.
	Browser string
}

// SignIn checks name and password. Errors: ErrSignInFailed, *TooManyAttempts, *Busy, ErrDeviceProof,
// ErrKeyOfAnother, ErrDeviceRevoked, ErrTooManyDevices.
func (s *Service) SignIn(ctx context.Context, userName, password string, from Origin, proof *DeviceProof) (*Grant, error) {
	userName = NormalUserName(userName)
	account, proven, err := s.findByName(ctx, userName, proof)
	if err != nil {
		return nil, err
	}
	if err := s.CheckPassword(ctx, &account, password, Try{UserName: userName, Address: from.Address, Proven: proven}); err != nil {
		return nil, err
	}
	var device uint32
	if proof != nil {
		if device, err = s.registerDevice(ctx, account, userName, proof); err != nil {
			return nil, err
		}
	}
	return s.newSession(ctx, account, device, from.Browser)
}

// CheckPassword tells whether the password is the account's, slowing those who
// guess; an account of number 0 is nobody's and takes as long. Errors:
// ErrSignInFailed, *TooManyAttempts, *Busy.
func (s *Service) CheckPassword(ctx context.Context, account *store.Account, password string, t Try) error {
	attempt, err := s.limits.Begin(t)
	if err != nil {
		return s.asLate(ctx, t, err)
	}
	// Who waited in line for a hash is looked at again: many guesses at once from
	// one address are not all let through.
	ok, err := s.hasher.matches(ctx, attempt.Recheck, password, account.Password)
	if err != nil {
		var busy *Busy
		if errors.As(err, &busy) {
			err = attempt.Refusal(err)
		}
		attempt.Withdraw()
		return s.asLate(ctx, t, err)
	}
	if !ok || account.Disabled {
		refusal := attempt.Refusal(ErrSignInFailed)
		attempt.Failed(ctx, account.Number)
		return &Concerning{*account, refusal}
	}
	attempt.Succeeded()
	return nil
}

// asLate gives an error of who was not heard when one who was heard would have it.
func (s *Service) asLate(ctx context.Context, t Try, err error) error {
	var wait *TooManyAttempts
	if !errors.As(err, &wait) || t.Proven {
		return err
	}
	timer := time.NewTimer(s.hasher.lately())
	defer timer.Stop()
	select {
	case <-timer.C:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// findByName finds the account, number 0 where there is none of the name; proven
// tells that the proof is of a device on which the account has signed in before.
func (s *Service) findByName(ctx context.Context, userName string, proof *DeviceProof) (account store.Account, proven bool, err error) {
	err = s.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		proven = false
		if account, err = snap.FindAccountByName(ctx, userName); err != nil || !proof.signs(userName) {
			return err
		}
		device, err := snap.FindDeviceByKey(ctx, proof.PublicKey)
		proven = err == nil && device.Account == account.Number && !device.Revoked
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return account, proven, err
}

func (s *Service) registerDevice(ctx context.Context, account store.Account, userName string, p *DeviceProof) (uint32, error) {
	if !p.signs(userName) {
		return 0, ErrDeviceProof
	}
	var number uint32
	err := s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		known, err := tx.Snapshot().FindDeviceByKey(ctx, p.PublicKey)
		if err == nil {
			number = known.Number
			switch {
			case known.Account != account.Number:
				return ErrKeyOfAnother
			case known.Revoked:
				return ErrDeviceRevoked
			}
			return nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := roomForDevice(ctx, tx, account.Number, s.now()); err != nil {
			return err
		}
		number, err = tx.Directory().PutDevice(ctx, store.Device{
			PublicKey: p.PublicKey, Account: account.Number, Name: p.Name, RegisteredMS: s.now().UnixMilli(),
		})
		return err
	})
	return number, err
}

// newSession opens a session of an account whose password was checked. Checking
// takes time, and in line more: who changed the password or disabled the account
// meanwhile has ended all sessions, and this is none that comes after. Errors:
// ErrSignInFailed.
func (s *Service) newSession(ctx context.Context, account store.Account, device uint32, browser string) (*Grant, error) {
	id := make([]byte, sessionIDBytes)
	if _, err := io.ReadFull(s.rand, id); err != nil {
		return nil, fmt.Errorf("draw session: %w", err)
	}
	refresh, err := s.newToken(id, 0)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(refresh))
	now := s.now()
	err = s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		present, err := tx.Directory().LockAccount(ctx, account.Number)
		if err != nil {
			return err
		}
		if present.Password != account.Password || present.Disabled {
			return &Concerning{account, ErrSignInFailed}
		}
		if err := roomForSession(ctx, tx, account.Number, now); err != nil {
			return err
		}
		err = tx.Directory().PutSession(ctx, store.Session{
			ID: id, Account: account.Number, Device: device, Browser: browser, TokenHash: hash[:],
			ExpiresMS: now.Add(RefreshLifetime).UnixMilli(), CreatedMS: now.UnixMilli(), UsedMS: now.UnixMilli(),
		})
		return errors.Join(err, tx.Directory().NoteUse(ctx, account.Number, now.UnixMilli()))
	})
	if err != nil {
		return nil, err
	}
	return s.grant(ctx, Claims{Account: account.Number, Device: device, Session: id}, refresh)
}

func (s *Service) grant(ctx context.Context, claims Claims, refresh string) (*Grant, error) {
	access, expires, err := s.tokens.Issue(claims)
	if err != nil {
		return nil, err
	}
	caller, err := s.load(ctx, claims)
	if err != nil {
		return nil, err
	}
	return &Grant{AccessToken: access, Expires: expires, RefreshToken: refresh, Caller: caller}, nil
}

// Authenticate reads an access token, and the account, its device and its
// session as they stand now. Errors: ErrTokenExpired, ErrTokenInvalid,
// ErrTokenReused, ErrSessionEnded, ErrAccountDisabled, ErrDeviceRevoked.
func (s *Service) Authenticate(ctx context.Context, token string) (*access.Caller, error) {
	claims, err := s.tokens.Verify(token)
	if err != nil {
		return nil, err
	}
	return s.load(ctx, claims)
}

// Signed reads an access token that was signed here, without a look at what has become of its
// session. See Tokens.Signed.
func (s *Service) Signed(token string) (claims Claims, over bool, err error) {
	return s.tokens.Signed(token)
}

// Again looks at a caller anew, whatever has become of the access token
// meanwhile. Errors: those of Authenticate; for who came by a feed token those of
// AuthenticateFeed.
func (s *Service) Again(ctx context.Context, c *access.Caller) (*access.Caller, error) {
	if c.Feed != nil {
		return s.loadFeed(ctx, c.Feed.Hash)
	}
	return s.load(ctx, Claims{Account: c.Account.Number, Device: c.Device, Session: c.Session})
}

// load reads a caller: the account, its device, its session, its villages.
func (s *Service) load(ctx context.Context, claims Claims) (*access.Caller, error) {
	c := &access.Caller{Device: claims.Device, Session: claims.Session}
	err := s.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		// First, as in a refresh: a revoked device of a disabled account is wiped.
		if claims.Device != 0 {
			d, err := snap.FindDevice(ctx, claims.Device)
			if err != nil {
				return err
			}
			if d.Revoked || d.Account != claims.Account {
				return ErrDeviceRevoked
			}
		}
		if err := s.loadAccount(ctx, snap, c, claims.Account); err != nil {
			return err
		}
		session, err := snap.FindSession(ctx, claims.Session)
		if err != nil {
			return err
		}
		return endOf(session.Ended)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrTokenInvalid
	}
	return c, err
}

// loadAccount reads a caller's account with the roles that it has now, and its
// villages. Errors: store.ErrNotFound, ErrAccountDisabled.
func (s *Service) loadAccount(ctx context.Context, snap store.Snapshot, c *access.Caller, number uint32) (err error) {
	c.Work = nil
	if c.Account, err = snap.FindAccount(ctx, number); err != nil {
		return err
	}
	if c.Account.Disabled {
		return ErrAccountDisabled
	}
	s.actFor(&c.Account)
	return loadWork(ctx, snap, c)
}

// AccountMessage is the account as its owner sees it. The full name is opened
// by the caller of this function.
func AccountMessage(a *store.Account, fullName string) *ksv1.Account {
	m := &ksv1.Account{
		Number: a.Number, UserName: a.UserName, FullName: fullName, Area: a.Area, PuskesmasCode: a.Puskesmas,
		AssignedAreas: a.Assigned, Disabled: a.Disabled,
	}
	for _, r := range a.Roles {
		m.Roles = append(m.Roles, ksv1.Role(r))
	}
	return m
}
