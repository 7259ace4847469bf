package handover

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A store's data key goes two ways, each sealed by HPKE: at each sync that names the
// supervisors, to their hand-over keys, and lies on the device so; at a hand-over, from
// the supervisor's device to a key that the device drew for the one request. A
// supervisor's Ed25519 hand-over key serves as X25519 key too (RFC 7748, section 4.1), as in age's
// SSH recipients: signatures and HPKE are bound to different uses.

const (
	infoStored = "keluarga-sehat/handover/stored/2"
	infoAnswer = "keluarga-sehat/handover/answer/1"
)

// ErrNoKey: what should hold the key of the families holds nothing for this device.
var ErrNoKey = errors.New("kunci data keluarga tidak dapat dibuka")

// storedInfo binds what is sealed to the account whose store it opens: for another
// account's request it opens nothing.
func storedInfo(owner uint32) []byte { return fmt.Appendf(nil, "%s %d", infoStored, owner) }

// SealStored seals the data key of an account's store to a supervisor's hand-over key.
func SealStored(signer ed25519.PublicKey, owner uint32, key record.Key) ([]byte, error) {
	public, err := montgomery(signer)
	if err != nil {
		return nil, err
	}
	return seal(public, storedInfo(owner), key)
}

// Reseal opens, on the supervisor's device, what SealStored sealed to it of the store of
// the request's outgoing user, and seals it to the key of the request. Errors: ErrNoKey.
func Reseal(signer ed25519.PrivateKey, sealed []byte, r *ksv1.HandoverRequest) ([]byte, error) {
	digest := sha512.Sum512(signer.Seed())
	private, err := ecdh.X25519().NewPrivateKey(digest[:32])
	if err != nil {
		return nil, fmt.Errorf("hand-over key: %w", err)
	}
	key, err := open(private, storedInfo(r.GetOutgoing()), sealed)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	public, err := ecdh.X25519().NewPublicKey(r.GetAnswerKey())
	if err != nil {
		return nil, ErrNoKey
	}
	return seal(public, answerInfo(r.GetNonce()), key)
}

// AnswerKey draws the key of a request.
func AnswerKey(rand io.Reader) (*ecdh.PrivateKey, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	return ecdh.X25519().NewPrivateKey(secret)
}

// OpenAnswer opens what Reseal sealed. Errors: ErrNoKey.
func OpenAnswer(private *ecdh.PrivateKey, nonce, sealed []byte) (record.Key, error) {
	return open(private, answerInfo(nonce), sealed)
}

func answerInfo(nonce []byte) []byte { return append([]byte(infoAnswer), nonce...) }

func seal(public *ecdh.PublicKey, info []byte, key record.Key) ([]byte, error) {
	recipient, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("key to seal to: %w", err)
	}
	plain := key.Bytes()
	defer clear(plain)
	sealed, err := hpke.Seal(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), info, plain)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	return sealed, nil
}

func open(private *ecdh.PrivateKey, info, sealed []byte) (record.Key, error) {
	recipient, err := hpke.NewDHKEMPrivateKey(private)
	if err != nil {
		return record.Key{}, fmt.Errorf("key to open with: %w", err)
	}
	plain, err := hpke.Open(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), info, sealed)
	if err != nil {
		return record.Key{}, ErrNoKey
	}
	defer clear(plain)
	return record.KeyFromBytes(0, plain)
}

// fieldPrime is 2^255 - 19.
var fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// montgomery is the X25519 form of an Ed25519 public key: u = (1 + y) / (1 - y). Nothing
// in it is secret, so it need not take constant time.
func montgomery(public ed25519.PublicKey) (*ecdh.PublicKey, error) {
	if len(public) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("device key of %d bytes", len(public))
	}
	b := slices.Clone(public)
	b[31] &= 0x7f // the sign of x
	slices.Reverse(b)
	y, one := new(big.Int).SetBytes(b), big.NewInt(1)
	below := new(big.Int).ModInverse(new(big.Int).Mod(new(big.Int).Sub(one, y), fieldPrime), fieldPrime)
	if below == nil {
		return nil, errors.New("device key has no X25519 form")
	}
	u := new(big.Int).Mod(new(big.Int).Mul(new(big.Int).Add(one, y), below), fieldPrime)
	out := u.FillBytes(make([]byte, 32))
	slices.Reverse(out)
	return ecdh.X25519().NewPublicKey(out)
}
