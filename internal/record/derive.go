package record

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	commonpb "github.com/tink-crypto/tink-go/v2/proto/common_go_proto"
	hkdfpb "github.com/tink-crypto/tink-go/v2/proto/hkdf_prf_go_proto"
	hmacpb "github.com/tink-crypto/tink-go/v2/proto/hmac_prf_go_proto"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"google.golang.org/protobuf/proto"
)

// prf derives 32 bytes from an input, as tink's PRF of the same key does (a test
// holds that). A server does it six times for each family, and tink sets HMAC up
// anew each time, which takes longer than hashing. Safe for concurrent use.
type prf struct {
	// keyed is HMAC under the key, of which copies are taken.
	keyed hash.Cloner
	// copies are used again: each is a derivation at rest.
	copies sync.Pool
	// counted: the input is followed by a byte 1, as in the first block of HKDF's
	// expansion, which is all of it that 32 bytes need.
	counted bool
}

func newPRF(key []byte, counted bool) (*prf, error) {
	keyed, ok := hmac.New(sha256.New, key).(hash.Cloner)
	if !ok {
		return nil, errors.New("HMAC can't be copied")
	}
	// Only a reset makes it keep what it has made of the key.
	keyed.Reset()
	return &prf{keyed: keyed, counted: counted}, nil
}

// derivation is a copy with memory that would have to be found anew each time.
type derivation struct {
	mac     hash.Hash
	message []byte
	sum     [sha256.Size]byte
}

// derive hashes the use, a zero and the input.
func (p *prf) derive(use string, input []byte) (out [sha256.Size]byte, err error) {
	d, ok := p.copies.Get().(*derivation)
	if !ok {
		mac, err := p.keyed.Clone()
		if err != nil {
			return out, fmt.Errorf("derive %s: %w", use, err)
		}
		d = &derivation{mac: mac}
	}
	d.message = append(append(append(d.message[:0], use...), 0), input...)
	if p.counted {
		d.message = append(d.message, 1)
	}
	d.mac.Write(d.message)
	d.mac.Sum(d.sum[:0])
	out = d.sum
	// What it was given and gave is secret.
	clear(d.message)
	clear(d.sum[:])
	d.mac.Reset()
	p.copies.Put(d)
	return out, nil
}

// prfsOf gives the derivations of a keyset's keys that are not retired by key id, with that
// of the primary key.
func prfsOf(h *keyset.Handle) (all map[uint32]*prf, primary uint32, err error) {
	material := insecurecleartextkeyset.KeysetMaterial(h)
	all = map[uint32]*prf{}
	for _, k := range material.GetKey() {
		if k.GetStatus() != tinkpb.KeyStatusType_ENABLED {
			continue
		}
		if all[k.GetKeyId()], err = prfOf(k.GetKeyData().GetTypeUrl(), k.GetKeyData().GetValue()); err != nil {
			return nil, 0, fmt.Errorf("key %d: %w", k.GetKeyId(), err)
		}
	}
	return all, material.GetPrimaryKeyId(), nil
}

func prfOf(typeURL string, value []byte) (*prf, error) {
	switch typeURL {
	case "type.googleapis.com/google.crypto.tink.HkdfPrfKey":
		var k hkdfpb.HkdfPrfKey
		if err := proto.Unmarshal(value, &k); err != nil || k.GetParams().GetHash() != commonpb.HashType_SHA256 {
			return nil, fmt.Errorf("%w: no HKDF with SHA-256", ErrUnknownForm)
		}
		extracted, err := hkdf.Extract(sha256.New, k.GetKeyValue(), k.GetParams().GetSalt())
		if err != nil {
			return nil, fmt.Errorf("extract key: %w", err)
		}
		return newPRF(extracted, true)
	case "type.googleapis.com/google.crypto.tink.HmacPrfKey":
		var k hmacpb.HmacPrfKey
		if err := proto.Unmarshal(value, &k); err != nil || k.GetParams().GetHash() != commonpb.HashType_SHA256 {
			return nil, fmt.Errorf("%w: no HMAC with SHA-256", ErrUnknownForm)
		}
		return newPRF(k.GetKeyValue(), false)
	}
	return nil, fmt.Errorf("%w: a key of type %s", ErrUnknownForm, typeURL)
}
