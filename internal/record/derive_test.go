package record

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkprf "github.com/tink-crypto/tink-go/v2/prf"
)

// What was sealed and looked up by way of tink must be found again.
func TestDerivationsAreTinks(t *testing.T) {
	t.Parallel()
	ring, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(h *keyset.Handle, input []byte) []byte {
		set, err := tinkprf.NewPRFSet(h)
		if err != nil {
			t.Fatal(err)
		}
		out, err := set.ComputePrimaryPRF(input, KeyBytes)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for salt := range byte(3) {
		key, err := ring.FamilyKey([SaltBytes]byte{salt})
		if err != nil {
			t.Fatal(err)
		}
		if want := derive(ring.records, append([]byte("family\x00"), bytes.Join([][]byte{{salt}, make([]byte, SaltBytes-1)}, nil)...)); !bytes.Equal(key.secret[:], want) {
			t.Errorf("salt %d: another key than tink's", salt)
		}
		digest, err := ring.DigestKey(uint32(salt))
		if err != nil {
			t.Fatal(err)
		}
		if want := derive(ring.lookups, append([]byte("digest\x00\x00\x00\x00"), salt)); !bytes.Equal(digest[:], want) {
			t.Errorf("village %d: another digest key than tink's", salt)
		}
	}
}
