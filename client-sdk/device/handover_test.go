package device

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const formerPassword = "kata sandi lama"

// former is a store with one family in one village, closed, and its data key.
func former(t *testing.T) (Options, record.Key) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Puskesmas #3 %41") // as people call folders
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	o := Options{Path: filepath.Join(dir, "ks-siti.db"), Cost: record.MinPasswordCost, Env: Env{Now: time.Now, Rand: rand.Reader}}
	s, err := Create(t.Context(), o, formerPassword, Profile{Device: 3, Account: 4, EscrowPublicKey: escrowKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.PutSecret(t.Context(), "tokens", []byte("rahasia")), s.takeVillages(t.Context(), []*ksv1.VillageScope{
		{Village: 7, Code: "32.04.05.2001", Places: []string{"*"}, DigestKey: make([]byte, 32), PuskesmasCode: "P1"}}, 0)); err != nil {
		t.Fatal(err)
	}
	saveFamily(t, s, s.NewFamilyID())
	key := s.vault.key
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o, key
}

func escrowKey(t *testing.T) []byte {
	t.Helper()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ring.EscrowPublicKey()
}

func saveFamily(t *testing.T, s *Store, id merge.ID) {
	t.Helper()
	_, err := s.Save(t.Context(), id, 7, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("001/001"), HeadName: proto.String("Budi")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheDataKeyOpensFamiliesAndNoSecret(t *testing.T) {
	t.Parallel()
	o, key := former(t)
	s, err := OpenHandedOver(t.Context(), o, key)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := s.handedIDs(t.Context())
	if err != nil || len(ids) != 1 {
		t.Fatalf("families: %v, %v", ids, err)
	}
	if f, err := s.handedFamily(t.Context(), ids[0]); err != nil || f.Village != 7 {
		t.Errorf("a family: %+v, %v", f, err)
	}
	for _, name := range []string{"tokens", secretEscrow} {
		if plain, err := s.Secret(t.Context(), name); err == nil {
			t.Errorf("%s opens by the data key: %q", name, plain)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := record.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenHandedOver(t.Context(), o, other); !errors.Is(err, record.ErrSealed) {
		t.Errorf("by another key: %v", err)
	}
}

// A store of an earlier version has one key for everything.
func TestAnEarlierStoreGetsTwoKeysAtItsNextUnlock(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	// As that version would have written it.
	s.mu.Lock()
	err = s.transact(t.Context(), func(tx *sql.Tx) error {
		if err := s.resealSecrets(t.Context(), tx, s.vault.key); err != nil {
			return err
		}
		wrapped, err := record.Stretch(nil).WrapKey(rand.Reader, []byte(formerPassword), record.MinPasswordCost, s.vault.key)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(t.Context(), `DELETE FROM keyslot WHERE purpose = ?`, slotData); err != nil {
			return err
		}
		_, err = tx.ExecContext(t.Context(), `UPDATE keyslot SET wrapped = ? WHERE purpose = ?`, wrapped, slotRoot)
		return err
	})
	old := s.vault.key
	s.mu.Unlock()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := Open(t.Context(), o, formerPassword)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := s.Secret(t.Context(), "tokens")
		if err != nil || string(plain) != "rahasia" || s.vault.key != old || s.vault.root == old || s.Loss() != nil {
			t.Errorf("tokens %q, %v, loss %v", plain, err, s.Loss())
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(t.Context(), o, "kata sandi lain"); !errors.Is(err, ErrWrongPassword) {
		t.Errorf("another password: %v", err)
	}
}

// What a crash leaves of a store that is being made is nobody's.
func TestAHandedOverStoreIsThereWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	o, key := former(t)
	from, err := OpenHandedOver(t.Context(), o, key)
	if err != nil {
		t.Fatal(err)
	}
	to := o
	to.Path = filepath.Join(filepath.Dir(o.Path), "ks-budi.db")
	profile := Profile{Device: 3, Account: 5, EscrowPublicKey: escrowKey(t), Incarnation: 99}
	in := Incoming{Seed: make([]byte, ed25519.SeedSize), Families: from}
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := CreateIncoming(cut, to, "kata sandi baru", profile, in); err == nil || Exists(to.Path) {
		t.Fatalf("cut off: %v", err)
	}
	skipped, err := CreateIncoming(t.Context(), to, "kata sandi baru", profile, in)
	if err := errors.Join(err, from.Close()); err != nil || skipped != 0 {
		t.Fatalf("%d skipped, %v", skipped, err)
	}
	s, err := Open(t.Context(), to, "kata sandi baru")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if list, total := s.Families(Query{}); total != 1 || list[0].Unsent || s.Loss() != nil {
		t.Errorf("families %+v, loss %v", list, s.Loss())
	}
	id := s.NewFamilyID()
	if device, incarnation, _, _ := id.Source(); device != 3 || incarnation != 99 {
		t.Errorf("ids are of device %d, incarnation %d", device, incarnation)
	}
	saveFamily(t, s, id)
	if err := s.Adopt(t.Context(), 8, make([]byte, ed25519.SeedSize)); err != nil {
		t.Fatal(err)
	}
	next := s.NewFamilyID()
	if device, incarnation, _, _ := next.Source(); device != 8 || incarnation == 99 {
		t.Errorf("after the first sign-in ids are of device %d, incarnation %d", device, incarnation)
	}
	if f, err := s.Family(t.Context(), id); err != nil || !f.Unsent {
		t.Errorf("what was saved before: %+v, %v", f, err)
	}
}

// A server that was restored may give the number that the former user had: the colleague's
// key tells that it is another device, and the grant's incarnation ends.
func TestTheFormerUsersNumberGivenAgainIsAnotherDevice(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), takenOver(t), formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var before uint32
	for n := range 2 {
		if err := s.Adopt(t.Context(), 3, bytes.Repeat([]byte{1}, ed25519.SeedSize)); err != nil {
			t.Fatal(err)
		}
		_, incarnation, _, _ := s.NewFamilyID().Source()
		if incarnation == 99 || n > 0 && incarnation != before {
			t.Errorf("adopted %d times: incarnation %d, before %d", n+1, incarnation, before)
		}
		before = incarnation
	}
}
