package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Errors of feed tokens.
var (
	// ErrFeedToken: unknown, over, revoked, or its owner may export no more; told
	// apart from nothing.
	ErrFeedToken = errors.New("feed token not in force")
	// ErrTooManyFeedTokens: MaxFeedTokens of the account are in force.
	ErrTooManyFeedTokens = errors.New("too many feed tokens")
)

// Limits of feed tokens.
const (
	// MaxFeedTokens of one account that are in force.
	MaxFeedTokens = 20
	// feedTokenPrefix lets scanners for leaked secrets know one.
	feedTokenPrefix = "ksf_"
	feedTokenBytes  = 32
	// noteFeedUse is how coarse it is kept when a token was last used.
	noteFeedUse = time.Hour
)

// NewFeedToken makes a token of the caller's for so many days and gives the
// secret, of which only a hash is kept. Name and Area of what comes in are kept.
// Errors: ErrTooManyFeedTokens, ErrAccountDisabled, ErrSessionEnded.
func (s *Service) NewFeedToken(ctx context.Context, c *access.Caller, t store.FeedToken, days int) (secret string, made store.FeedToken, err error) {
	raw := make([]byte, feedTokenBytes)
	if _, err := io.ReadFull(s.rand, raw); err != nil {
		return "", made, fmt.Errorf("draw feed token: %w", err)
	}
	secret = feedTokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
	hash, now := sha256.Sum256([]byte(secret)), s.now()
	t.Account, t.Hash, t.CreatedMS, t.ExpiresMS = c.Account.Number, hash[:], now.UnixMilli(), now.AddDate(0, 0, days).UnixMilli()
	err = s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		// The account's row is the lock: of two at once one sees the other's token, and
		// what ends all tokens of an account has ended the caller's session with them.
		if err := stillIn(ctx, tx, c); err != nil {
			return err
		}
		held, err := tx.Snapshot().FeedTokensOf(ctx, t.Account, now.UnixMilli())
		if err != nil {
			return err
		}
		held = slices.DeleteFunc(held, func(f store.FeedToken) bool { return f.RevokedMS != 0 })
		if len(held) >= MaxFeedTokens {
			return ErrTooManyFeedTokens
		}
		t.Number, err = tx.Directory().AddFeedToken(ctx, t)
		return err
	})
	return secret, t, err
}

// stillIn locks the caller's account and tells whether it, and the session, are as
// good as when the call came. Errors: ErrAccountDisabled, ErrSessionEnded and the
// like.
func stillIn(ctx context.Context, tx store.Tx, c *access.Caller) error {
	account, err := tx.Directory().LockAccount(ctx, c.Account.Number)
	if err != nil {
		return err
	}
	if account.Disabled {
		return ErrAccountDisabled
	}
	session, err := tx.Snapshot().FindSession(ctx, c.Session)
	if err != nil {
		return err
	}
	return endOf(session.Ended)
}

// FormedFeed tells whether a secret has the form of a feed token, without a look at whether
// there is such a one. Errors: ErrFeedToken.
func (s *Service) FormedFeed(secret string) error {
	raw, ok := strings.CutPrefix(secret, feedTokenPrefix)
	if !ok || len(raw) != base64.RawURLEncoding.EncodedLen(feedTokenBytes) {
		return ErrFeedToken
	}
	return nil
}

// AuthenticateFeed reads a feed token, and its owner's account as it stands now.
// Errors: ErrFeedToken.
func (s *Service) AuthenticateFeed(ctx context.Context, secret string) (*access.Caller, error) {
	hash, now := sha256.Sum256([]byte(secret)), s.now()
	c, err := s.loadFeed(ctx, hash[:])
	if err != nil {
		return nil, err
	}
	if now.UnixMilli()-c.Feed.UsedMS >= noteFeedUse.Milliseconds() {
		err = s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().NoteFeedUse(ctx, c.Feed.Number, now.Truncate(noteFeedUse).UnixMilli())
		})
	}
	return c, err
}

// loadFeed reads who comes by the feed token of a hash. Errors: ErrFeedToken.
func (s *Service) loadFeed(ctx context.Context, hash []byte) (*access.Caller, error) {
	c := &access.Caller{}
	err := s.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		c.Feed = nil
		token, err := snap.FindFeedToken(ctx, hash)
		if err != nil {
			return err
		}
		if token.RevokedMS != 0 || token.ExpiresMS <= s.now().UnixMilli() {
			return ErrFeedToken
		}
		if err := s.loadAccount(ctx, snap, c, token.Account); err != nil {
			return err
		}
		if !c.Has(ksv1.Right_RIGHT_EXPORT_AGGREGATES) {
			return ErrFeedToken
		}
		c.Feed = &token
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrAccountDisabled) {
		return nil, ErrFeedToken
	}
	return c, err
}
