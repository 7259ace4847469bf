package record

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	commonpb "github.com/tink-crypto/tink-go/v2/proto/common_go_proto"
	hkdfpb "github.com/tink-crypto/tink-go/v2/proto/hkdf_prf_go_proto"
	hmacpb "github.com/tink-crypto/tink-go/v2/proto/hmac_prf_go_proto"
	"google.golang.org/protobuf/proto"
)

// prf derives 32 bytes from an input, as tink's PRF of the same key does (a test
// holds that). A server does it six times for each family, and tink sets HMAC up
// anew each time, which takes longer than hashing. Safe for concurrent use.
type prf struct {
	// keyed is HMAC under the key, of which each derivation takes a copy.
	keyed hash.Cloner
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

// derive hashes the use, a zero and the input.
func (p *prf) derive(use string, input []byte) (out [sha256.Size]byte, err error) {
	mac, err := p.keyed.Clone()
	if err != nil {
		return out, fmt.Errorf("derive %s: %w", use, err)
	}
	var room [64]byte
	message := append(append(append(room[:0], use...), 0), input...)
	if p.counted {
		message = append(message, 1)
	}
	mac.Write(message)
	mac.Sum(out[:0])
	return out, nil
}

// prfsOf gives a keyset's derivations by key id, with that of the primary key.
func prfsOf(h *keyset.Handle) (all map[uint32]*prf, primary uint32, err error) {
	material := insecurecleartextkeyset.KeysetMaterial(h)
	all = map[uint32]*prf{}
	for _, k := range material.GetKey() {
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
