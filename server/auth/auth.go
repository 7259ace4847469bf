package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
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
	// ErrDeviceRevoked: the device may not sync any more.
	ErrDeviceRevoked = errors.New("device revoked")
	// ErrDeviceProof: the device's signature does not fit its key.
	ErrDeviceProof = errors.New("device signature invalid")
	// ErrWeakPassword: too short.
	ErrWeakPassword = errors.New("password too weak")
)

// TooManyAttempts asks the caller to wait.
type TooManyAttempts struct{ Wait time.Duration }

// Error tells how long.
func (e *TooManyAttempts) Error() string { return fmt.Sprintf("too many attempts; wait %s", e.Wait) }

// Service signs in. Safe for concurrent use.
type Service struct {
	store  store.Store
	ring   *record.Ring
	now    func() time.Time
	rand   io.Reader
	hasher *Hasher
	tokens *Tokens

	mu       sync.Mutex
	failures map[string]attempts // guarded by mu; by user name
}

type attempts struct {
	failed int
	until  time.Time
}

// maxFailureNames bounds the memory of failed attempts; when full, the oldest
// knowledge is dropped as a whole.
const maxFailureNames = 100_000

// New makes a Service.
func New(s store.Store, ring *record.Ring, now func() time.Time, rand io.Reader) (*Service, error) {
	key, err := ring.TokenKey()
	if err != nil {
		return nil, err
	}
	return &Service{
		store: s, ring: ring, now: now, rand: rand, hasher: NewHasher(rand), tokens: &Tokens{key: key, now: now},
		failures: map[string]attempts{},
	}, nil
}

// Hasher hashes passwords for new accounts.
func (s *Service) Hasher() *Hasher { return s.hasher }

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

// SignIn checks name and password. Errors: ErrSignInFailed, *TooManyAttempts,
// ErrDeviceProof, ErrDeviceRevoked.
func (s *Service) SignIn(ctx context.Context, userName, password string, proof *DeviceProof) (*Grant, error) {
	userName = NormalUserName(userName)
	if err := s.mayTry(userName); err != nil {
		return nil, err
	}
	account, err := s.findByName(ctx, userName)
	if err != nil {
		return nil, err
	}
	ok, err := s.hasher.Matches(ctx, password, account.Password)
	if err != nil {
		return nil, err
	}
	if !ok || account.Disabled {
		s.failed(userName)
		return nil, ErrSignInFailed
	}
	s.succeeded(userName)
	var device uint32
	if proof != nil {
		if device, err = s.registerDevice(ctx, account, userName, proof); err != nil {
			return nil, err
		}
	}
	return s.newSession(ctx, account, device)
}

func (s *Service) findByName(ctx context.Context, userName string) (store.Account, error) {
	var account store.Account
	err := s.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		account, err = snap.FindAccountByName(ctx, userName)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return store.Account{}, nil
	}
	return account, err
}

// Failures before delays grow, and their bounds.
const (
	freeFailures = 4
	firstDelay   = 2 * time.Second
	maxDelay     = 15 * time.Minute
)

func (s *Service) mayTry(userName string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.failures[userName].until.Sub(s.now()); wait > 0 {
		return &TooManyAttempts{Wait: wait.Round(time.Second) + time.Second}
	}
	return nil
}

func (s *Service) failed(userName string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) >= maxFailureNames {
		clear(s.failures)
	}
	a := s.failures[userName]
	a.failed++
	if over := a.failed - freeFailures; over > 0 {
		a.until = s.now().Add(min(firstDelay<<min(over-1, 16), maxDelay))
	}
	s.failures[userName] = a
}

func (s *Service) succeeded(userName string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failures, userName)
}

func (s *Service) registerDevice(ctx context.Context, account store.Account, userName string, p *DeviceProof) (uint32, error) {
	if len(p.PublicKey) != ed25519.PublicKeySize || !ed25519.Verify(p.PublicKey, DeviceMessage(userName, p.ClockMS), p.Signature) {
		return 0, ErrDeviceProof
	}
	var number uint32
	err := s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		known, err := tx.Snapshot().FindDeviceByKey(ctx, p.PublicKey)
		if err == nil {
			number = known.Number
			if known.Revoked || known.Account != account.Number {
				return ErrDeviceRevoked
			}
			return nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		number, err = tx.Directory().PutDevice(ctx, store.Device{
			PublicKey: p.PublicKey, Account: account.Number, Name: p.Name, RegisteredMS: s.now().UnixMilli(),
		})
		return err
	})
	return number, err
}

func (s *Service) newSession(ctx context.Context, account store.Account, device uint32) (*Grant, error) {
	id, token := make([]byte, 16), make([]byte, 32)
	if _, err := io.ReadFull(s.rand, id); err != nil {
		return nil, fmt.Errorf("draw session: %w", err)
	}
	if _, err := io.ReadFull(s.rand, token); err != nil {
		return nil, fmt.Errorf("draw token: %w", err)
	}
	refresh := base64.RawURLEncoding.EncodeToString(token)
	hash := sha256.Sum256([]byte(refresh))
	err := s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutSession(ctx, store.Session{
			ID: id, Account: account.Number, Device: device, TokenHash: hash[:], ExpiresMS: s.now().Add(RefreshLifetime).UnixMilli(),
		})
	})
	if err != nil {
		return nil, err
	}
	return s.grant(ctx, account, device, refresh)
}

func (s *Service) grant(ctx context.Context, account store.Account, device uint32, refresh string) (*Grant, error) {
	access, expires, err := s.tokens.Issue(Claims{Account: account.Number, Device: device})
	if err != nil {
		return nil, err
	}
	caller, err := s.load(ctx, account.Number, device)
	if err != nil {
		return nil, err
	}
	return &Grant{AccessToken: access, Expires: expires, RefreshToken: refresh, Caller: caller}, nil
}

// Refresh exchanges a refresh token for its successor. Errors: ErrTokenInvalid,
// ErrDeviceProof, ErrDeviceRevoked.
func (s *Service) Refresh(ctx context.Context, token string, nonce, signature []byte) (*Grant, error) {
	hash := sha256.Sum256([]byte(token))
	random := make([]byte, 32)
	if _, err := io.ReadFull(s.rand, random); err != nil {
		return nil, fmt.Errorf("draw token: %w", err)
	}
	var session store.Session
	var successor string
	stolen := false
	err := s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		stolen = false
		session, err = tx.Snapshot().FindSession(ctx, hash[:])
		if errors.Is(err, store.ErrNotFound) {
			return ErrTokenInvalid
		}
		if err != nil {
			return err
		}
		if session.Revoked || session.ExpiresMS < s.now().UnixMilli() {
			return ErrTokenInvalid
		}
		if err := s.checkProof(ctx, tx, session, token, nonce, signature); err != nil {
			return err
		}
		if bytes.Equal(session.PreviousHash, hash[:]) {
			if !bytes.Equal(session.RotationNonce, nonce) {
				stolen = true
				session.Revoked = true
				return tx.Directory().PutSession(ctx, session)
			}
			successor, err = s.openSuccessor(session)
			return err
		}
		successor = base64.RawURLEncoding.EncodeToString(random)
		return s.rotate(ctx, tx, &session, successor, nonce)
	})
	if err != nil {
		return nil, err
	}
	if stolen {
		return nil, ErrTokenInvalid
	}
	return s.grant(ctx, store.Account{Number: session.Account}, session.Device, successor)
}

func (s *Service) checkProof(ctx context.Context, tx store.Tx, session store.Session, token string, nonce, signature []byte) error {
	if session.Device == 0 {
		return nil
	}
	d, err := tx.Snapshot().FindDevice(ctx, session.Device)
	if err != nil {
		return err
	}
	if d.Revoked {
		return ErrDeviceRevoked
	}
	if !ed25519.Verify(d.PublicKey, RefreshMessage(token, nonce), signature) {
		return ErrDeviceProof
	}
	return nil
}

func (s *Service) rotate(ctx context.Context, tx store.Tx, session *store.Session, successor string, nonce []byte) error {
	next := sha256.Sum256([]byte(successor))
	session.PreviousHash, session.TokenHash, session.RotationNonce = session.TokenHash, next[:], nonce
	session.ExpiresMS = s.now().Add(RefreshLifetime).UnixMilli()
	key, err := s.sessionKey()
	if err != nil {
		return err
	}
	sealer, err := record.NewSealer(s.rand)
	if err != nil {
		return err
	}
	session.Successor, err = sealer.Seal(nil, key, sessionBinding(session.ID), []byte(successor))
	if err != nil {
		return err
	}
	return tx.Directory().PutSession(ctx, *session)
}

func (s *Service) openSuccessor(session store.Session) (string, error) {
	key, err := s.sessionKey()
	if err != nil {
		return "", err
	}
	sealer, err := record.NewSealer(s.rand)
	if err != nil {
		return "", err
	}
	plain, err := sealer.Open(nil, key, sessionBinding(session.ID), session.Successor)
	return string(plain), err
}

func (s *Service) sessionKey() (record.Key, error) {
	return record.KeyFromBytes(0, s.tokens.key[:])
}

func sessionBinding(id []byte) record.Binding {
	b := record.Binding{Table: "session"}
	copy(b.ID[:], id)
	return b
}

// SignOut ends the session of a refresh token; ending an ended one is fine.
func (s *Service) SignOut(ctx context.Context, token string) error {
	hash := sha256.Sum256([]byte(token))
	return s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		session, err := tx.Snapshot().FindSession(ctx, hash[:])
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		session.Revoked = true
		return tx.Directory().PutSession(ctx, session)
	})
}

// Authenticate reads an access token and the account as it stands now. Errors:
// ErrTokenExpired, ErrTokenInvalid, ErrDeviceRevoked.
func (s *Service) Authenticate(ctx context.Context, token string) (*access.Caller, error) {
	claims, err := s.tokens.Verify(token)
	if err != nil {
		return nil, err
	}
	return s.load(ctx, claims.Account, claims.Device)
}

// load reads a caller: the account, its device, its villages.
func (s *Service) load(ctx context.Context, account, device uint32) (*access.Caller, error) {
	c := &access.Caller{Device: device}
	err := s.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var err error
		c.Work = nil
		if c.Account, err = snap.FindAccount(ctx, account); err != nil {
			return err
		}
		if c.Account.Disabled {
			return ErrTokenInvalid
		}
		if device != 0 {
			d, err := snap.FindDevice(ctx, device)
			if err != nil {
				return err
			}
			if d.Revoked || d.Account != account {
				return ErrDeviceRevoked
			}
		}
		if c.Account.Puskesmas == "" {
			return nil
		}
		p, err := snap.FindPuskesmas(ctx, c.Account.Puskesmas)
		if err != nil {
			return err
		}
		for _, code := range p.Villages {
			v, err := snap.VillagesUnder(ctx, code)
			if err != nil {
				return err
			}
			c.Work = append(c.Work, v...)
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrTokenInvalid
	}
	return c, err
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
