package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

// A refresh token is the session's id, the number of rotations before it, and a
// secret. The id finds the session also for tokens long used up, whose return
// means that somebody else has them; the number tells those from tokens that a
// restored store has not given yet.
const (
	sessionIDBytes  = 16
	generationBytes = 4
	secretBytes     = 32
)

func (s *Service) newToken(session []byte, generation uint32) (string, error) {
	token := make([]byte, sessionIDBytes+generationBytes+secretBytes)
	copy(token, session)
	binary.BigEndian.PutUint32(token[sessionIDBytes:], generation)
	if _, err := io.ReadFull(s.rand, token[sessionIDBytes+generationBytes:]); err != nil {
		return "", fmt.Errorf("draw token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(token), nil
}

// parseToken gives what a refresh token says of itself; nothing is proved by it.
// Errors: ErrTokenInvalid.
func parseToken(token string) (session []byte, generation uint32, err error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != sessionIDBytes+generationBytes+secretBytes {
		return nil, 0, ErrTokenInvalid
	}
	return b[:sessionIDBytes], binary.BigEndian.Uint32(b[sessionIDBytes:]), nil
}

// endOf is what somebody is told whose session is over; nil: it is not.
func endOf(why store.SessionEnd) error {
	switch why {
	case 0:
		return nil
	case store.EndSignedOut:
		return ErrTokenInvalid
	case store.EndReused:
		return ErrTokenReused
	default:
		return ErrSessionEnded
	}
}

// Refresh exchanges a refresh token for its successor. A token that was used
// before ends the session for all who hold one of its tokens, unless it is the
// same request again. Errors: ErrTokenInvalid, ErrTokenReused, ErrSessionEnded,
// ErrAccountDisabled, ErrDeviceProof, ErrDeviceRevoked.
func (s *Service) Refresh(ctx context.Context, token string, nonce, signature []byte) (*Grant, error) {
	id, generation, err := parseToken(token)
	if err != nil {
		return nil, err
	}
	fresh, err := s.newToken(id, generation+1)
	if err != nil {
		return nil, err
	}
	r := refresh{service: s, token: token, fresh: fresh, generation: generation, nonce: nonce, signature: signature}
	err = s.store.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		r.stolen = false
		if r.session, err = tx.Directory().LockSession(ctx, id); err != nil {
			return err
		}
		return r.run(ctx, tx)
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrTokenInvalid
	case err != nil:
		return nil, err
	case r.stolen:
		s.limits.log.WarnContext(ctx, "refresh token used twice; session ended", "account", r.session.Account, "device", r.session.Device)
		return nil, &Concerning{r.account, ErrTokenReused}
	}
	return s.grant(ctx, Claims{Account: r.session.Account, Device: r.session.Device, Session: id}, r.successor)
}

// refresh is one exchange.
type refresh struct {
	service          *Service
	token, fresh     string
	generation       uint32
	nonce, signature []byte

	session   store.Session
	account   store.Account
	successor string
	stolen    bool
}

func (r *refresh) run(ctx context.Context, tx store.Tx) error {
	account, err := tx.Snapshot().FindAccount(ctx, r.session.Account)
	if err != nil {
		return err
	}
	r.account = account
	// Who has the token but not the device's key can neither use it nor sign its
	// owner out by it. A revoked device is told so before anything else that shuts
	// it out: nothing but that has it wiped.
	if err := r.service.checkProof(ctx, tx, r.session, r.token, r.nonce, r.signature); err != nil {
		return &Concerning{account, err}
	}
	if account.Disabled {
		return &Concerning{account, ErrAccountDisabled}
	}
	if err := endOf(r.session.Ended); err != nil {
		return &Concerning{account, err}
	}
	if r.session.ExpiresMS < r.service.now().UnixMilli() {
		return ErrTokenInvalid
	}
	hash := sha256.Sum256([]byte(r.token))
	switch {
	case bytes.Equal(hash[:], r.session.TokenHash):
		r.successor = r.fresh
		return r.rotate(ctx, tx)
	case bytes.Equal(hash[:], r.session.PreviousHash) && bytes.Equal(r.nonce, r.session.RotationNonce):
		r.successor, err = r.service.openSuccessor(r.session)
		return err
	case r.generation > r.session.Generation:
		// Given after the backup from which this store was restored.
		return ErrTokenInvalid
	}
	r.stolen = true
	r.session.Ended = store.EndReused
	return tx.Directory().PutSession(ctx, r.session)
}

// checkProof holds a refresh of a device's session against the device. Errors:
// ErrDeviceProof; ErrDeviceRevoked, of which only who has its key is told.
func (s *Service) checkProof(ctx context.Context, tx store.Tx, session store.Session, token string, nonce, signature []byte) error {
	if session.Device == 0 {
		return nil
	}
	d, err := tx.Snapshot().FindDevice(ctx, session.Device)
	if err != nil {
		return err
	}
	if !ed25519.Verify(d.PublicKey, RefreshMessage(token, nonce), signature) {
		return ErrDeviceProof
	}
	if d.Revoked {
		return ErrDeviceRevoked
	}
	return nil
}

func (r *refresh) rotate(ctx context.Context, tx store.Tx) error {
	s, session := r.service, &r.session
	next := sha256.Sum256([]byte(r.successor))
	session.PreviousHash, session.TokenHash, session.RotationNonce = session.TokenHash, next[:], r.nonce
	session.Generation++
	session.UsedMS = s.now().UnixMilli()
	session.ExpiresMS = s.now().Add(RefreshLifetime).UnixMilli()
	key, err := s.ring.SessionKey(s.tokens.keyID)
	if err != nil {
		return err
	}
	sealer, err := record.NewSealer(s.rand)
	if err != nil {
		return err
	}
	session.Successor, err = sealer.Seal(nil, key, SuccessorBinding(session.ID), []byte(r.successor))
	if err != nil {
		return err
	}
	return errors.Join(tx.Directory().PutSession(ctx, *session), tx.Directory().NoteUse(ctx, session.Account, session.UsedMS))
}

func (s *Service) openSuccessor(session store.Session) (string, error) {
	id, err := record.KeyID(session.Successor)
	if err != nil {
		return "", err
	}
	key, err := s.ring.SessionKey(id)
	if err != nil {
		return "", err
	}
	sealer, err := record.NewSealer(s.rand)
	if err != nil {
		return "", err
	}
	plain, err := sealer.Open(nil, key, SuccessorBinding(session.ID), session.Successor)
	return string(plain), err
}

// SuccessorBinding binds a session's sealed successor to it.
func SuccessorBinding(id []byte) record.Binding {
	b := record.Binding{Table: "session"}
	copy(b.ID[:], id)
	return b
}

// SignOut ends the session of its present refresh token; ending an ended one, or
// none, is fine. Without a device's key its token before that ends it, too, as
// pages that share a browser may hold it; with one, whoever has that alone could
// end it without the key, and the device gets its successor by Refresh. Errors:
// ErrTokenInvalid for that.
func (s *Service) SignOut(ctx context.Context, token string) error {
	id, _, err := parseToken(token)
	if err != nil {
		return nil // ends nothing
	}
	hash := sha256.Sum256([]byte(token))
	return s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		session, err := tx.Directory().LockSession(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		former := bytes.Equal(hash[:], session.PreviousHash)
		switch {
		case err != nil:
			return err
		case session.Ended != 0 || !former && !bytes.Equal(hash[:], session.TokenHash):
			return nil
		case former && session.Device != 0:
			return ErrTokenInvalid
		}
		session.Ended = store.EndSignedOut
		return tx.Directory().PutSession(ctx, session)
	})
}

// EndSession ends one session of an account by hand. Errors: store.ErrNotFound
// for another account's.
func EndSession(ctx context.Context, tx store.Tx, account uint32, id []byte) error {
	session, err := tx.Directory().LockSession(ctx, id)
	if err != nil {
		return err
	}
	if session.Account != account {
		return store.ErrNotFound
	}
	if session.Ended != 0 {
		return nil
	}
	session.Ended = store.EndByHand
	return tx.Directory().PutSession(ctx, session)
}
