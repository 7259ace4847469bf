package device

import (
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func carriedPart(t *testing.T) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &ksv1.BackupPart{
		FileId: make([]byte, 16), Number: 1, Parts: 1, Device: 9, MadeAtMs: 1, PublicKey: public, EscrowKeys: [][]byte{make([]byte, 80)},
		Items: []*ksv1.BackupItem{{Id: make([]byte, 16), Kind: ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE, Sealed: make([]byte, 40)}},
	}
	p.Signature = ed25519.Sign(private, syncing.BackupMessage(p))
	data, err := proto.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// carrier is a new store of whom files are brought to.
func carrier(t *testing.T, now func() time.Time) *Store {
	t.Helper()
	o := Options{Path: filepath.Join(t.TempDir(), "ks-siti.db"), Cost: record.MinPasswordCost, Env: Env{Now: now, Rand: rand.Reader}}
	s, err := Create(t.Context(), o, formerPassword, Profile{Device: 3, Account: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// The server did not know the device: it may have been restored to before, or be told
// of a hand-over later.
func TestAPartOfAnUnknownDeviceIsOfferedAgain(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := carrier(t, func() time.Time { return now })
	data := carriedPart(t)
	if n, err := s.Carry(t.Context(), [][]byte{data}); err != nil || n != 1 {
		t.Fatalf("%d parts, %v", n, err)
	}
	next := func() *CarriedPart {
		t.Helper()
		p, err := s.NextCarried(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for range 2 {
		p := next()
		if p == nil || string(p.Part) != string(data) {
			t.Fatalf("to be delivered: %+v", p)
		}
		if err := s.StoreUnknown(t.Context(), p, "NOT_FOUND"); err != nil {
			t.Fatal(err)
		}
		if p := next(); p != nil {
			t.Error("offered again at once")
		}
		now = now.Add(24 * time.Hour)
	}
	if p := next(); p == nil {
		t.Fatal("forgotten")
	} else if err := s.StoreDelivered(t.Context(), p, nil, "BAD_REQUEST"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(24 * time.Hour)
	if p := next(); p != nil {
		t.Error("what was refused for good is offered again")
	}
}

// It is brought before a session begins, whose welcome may get lost: until the first
// nobody knows whether the server that has it was restored since.
func TestWhatWasBroughtBeforeTheFirstWelcomeIsOfferedAgain(t *testing.T) {
	t.Parallel()
	s := carrier(t, time.Now)
	if _, err := s.Carry(t.Context(), [][]byte{carriedPart(t)}); err != nil {
		t.Fatal(err)
	}
	for n, epoch := range []uint64{5, 5, 6} {
		p, err := s.NextCarried(t.Context(), nil)
		if again := n != 2; err != nil || (p != nil) != again {
			t.Fatalf("before welcome %d: %v, %v; offered ought to be %v", n+1, p, err, again)
		}
		if p != nil {
			receipts := []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED}}
			if err := s.StoreDelivered(t.Context(), p, receipts, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.openSession(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: uint64(time.Now().UnixMilli()), Epoch: epoch, Scope: &ksv1.SyncScope{}}); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.NextCarried(t.Context(), nil); err != nil || p == nil {
		t.Errorf("to a server that was restored it is not offered: %v", err)
	}
}

func TestAClockThatJumpsForgetsNothingThatWasBrought(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := carrier(t, func() time.Time { return now })
	if _, err := s.openSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: uint64(now.UnixMilli()), Epoch: 5, Scope: &ksv1.SyncScope{}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Carry(t.Context(), [][]byte{carriedPart(t)}); err != nil {
		t.Fatal(err)
	}
	p, err := s.NextCarried(t.Context(), nil)
	if err != nil || p == nil {
		t.Fatalf("%v, %v", p, err)
	}
	if err := s.StoreDelivered(t.Context(), p, []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED}}, ""); err != nil {
		t.Fatal(err)
	}
	now = now.Add(10 * 365 * 24 * time.Hour)
	var kept int
	err = s.transact(t.Context(), func(tx *sql.Tx) error {
		if err := s.dropDelivered(t.Context(), tx); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM carried WHERE part IS NOT NULL`).Scan(&kept)
	})
	if err != nil || kept != 1 {
		t.Errorf("%d parts are kept, %v", kept, err)
	}
}
