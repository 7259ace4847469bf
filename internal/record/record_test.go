package record

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/unraced"
)

func newSealer(t testing.TB) *Sealer {
	t.Helper()
	s, err := NewSealer(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newKey(t testing.TB) Key {
	t.Helper()
	k, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var place = Binding{Table: "family", ID: [16]byte{1}, Extra: 3}

func TestSealedRecordsComeBack(t *testing.T) {
	t.Parallel()
	s, key := newSealer(t), newKey(t)
	for _, plain := range []string{"", "short", strings.Repeat("Siti Aminah ", 50), strings.Repeat("x", 1<<20)} {
		sealed, err := s.Seal(nil, key, place, []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		if len(plain) > 4 && bytes.Contains(sealed, []byte(plain[:5])) {
			t.Fatal("plain text shows")
		}
		got, err := s.Open(nil, key, place, sealed)
		if err != nil || string(got) != plain {
			t.Fatalf("%d bytes: %v", len(plain), err)
		}
	}
}

func TestAnyFlippedBitOrCutIsNoticed(t *testing.T) {
	t.Parallel()
	s, key := newSealer(t), newKey(t)
	sealed, err := s.Seal(nil, key, place, []byte(strings.Repeat("abc", 40)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		for bit := range 8 {
			spoiled := bytes.Clone(sealed)
			spoiled[i] ^= 1 << bit
			if _, err := s.Open(nil, key, place, spoiled); err == nil {
				t.Fatalf("bit %d of byte %d went unnoticed", bit, i)
			}
		}
		if _, err := s.Open(nil, key, place, sealed[:i]); err == nil {
			t.Fatalf("cut at %d went unnoticed", i)
		}
	}
}

func TestPayloadsCannotBeMoved(t *testing.T) {
	t.Parallel()
	s, key := newSealer(t), newKey(t)
	sealed, err := s.Seal(nil, key, place, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for name, elsewhere := range map[string]Binding{
		"table": {Table: "history", ID: place.ID, Extra: 3},
		"row":   {Table: "family", ID: [16]byte{2}, Extra: 3},
		"extra": {Table: "family", ID: place.ID, Extra: 4},
	} {
		if _, err := s.Open(nil, key, elsewhere, sealed); !errors.Is(err, ErrSealed) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if _, err := s.Open(nil, newKey(t), place, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another key: %v", err)
	}
}

func TestDestroyedSaltLeavesNothing(t *testing.T) {
	t.Parallel()
	ring, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ring.FamilyKey([SaltBytes]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	other, err := ring.FamilyKey([SaltBytes]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	s := newSealer(t)
	sealed, _ := s.Seal(nil, key, place, []byte("x"))
	if _, err := s.Open(nil, other, place, sealed); !errors.Is(err, ErrSealed) {
		t.Fatalf("opened under another salt: %v", err)
	}
	if id, err := KeyID(sealed); err != nil || id != key.ID {
		t.Fatalf("key id %d, %v", id, err)
	}
}

func TestRingSurvivesItsFileAndItsPassphrase(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	ring, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	data, err := ring.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	if err := Protect(&sealed, "correct horse", PassphraseWork, data); err != nil {
		t.Fatal(err)
	}
	if _, err := Unprotect(bytes.NewReader(sealed.Bytes()), "wrong"); !errors.Is(err, ErrWrongPassword) {
		t.Fatalf("wrong passphrase: %v", err)
	}
	back, err := Unprotect(&sealed, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	again, err := UnmarshalRing(back)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := ring.FamilyKey([16]byte{9})
	b, _ := again.FamilyKey([16]byte{9})
	h1, _ := ring.IdentifierHash(1, 3204)
	h2, _ := again.IdentifierHash(1, 3204)
	h3, _ := again.IdentifierHash(2, 3204)
	if a != b || h1 != h2 || h1 == h3 {
		t.Fatal("keys differ after reading back")
	}
	key, enc, err := NewEscrow(rand.Reader, ring.EscrowPublicKey())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := again.OpenEscrow(enc)
	if err != nil || opened != key {
		t.Fatalf("escrow: %v", err)
	}
	enc[3] ^= 1
	if _, err := again.OpenEscrow(enc); !errors.Is(err, ErrSealed) {
		t.Fatalf("altered escrow: %v", err)
	}
}

func TestWrongPasswordOpensNothing(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	wrapped, err := Stretch(nil).WrapKey(rand.Reader, []byte("rahasia"), MinPasswordCost, key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Stretch(nil).UnwrapKey([]byte("rahasia"), wrapped); err != nil || got != key {
		t.Fatalf("right password: %v", err)
	}
	if _, err := Stretch(nil).UnwrapKey([]byte("Rahasia"), wrapped); !errors.Is(err, ErrWrongPassword) {
		t.Fatalf("wrong password: %v", err)
	}
	wrapped[1] = 0x7f
	if _, err := Stretch(nil).UnwrapKey([]byte("rahasia"), wrapped); !errors.Is(err, ErrUnknownForm) {
		t.Fatalf("absurd cost: %v", err)
	}
	if _, err := Stretch(nil).WrapKey(rand.Reader, nil, PasswordCost{MemoryKiB: 8, Passes: 1, Lanes: 1}, key); err == nil {
		t.Fatal("cost below the floor accepted")
	}
}

func FuzzOpen(f *testing.F) {
	s, key := newSealer(f), newKey(f)
	sealed, _ := s.Seal(nil, key, place, []byte(strings.Repeat("abc", 40)))
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := s.Open(nil, key, place, data); err == nil && !bytes.Equal(data, sealed) {
			t.Fatal("forged record opened")
		}
	})
}

func BenchmarkSealOpen(b *testing.B) {
	s, key := newSealer(b), newKey(b)
	plain := []byte(strings.Repeat("Siti Aminah 1990-01-02 ", 40))
	var sealed, out []byte
	b.ReportAllocs()
	for b.Loop() {
		sealed, _ = s.Seal(sealed[:0], key, place, plain)
		out, _ = s.Open(out[:0], key, place, sealed)
	}
}
