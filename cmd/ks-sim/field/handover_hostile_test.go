package field

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// Whoever holds the device has the seed that signs parts of the former user's work.
// What the grant does not vouch for must not stand under that name unasked.
func TestTheColleagueCanNotWriteInTheFormerUsersName(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	s := handOver(t, f)
	u := s.accept(t)
	s.onLine(t, u)
	forged, parts := s.inTheFormerUsersName(t)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+tokenFor(t, f, colleague))
	for name, hashes := range map[string][][]byte{"without hashes": nil, "with its own": handover.PartHashes(parts)} {
		for _, p := range parts {
			answer, err := ksv1.NewHandoverServiceClient(rawConn(t, f)).DeliverHandedOver(ctx, &ksv1.DeliverHandedOverRequest{Part: p, PartHashes: hashes})
			if err != nil || len(answer.GetReceipts()) == 0 {
				t.Fatalf("%s: %v, %v", name, answer, err)
			}
			for _, r := range answer.GetReceipts() {
				if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
					t.Errorf("%s: %v", name, r)
				}
			}
		}
	}
	if got := s.authors(t, forged); len(got) > 0 {
		t.Errorf("a family that the colleague made up stands by %v", got)
	}
}

// A grant whose signer has no right opens quarantine alone, and that to the colleague in it: what
// nobody of this server signed, and whom it does not name, the server does not know.
func TestARefusedGrantLetsNobodyElseDeliver(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	s := handOver(t, f)
	h := s.begin(t)
	forgery, err := handover.DecodeAnswer(s.forged(t, h))
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := handover.DecodeAnswer(s.sign(t, h))
	if err != nil {
		t.Fatal(err)
	}
	made, parts := s.inTheFormerUsersName(t)
	if err := f.Start(t.Context(), f.Address); err != nil {
		t.Fatal(err)
	}
	disable(t, f, f.Supervisor)
	for _, x := range []struct {
		user  string
		grant *ksv1.HandoverAnswer
		taken bool
	}{{colleague, nil, false}, {colleague, forgery, false}, {"surveyor2", genuine, false}, {formerUser, genuine, false}, {colleague, genuine, true}} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+tokenFor(t, f, x.user))
		for _, p := range parts {
			answer, err := ksv1.NewHandoverServiceClient(rawConn(t, f)).DeliverHandedOver(ctx, &ksv1.DeliverHandedOverRequest{
				Part: p, PartHashes: handover.PartHashes(parts), Grant: x.grant.GetGrant(), Signature: x.grant.GetSignature(),
			})
			if x.taken != (err == nil) || !x.taken && status.Code(err) != codes.NotFound {
				t.Errorf("%s: %v, want it taken: %v", x.user, err, x.taken)
			}
			for _, r := range answer.GetReceipts() {
				if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
					t.Errorf("%s: %v", x.user, r)
				}
			}
		}
	}
	if got := s.authors(t, made); len(got) > 0 {
		t.Errorf("merged unseen, by %v", got)
	}
}

// inTheFormerUsersName makes a family with what lies in the clear on the device alone,
// and gives the parts that bring it.
func (s *shift) inTheFormerUsersName(t *testing.T) (clientsdk.ID, [][]byte) {
	t.Helper()
	env := device.Env{Now: time.Now, Rand: rand.Reader}
	from, err := device.ReadOutgoing(t.Context(), device.Options{Path: filepath.Join(s.f.options.Dir, "device-tablet", "ks-"+formerUser+".db"), Env: env})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(s.f.options.Dir, "device-palsu")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = device.CreateIncoming(t.Context(), device.Options{Path: filepath.Join(dir, "ks-"+formerUser+".db"), Cost: record.MinPasswordCost, Env: env}, "sandi penyerang",
		device.Profile{Device: from.Device, Account: from.Account, EscrowPublicKey: from.EscrowPublicKey}, device.Incoming{Seed: from.Seed, Villages: from.Villages})
	if err != nil {
		t.Fatal(err)
	}
	c := deviceOf(t, s.f, "palsu")
	fake, err := c.SignIn(t.Context(), formerUser, "sandi penyerang")
	if err != nil {
		t.Fatal(err)
	}
	id := s.interview(t, fake)
	if err := fake.Close(); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := c.Backup(t.Context(), formerUser, &file); err != nil {
		t.Fatal(err)
	}
	parts, err := syncing.ReadBackup(&file)
	if err != nil {
		t.Fatal(err)
	}
	return id, parts
}

// A server that was restored to before a device was registered gives it another number.
func TestADeviceGoesOnAfterARestoreToBeforeItsRegistration(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	s := handOver(t, f)
	tookOver := s.accept(t)
	s.onLine(t, tookOver)
	ordinary := signInOn(t, deviceOf(t, f, "biasa"), f, "surveyor2")
	mustSync(t, ordinary)
	db := f.Store.(*sqlite.Store).DB()
	for _, account := range []uint32{f.Surveyors[1].Account, f.Surveyors[2].Account} {
		for _, q := range []string{`DELETE FROM session WHERE account = ?`, `DELETE FROM device WHERE account = ?`, `DELETE FROM handover WHERE incoming = ?`} {
			if _, err := db.ExecContext(t.Context(), q, account); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Others register first, so that numbers are given out differently.
	mustSync(t, signInOn(t, deviceOf(t, f, "lain"), f, formerUser))
	if err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, rand.Reader) }); err != nil {
		t.Fatal(err)
	}
	for name, u := range map[string]*clientsdk.User{"a device that was taken over": tookOver, "an ordinary device": ordinary} {
		own := ownFamily(t, s, u)
		if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
			t.Fatalf("%s is not known any more, but: %v", name, err)
		}
		if err := u.SignInAgain(t.Context(), f.Password); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if result := mustSync(t, u); result.Refused > 0 {
			t.Errorf("%s: %+v", name, result)
		}
		if n, err := u.Counts(t.Context()); err != nil || n.Pending > 0 {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
		if _, ok := u.Summary(own); !ok {
			t.Errorf("%s lost its family", name)
		}
	}
}

// ownFamily is saved where the user may work.
func ownFamily(t *testing.T, s *shift, u *clientsdk.User) clientsdk.ID {
	t.Helper()
	villages, err := u.Villages(t.Context())
	if err != nil || len(villages) == 0 {
		t.Fatalf("villages %v, %v", villages, err)
	}
	place := "001/001"
	if p := villages[0].GetPlaces(); len(p) > 0 && p[0] != "*" {
		place = p[0]
	}
	id, err := Interview(t.Context(), u, villages[0].GetVillage(), place, s.generator.Family())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The server is put back to before the tablet was registered, and gives its number to
// another device; the former user never comes back. The supervisor's word alone tells whose
// the work is: it waits for a decision, and the colleague's own is taken.
func TestWorkOfADeviceWhoseRegistrationIsLostWaitsForADecision(t *testing.T) {
	t.Parallel()
	for name, registerAgain := range map[string]bool{"nobody has the number": false, "another device has the number": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 3, nil)
			s := handOver(t, f)
			tookOver := s.accept(t)
			s.interview(t, tookOver)
			s.goesOn(t, tookOver, s.before[0])
			if err := f.Start(t.Context(), f.Address); err != nil {
				t.Fatal(err)
			}
			db := f.Store.(*sqlite.Store).DB()
			for _, q := range []string{`DELETE FROM session WHERE account = ?`, `DELETE FROM device WHERE account = ?`} {
				if _, err := db.ExecContext(t.Context(), q, f.Surveyors[0].Account); err != nil {
					t.Fatal(err)
				}
			}
			if registerAgain {
				mustSync(t, signInOn(t, deviceOf(t, f, "lain"), f, "surveyor2"))
			}
			if err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, rand.Reader) }); err != nil {
				t.Fatal(err)
			}
			s.sync(t, tookOver)
			files, err := tookOver.CarriedFiles(t.Context())
			if err != nil || len(files) != 1 || files[0].Quarantined != s.changes || files[0].Refused != 0 || files[0].Reason != "" {
				t.Errorf("the former user's work: %+v, %v", files, err)
			}
			var waiting struct {
				Changes []struct {
					Reason  string
					Account int `json:"author"`
				}
			}
			restGet(t, f, restToken(t, f, "supervisor"), "/v1/quarantine?pageSize=100", &waiting)
			own := 0
			for _, x := range waiting.Changes {
				if x.Account == int(f.Surveyors[2].Account) {
					own++
				}
			}
			// What the colleague wrote into a family that waits, waits with it.
			if len(waiting.Changes) != s.changes+own || own != 1 {
				t.Errorf("in quarantine: %+v, want %d changes of the former user's", waiting, s.changes)
			}
			if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 1 || len(found.Differences) > 0 {
				t.Errorf("at the server: %+v, %v; want the colleague's own family", found, err)
			}
		})
	}
}
