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
)

// A store's data key goes two ways, each sealed by HPKE: at each sync that names the
// supervisors, to their devices' keys, and lies on the device so; at a hand-over, from
// the supervisor's device to a key that the device drew for the one request. A
// device's Ed25519 key serves as X25519 key too (RFC 7748, section 4.1), as in age's
// SSH recipients: signatures and HPKE are bound to different uses.

const (
	infoStored = "keluarga-sehat/handover/stored/1"
	infoAnswer = "keluarga-sehat/handover/answer/1"
)

// ErrNoKey: what should hold the key of the families holds nothing for this device.
var ErrNoKey = errors.New("kunci data keluarga tidak dapat dibuka")

// SealStored seals a store's data key to a supervisor's device, by its Ed25519 public
// key.
func SealStored(devicePublic ed25519.PublicKey, key record.Key) ([]byte, error) {
	public, err := montgomery(devicePublic)
	if err != nil {
		return nil, err
	}
	return seal(public, infoStored, nil, key)
}

// Reseal opens, on the supervisor's device, what SealStored sealed to it, and seals it
// to the key of a request. Errors: ErrNoKey.
func Reseal(device ed25519.PrivateKey, sealed, answerKey, nonce []byte) ([]byte, error) {
	digest := sha512.Sum512(device.Seed())
	private, err := ecdh.X25519().NewPrivateKey(digest[:32])
	if err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	key, err := open(private, infoStored, nil, sealed)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	public, err := ecdh.X25519().NewPublicKey(answerKey)
	if err != nil {
		return nil, ErrNoKey
	}
	return seal(public, infoAnswer, nonce, key)
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
	return open(private, infoAnswer, nonce, sealed)
}

func seal(public *ecdh.PublicKey, use string, nonce []byte, key record.Key) ([]byte, error) {
	recipient, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("key to seal to: %w", err)
	}
	plain := key.Bytes()
	defer clear(plain)
	sealed, err := hpke.Seal(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), append([]byte(use), nonce...), plain)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	return sealed, nil
}

func open(private *ecdh.PrivateKey, use string, nonce, sealed []byte) (record.Key, error) {
	recipient, err := hpke.NewDHKEMPrivateKey(private)
	if err != nil {
		return record.Key{}, fmt.Errorf("key to open with: %w", err)
	}
	plain, err := hpke.Open(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), append([]byte(use), nonce...), sealed)
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
