package record

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Errors of opening.
var (
	// ErrSealed: the record does not open: wrong key, wrong place, or altered.
	ErrSealed = errors.New("sealed record does not open")
	// ErrUnknownForm: written by a newer version, or no sealed record at all.
	ErrUnknownForm = errors.New("unknown form of sealed record")
	// ErrTooLarge: the record is larger than MaxPlainBytes.
	ErrTooLarge = errors.New("record too large")
)

// MaxPlainBytes bounds a record before sealing and after opening; a family of
// two hundred members with long histories has a tenth of it.
const MaxPlainBytes = 8 << 20

// KeyBytes is the size of a Key.
const KeyBytes = 32

// Key seals records. It prints as [sealed].
type Key struct {
	// ID names the master key that it comes from; 0 where there is none.
	ID     uint32
	secret [KeyBytes]byte
}

// NewKey draws a random key.
func NewKey(rand io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(rand, k.secret[:]); err != nil {
		return Key{}, fmt.Errorf("draw key: %w", err)
	}
	return k, nil
}

// KeyFromBytes makes a key of KeyBytes bytes derived elsewhere.
func KeyFromBytes(id uint32, secret []byte) (Key, error) {
	k := Key{ID: id}
	if len(secret) != KeyBytes {
		return Key{}, fmt.Errorf("key of %d bytes where %d are due", len(secret), KeyBytes)
	}
	copy(k.secret[:], secret)
	return k, nil
}

// Bytes is the key itself, to be sealed.
func (k Key) Bytes() []byte { return append([]byte{}, k.secret[:]...) }

// String keeps the key out of logs.
func (Key) String() string { return "[sealed]" }

// GoString keeps the key out of %#v.
func (Key) GoString() string { return "[sealed]" }

// Wipe overwrites the key.
func (k *Key) Wipe() { clear(k.secret[:]) }

// Binding says where a record lies.
type Binding struct {
	// Table is the name of the table, or of the use within it.
	Table string
	// ID is the row's id.
	ID [16]byte
	// Extra distinguishes payloads of one row.
	Extra uint64
}

func (b Binding) bytes(dst []byte, head []byte) []byte {
	dst = append(dst, head...)
	dst = append(dst, b.Table...)
	dst = append(dst, 0)
	dst = append(dst, b.ID[:]...)
	return binary.BigEndian.AppendUint64(dst, b.Extra)
}

// Forms: the version byte in front of a sealed record.
const (
	formPlain byte = 1 // AES-256-GCM over the bytes as they are
	formS2    byte = 3 // AES-256-GCM over one S2 block with dictionary 1
)

const (
	headBytes  = 1 + 4
	nonceBytes = 12
	tagBytes   = 16
	// Overhead is what sealing adds to a record that does not compress.
	Overhead = headBytes + nonceBytes + tagBytes
	// compressFrom is the size below which compressing does not pay.
	compressFrom = 96
)

// Sealer seals and opens records. It reuses its memory and is not safe for
// concurrent use: each worker has its own.
type Sealer struct {
	rand io.Reader
	dict *s2.Dict
	zbuf []byte
	aad  []byte
	// A device seals everything under one key, and setting a cipher up takes as
	// long as sealing a short record.
	key  Key
	aead cipher.AEAD
}

// NewSealer makes a Sealer that draws nonces from rand.
func NewSealer(rand io.Reader) (*Sealer, error) {
	if dictionary == nil {
		return nil, errors.New("compression dictionary can't be used")
	}
	return &Sealer{rand: rand, dict: dictionary}, nil
}

// Packed is a record as it will be sealed: compressed where that makes it shorter.
type Packed struct {
	form  byte
	bytes []byte
}

// Unpacked is a record to be sealed as it is: looking for what makes it shorter takes
// as long for a hundred bytes as for a thousand.
func Unpacked(plain []byte) Packed { return Packed{formPlain, plain} }

// Pack makes a record ready to be sealed, once or under several keys. The result
// shares memory with plain and with the Sealer: it holds until the Sealer packs or
// opens another record. Errors: ErrTooLarge.
func (s *Sealer) Pack(plain []byte) (Packed, error) {
	if len(plain) > MaxPlainBytes {
		return Packed{}, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(plain), MaxPlainBytes)
	}
	if len(plain) >= compressFrom {
		s.zbuf = s.dict.Encode(s.zbuf[:cap(s.zbuf)], plain)
		if len(s.zbuf) < len(plain) {
			return Packed{formS2, s.zbuf}, nil
		}
	}
	return Packed{formPlain, plain}, nil
}

// Seal appends the sealed form of plain to dst. Errors: ErrTooLarge.
func (s *Sealer) Seal(dst []byte, key Key, bind Binding, plain []byte) ([]byte, error) {
	packed, err := s.Pack(plain)
	if err != nil {
		return nil, err
	}
	return s.SealPacked(dst, key, bind, packed)
}

// SealPacked appends the sealed form of a record, which a Sealer has packed, to dst.
func (s *Sealer) SealPacked(dst []byte, key Key, bind Binding, packed Packed) ([]byte, error) {
	aead, err := s.aeadOf(key)
	if err != nil {
		return nil, err
	}
	dst = slices.Grow(dst, Overhead+len(packed.bytes))
	start := len(dst)
	dst = append(dst, packed.form)
	dst = binary.BigEndian.AppendUint32(dst, key.ID)
	s.aad = bind.bytes(s.aad[:0], dst[start:])
	var nonce [nonceBytes]byte
	if _, err := io.ReadFull(s.rand, nonce[:]); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	dst = append(dst, nonce[:]...)
	return aead.Seal(dst, nonce[:], packed.bytes, s.aad), nil
}

// Open appends the plain form of sealed to dst. Errors: ErrSealed,
// ErrUnknownForm, ErrTooLarge.
func (s *Sealer) Open(dst []byte, key Key, bind Binding, sealed []byte) ([]byte, error) {
	box, err := s.unseal(key, bind, sealed)
	if err != nil {
		return nil, err
	}
	if sealed[0] == formPlain {
		return append(dst, box...), nil
	}
	size, err := s2.DecodedLen(box)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSealed, err)
	}
	if size > MaxPlainBytes {
		return nil, fmt.Errorf("%w: decompressed past %d bytes", ErrTooLarge, MaxPlainBytes)
	}
	out, err := s.dict.Decode(make([]byte, size), box)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSealed, err)
	}
	if len(dst) == 0 {
		return out, nil
	}
	return append(dst, out...), nil
}

// unseal takes the seal off, into memory that the next call uses again.
func (s *Sealer) unseal(key Key, bind Binding, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead {
		return nil, fmt.Errorf("%w: %d bytes", ErrUnknownForm, len(sealed))
	}
	form := sealed[0]
	if form != formPlain && form != formS2 {
		return nil, fmt.Errorf("%w: version %d", ErrUnknownForm, form)
	}
	if len(sealed) > MaxPlainBytes+Overhead {
		return nil, fmt.Errorf("%w: %d bytes sealed", ErrTooLarge, len(sealed))
	}
	aead, err := s.aeadOf(key)
	if err != nil {
		return nil, err
	}
	s.aad = bind.bytes(s.aad[:0], sealed[:headBytes])
	nonce, box := sealed[headBytes:headBytes+nonceBytes], sealed[headBytes+nonceBytes:]
	opened, err := aead.Open(s.zbuf[:0], nonce, box, s.aad)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", ErrSealed, bind.Table)
	}
	s.zbuf = opened
	return opened, nil
}

// Check tells whether a record would open, without unpacking it. Errors: ErrSealed,
// ErrUnknownForm, ErrTooLarge.
func (s *Sealer) Check(key Key, bind Binding, sealed []byte) error {
	_, err := s.unseal(key, bind, sealed)
	return err
}

// KeyID is the id of the master key that a sealed record's key comes from.
// Errors: ErrUnknownForm.
func KeyID(sealed []byte) (uint32, error) {
	if len(sealed) < Overhead || sealed[0] != formPlain && sealed[0] != formS2 {
		return 0, ErrUnknownForm
	}
	return binary.BigEndian.Uint32(sealed[1:]), nil
}

// Wipe forgets the last key used.
func (s *Sealer) Wipe() {
	s.key.Wipe()
	s.aead = nil
}

func (s *Sealer) aeadOf(key Key) (cipher.AEAD, error) {
	if s.aead != nil && s.key == key {
		return s.aead, nil
	}
	aead, err := key.aead()
	if err == nil {
		s.key, s.aead = key, aead
	}
	return aead, err
}

func (k Key) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.secret[:])
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return cipher.NewGCM(block)
}
