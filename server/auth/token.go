package auth

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Lifetimes of tokens.
const (
	// AccessLifetime: short, though account, device and session are looked at in
	// each call.
	AccessLifetime = 15 * time.Minute
	// RefreshLifetime from the last rotation: a surveyor may be three weeks in
	// the field and on leave after that.
	RefreshLifetime = 90 * 24 * time.Hour
)

const (
	audience  = "keluarga-sehat-sync"
	tokenType = "access"
)

// Claims are what an access token says.
type Claims struct {
	Account uint32
	Device  uint32
	// Session is the chain of refresh tokens that the token belongs to: it ends
	// with it.
	Session []byte
}

type jwtClaims struct {
	jwt.RegisteredClaims
	Type    string `json:"typ"`
	Device  uint32 `json:"dev,omitempty"`
	Session []byte `json:"sid"`
}

// Tokens makes and reads access tokens.
type Tokens struct {
	key [32]byte
	// keyID names the key in a token's header.
	keyID uint32
	now   func() time.Time
}

// headerKey is the header of a token that names its key (RFC 7515).
const headerKey = "kid"

// Issue makes an access token.
func (t *Tokens) Issue(c Claims) (token string, expires time.Time, err error) {
	now := t.now()
	expires = now.Add(AccessLifetime)
	claims := jwtClaims{Type: tokenType, Device: c.Device, Session: c.Session, RegisteredClaims: jwt.RegisteredClaims{
		Subject: strconv.FormatUint(uint64(c.Account), 10), Audience: jwt.ClaimStrings{audience},
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
	}}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	unsigned.Header[headerKey] = t.keyName()
	if token, err = unsigned.SignedString(t.key[:]); err != nil {
		return "", time.Time{}, fmt.Errorf("sign token: %w", err)
	}
	return token, expires, nil
}

func (t *Tokens) keyName() string { return strconv.FormatUint(uint64(t.keyID), 10) }

// Verify reads an access token. One that another key signed counts as expired, so
// that who holds it after keys were rotated refreshes it and need not sign in.
// Errors: ErrTokenExpired, ErrTokenInvalid.
func (t *Tokens) Verify(token string) (Claims, error) {
	claims, over, err := t.Signed(token)
	if err == nil && over {
		return Claims{}, ErrTokenExpired
	}
	return claims, err
}

// Signed is Verify for a token that may be over, though no longer than what renews it lives: who
// shows it has it, which gives no right to anything. Errors: ErrTokenExpired, ErrTokenInvalid.
func (t *Tokens) Signed(token string) (_ Claims, over bool, err error) {
	var claims jwtClaims
	now := t.now()
	_, err = jwt.ParseWithClaims(token, &claims, func(signed *jwt.Token) (any, error) {
		if name, named := signed.Header[headerKey].(string); named && name != t.keyName() {
			return nil, jwt.ErrTokenExpired
		}
		return t.key[:], nil
	},
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now.Add(-RefreshLifetime) }))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Claims{}, false, ErrTokenExpired
	case err != nil || claims.Type != tokenType:
		return Claims{}, false, ErrTokenInvalid
	}
	account, err := strconv.ParseUint(claims.Subject, 10, 32)
	if err != nil {
		return Claims{}, false, ErrTokenInvalid
	}
	return Claims{Account: uint32(account), Device: claims.Device, Session: claims.Session}, !now.Before(claims.ExpiresAt.Time), nil
}
