package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// ErrWrongPassword is returned when a password or passphrase opens nothing.
var ErrWrongPassword = errors.New("wrong password")

// PasswordCost are Argon2id's parameters (RFC 9106).
type PasswordCost struct {
	// MemoryKiB is the memory used, in KiB.
	MemoryKiB uint32
	// Passes over the memory.
	Passes uint32
	// Lanes computed in parallel.
	Lanes uint8
}

// Bounds of the cost. The floor is OWASP's; the ceiling keeps a forged file
// from exhausting a phone.
var (
	// MinPasswordCost is the least that UnwrapKey accepts: 19 MiB, 2 passes.
	MinPasswordCost = PasswordCost{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1}
	// MaxPasswordCost is the most: 1 GiB, 16 passes, 8 lanes.
	MaxPasswordCost = PasswordCost{MemoryKiB: 1 << 20, Passes: 16, Lanes: 8}
)

func (c PasswordCost) valid() bool {
	return c.MemoryKiB >= MinPasswordCost.MemoryKiB && c.MemoryKiB <= MaxPasswordCost.MemoryKiB &&
		c.Passes >= MinPasswordCost.Passes && c.Passes <= MaxPasswordCost.Passes &&
		c.Lanes >= MinPasswordCost.Lanes && c.Lanes <= MaxPasswordCost.Lanes
}

const (
	wrapVersion   byte = 1
	wrapSaltBytes      = 16
	wrapHeadBytes      = 1 + 4 + 4 + 1 + wrapSaltBytes
)

// Stretch makes KeyBytes of a password, slowly; the same of the same. A nil one is
// Argon2id, and so is what a product uses. A simulator that opens slots by the thousand
// may do with less.
type Stretch func(password, salt []byte, cost PasswordCost) []byte

// Argon2id is the Stretch of RFC 9106.
func Argon2id(password, salt []byte, cost PasswordCost) []byte {
	return argon2.IDKey(password, salt, cost.Passes, cost.MemoryKiB, cost.Lanes, KeyBytes)
}

func (s Stretch) key(password, salt []byte, cost PasswordCost) (Key, error) {
	if s == nil {
		s = Argon2id
	}
	return KeyFromBytes(0, s(password, salt, cost))
}

// WrapKey seals a data key under a password. No verifier is stored: a wrong
// password is one that does not open it.
func (s Stretch) WrapKey(rand io.Reader, password []byte, cost PasswordCost, data Key) ([]byte, error) {
	if !cost.valid() {
		return nil, fmt.Errorf("password cost %+v is out of bounds", cost)
	}
	head := make([]byte, 0, wrapHeadBytes+Overhead+KeyBytes)
	head = append(head, wrapVersion)
	head = binary.BigEndian.AppendUint32(head, cost.MemoryKiB)
	head = binary.BigEndian.AppendUint32(head, cost.Passes)
	head = append(head, cost.Lanes)
	salt := make([]byte, wrapSaltBytes)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return nil, fmt.Errorf("draw salt: %w", err)
	}
	head = append(head, salt...)
	key, err := s.key(password, salt, cost)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	sealer, err := NewSealer(rand)
	if err != nil {
		return nil, err
	}
	return sealer.Seal(head, key, Binding{Table: "keyslot"}, data.secret[:])
}

// UnwrapKey undoes WrapKey. Errors: ErrWrongPassword, ErrUnknownForm.
func (s Stretch) UnwrapKey(password []byte, wrapped []byte) (Key, error) {
	if len(wrapped) < wrapHeadBytes || wrapped[0] != wrapVersion {
		return Key{}, fmt.Errorf("%w: key slot", ErrUnknownForm)
	}
	cost := PasswordCost{
		MemoryKiB: binary.BigEndian.Uint32(wrapped[1:]),
		Passes:    binary.BigEndian.Uint32(wrapped[5:]),
		Lanes:     wrapped[9],
	}
	if !cost.valid() {
		return Key{}, fmt.Errorf("%w: password cost %+v is out of bounds", ErrUnknownForm, cost)
	}
	key, err := s.key(password, wrapped[10:wrapHeadBytes], cost)
	if err != nil {
		return Key{}, err
	}
	defer key.Wipe()
	sealer, err := NewSealer(nil)
	if err != nil {
		return Key{}, err
	}
	secret, err := sealer.Open(nil, key, Binding{Table: "keyslot"}, wrapped[wrapHeadBytes:])
	if err != nil {
		return Key{}, ErrWrongPassword
	}
	return KeyFromBytes(0, secret)
}

// CostOf is what opening a wrapped key costs. Errors: ErrUnknownForm.
func CostOf(wrapped []byte) (PasswordCost, error) {
	if len(wrapped) < wrapHeadBytes || wrapped[0] != wrapVersion {
		return PasswordCost{}, fmt.Errorf("%w: wrapped key", ErrUnknownForm)
	}
	return PasswordCost{MemoryKiB: binary.BigEndian.Uint32(wrapped[1:]), Passes: binary.BigEndian.Uint32(wrapped[5:]), Lanes: wrapped[9]}, nil
}
