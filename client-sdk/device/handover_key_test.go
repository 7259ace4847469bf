package device

import (
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"os"
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

// takenOver is a store whose user has saved two families under a grant, closed.
func takenOver(t *testing.T) Options {
	t.Helper()
	o, _ := former(t)
	o.Path = filepath.Join(filepath.Dir(o.Path), "ks-budi.db")
	_, err := CreateIncoming(t.Context(), o, formerPassword, Profile{Device: 3, Account: 5, EscrowPublicKey: escrowKey(t), Incarnation: 99},
		Incoming{Seed: make([]byte, ed25519.SeedSize), Carried: [][]byte{carriedPart(t)},
			Villages: []*ksv1.VillageScope{{Village: 7, Code: "32.04.05.2001", Places: []string{"*"}, PuskesmasCode: "P1", DigestKey: make([]byte, 32)}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	saveFamily(t, s, s.NewFamilyID())
	saveFamily(t, s, s.NewFamilyID())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o
}

// A loss before the first sign-in on line: what is saved from then on must still bear
// the incarnation that the grant names, and no id that was used.
func TestALossDoesNotLeaveTheGrant(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*testing.T, Options){
		"a change": func(t *testing.T, o Options) {
			s, err := Open(t.Context(), o, formerPassword)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.db.ExecContext(t.Context(), `UPDATE change SET payload = x'00' WHERE seq = 1`)
			if err := errors.Join(err, s.Close()); err != nil {
				t.Fatal(err)
			}
		},
		"the file": func(t *testing.T, o Options) {
			s, err := salvage(t.Context(), o, formerPassword, errors.New("damaged"))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.closeFile(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := takenOver(t)
			damage(t, o)
			s, err := Open(t.Context(), o, formerPassword)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if device, incarnation, counter, _ := s.NewFamilyID().Source(); device != 3 || incarnation != 99 || counter < grantedLeap {
				t.Errorf("the next id is of device %d, incarnation %d, counter %d", device, incarnation, counter)
			}
			if part, err := s.NextCarried(t.Context(), nil); err != nil || part == nil {
				t.Errorf("what it carries: %v, %v", part, err)
			}
			var seed []byte
			if err := s.db.QueryRowContext(t.Context(), `SELECT seed FROM deposit`).Scan(&seed); err != nil || len(seed) != ed25519.SeedSize {
				t.Errorf("a seed of %d bytes, %v", len(seed), err)
			}
		})
	}
}

// One damaged row of the former user must not end the hand-over.
func TestADamagedFamilyIsSkippedAndTold(t *testing.T) {
	t.Parallel()
	o, key := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	saveFamily(t, s, s.NewFamilyID())
	_, err = s.db.ExecContext(t.Context(), `UPDATE change SET payload = x'00' WHERE seq = 1`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	from, err := OpenHandedOver(t.Context(), o, key)
	if err != nil {
		t.Fatal(err)
	}
	to := o
	to.Path = filepath.Join(filepath.Dir(o.Path), "ks-budi.db")
	skipped, err := CreateIncoming(t.Context(), to, formerPassword, Profile{Device: 3, Account: 5, EscrowPublicKey: escrowKey(t), Incarnation: 99},
		Incoming{Seed: make([]byte, ed25519.SeedSize), Families: from})
	if err := errors.Join(err, from.Close()); err != nil || skipped != 1 {
		t.Fatalf("%d skipped, %v", skipped, err)
	}
	if s, err = Open(t.Context(), to, formerPassword); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, total := s.Families(Query{}); total != 1 {
		t.Errorf("%d families", total)
	}
}

// A crash amid the move of a whole store must not cost it.
func TestAMoveThatWasBrokenOffIsFinished(t *testing.T) {
	t.Parallel()
	o := takenOver(t)
	for _, step := range []error{os.Rename(o.Path, o.Path+incomingSuffix), os.WriteFile(o.Path+"-wal", nil, 0o600)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if _, err := CreateIncoming(t.Context(), o, formerPassword, Profile{Device: 3, Account: 5}, Incoming{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made anew: %v", err)
	}
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, total := s.Families(Query{}); total != 2 || s.Loss() != nil {
		t.Errorf("%d families, %+v", total, s.Loss())
	}
}
