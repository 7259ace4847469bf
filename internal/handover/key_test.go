package handover

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha512"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestADeviceKeyHasOneX25519Form(t *testing.T) {
	t.Parallel()
	for range 50 {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha512.Sum512(private.Seed())
		own, err := ecdh.X25519().NewPrivateKey(digest[:32])
		if err != nil {
			t.Fatal(err)
		}
		if u, err := montgomery(public); err != nil || !u.Equal(own.PublicKey()) {
			t.Fatalf("the form of the public key is not that of the private one: %v", err)
		}
	}
}

func TestAKeyReachesTheRequestAlone(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := record.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	request, err := AnswerKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := AnswerKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := SealStored(public, 34, key)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("12345678")
	asked := &ksv1.HandoverRequest{Outgoing: 34, AnswerKey: request.PublicKey().Bytes(), Nonce: nonce}
	if _, err := Reseal(private, stored, &ksv1.HandoverRequest{Outgoing: 35, AnswerKey: asked.AnswerKey, Nonce: nonce}); !errors.Is(err, ErrNoKey) {
		t.Errorf("a request in another account's name opens it: %v", err)
	}
	if _, err := Reseal(stranger, stored, asked); !errors.Is(err, ErrNoKey) {
		t.Errorf("another device opens it: %v", err)
	}
	answer, err := Reseal(private, stored, asked)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenAnswer(request, nonce, answer); err != nil || got != key {
		t.Errorf("the request opens %v", err)
	}
	for name, open := range map[string]func() (record.Key, error){
		"another request":         func() (record.Key, error) { return OpenAnswer(other, nonce, answer) },
		"another nonce":           func() (record.Key, error) { return OpenAnswer(request, []byte("87654321"), answer) },
		"what lies on the device": func() (record.Key, error) { return OpenAnswer(request, nonce, stored) },
		"an answer that was altered": func() (record.Key, error) {
			return OpenAnswer(request, nonce, append(answer[:len(answer)-1:len(answer)-1], answer[len(answer)-1]^1))
		},
	} {
		if _, err := open(); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
