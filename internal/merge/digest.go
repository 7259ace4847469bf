package merge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"
)

// Digest is a keyed hash of a family's registers, or a sum of such: with it
// device and server prove to each other that they hold the same.
type Digest [16]byte

// DigestKey is a village's digest key, given at sign-in to the devices in
// scope.
type DigestKey [32]byte

// String keeps the key out of logs.
func (DigestKey) String() string { return "[sealed]" }

// FamilyDigest is HMAC-SHA-256, cut to 128 bits, over the canonical form of a
// family's confirmed state (State.Encode). For many families of a village use a
// Digester.
func FamilyDigest(key DigestKey, canonical []byte) Digest { return NewDigester(key).Family(canonical) }

// Digester digests families of one village; setting HMAC up takes as long as
// hashing a short family. Not safe for concurrent use.
type Digester struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

// NewDigester makes a Digester under a village's key.
func NewDigester(key DigestKey) *Digester { return &Digester{mac: hmac.New(sha256.New, key[:])} }

// Family is FamilyDigest.
func (d *Digester) Family(canonical []byte) Digest {
	d.mac.Reset()
	d.mac.Write(canonical)
	return Digest(d.mac.Sum(d.sum[:0])[:len(Digest{})])
}

// Add is the sum modulo 2^128: the digest of an RT is the sum of its
// families'.
func (d Digest) Add(e Digest) Digest {
	lo, carry := bits.Add64(d.low(), e.low(), 0)
	hi, _ := bits.Add64(d.high(), e.high(), carry)
	return digestOf(hi, lo)
}

// Sub undoes Add.
func (d Digest) Sub(e Digest) Digest {
	lo, borrow := bits.Sub64(d.low(), e.low(), 0)
	hi, _ := bits.Sub64(d.high(), e.high(), borrow)
	return digestOf(hi, lo)
}

func (d Digest) high() uint64 { return binary.BigEndian.Uint64(d[:8]) }
func (d Digest) low() uint64  { return binary.BigEndian.Uint64(d[8:]) }

func digestOf(hi, lo uint64) Digest {
	var d Digest
	binary.BigEndian.PutUint64(d[:8], hi)
	binary.BigEndian.PutUint64(d[8:], lo)
	return d
}

// ChainHash is a village's running hash over its unfiltered feed.
type ChainHash [32]byte

// Next is the hash after one more committed change.
func (h ChainHash) Next(revision uint64, change, family ID, content [sha256.Size]byte) ChainHash {
	var b [32 + 8 + 16 + 16 + 32]byte
	copy(b[0:], h[:])
	binary.BigEndian.PutUint64(b[32:], revision)
	copy(b[40:], change[:])
	copy(b[56:], family[:])
	copy(b[72:], content[:])
	return sha256.Sum256(b[:])
}
