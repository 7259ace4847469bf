package device

import (
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A supervisor's store beside a surveyor's on one stolen device, both locked: what lies
// in the clear in the one must open nothing in the other.
func TestTwoLockedFilesOpenNothing(t *testing.T) {
	t.Parallel()
	surveyors, _ := former(t)
	supervisors := surveyors
	supervisors.Path = filepath.Join(filepath.Dir(surveyors.Path), "ks-penyelia.db")
	_, deviceKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Create(t.Context(), supervisors, "kata sandi penyelia", Profile{Device: 9, Account: 8, EscrowPublicKey: escrowKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.PutSecret(t.Context(), "device-key", deviceKey.Seed()), s.PutDepositKey(t.Context(), deviceKey.Seed())); err != nil {
		t.Fatal(err)
	}
	published := publish(t, s)
	if again := publish(t, s); !published.Equal(again) {
		t.Error("another key at each sync")
	}
	own, err := s.HandoverKey(t.Context())
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	bringColleagues(t, surveyors, &ksv1.Colleague{Number: 8, UserName: "penyelia", MayReview: true,
		Devices: []*ksv1.ColleagueDevice{{Number: 9, PublicKey: published}}})

	clear, err := ReadOutgoing(t.Context(), supervisors)
	if err != nil {
		t.Fatal(err)
	}
	stolen, err := ReadOutgoing(t.Context(), surveyors)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := handover.AnswerKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	request := &ksv1.HandoverRequest{Outgoing: stolen.Account, AnswerKey: answer.PublicKey().Bytes(), Nonce: make([]byte, handover.NonceBytes)}
	if _, err := handover.Reseal(ed25519.NewKeyFromSeed(clear.Seed), stolen.Keys[9], request); !errors.Is(err, handover.ErrNoKey) {
		t.Errorf("the seed that lies in the clear opens the families: %v", err)
	}
	if got := opened(t, own, stolen.Keys[9], request, func(sealed []byte) (record.Key, error) {
		return handover.OpenAnswer(answer, request.GetNonce(), sealed)
	}); got != nil {
		t.Errorf("the supervisor's own key: %v", got)
	}
}

func opened(t *testing.T, own ed25519.PrivateKey, stored []byte, request *ksv1.HandoverRequest, open func([]byte) (record.Key, error)) error {
	t.Helper()
	sealed, err := handover.Reseal(own, stored, request)
	if err == nil {
		_, err = open(sealed)
	}
	return err
}

// publish is the key that a sync tells the server.
func publish(t *testing.T, s *Store) ed25519.PublicKey {
	t.Helper()
	open, err := s.openSession(t.Context(), "")
	if err != nil || len(open.GetHandoverKey()) != ed25519.PublicKeySize {
		t.Fatalf("published %d bytes, %v", len(open.GetHandoverKey()), err)
	}
	return open.GetHandoverKey()
}

// bringColleagues is what a sync brings of a Puskesmas.
func bringColleagues(t *testing.T, o Options, people ...*ksv1.Colleague) {
	t.Helper()
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	err = s.write(t.Context(), func(tx *sql.Tx) error {
		return s.storeColleagues(t.Context(), tx, &ksv1.Colleagues{Hash: []byte{1}, People: people})
	})
	s.mu.Unlock()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}
