package field

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

// resetPassword gives an account newPassword, as after a code of its administrator.
func resetPassword(t *testing.T, f *Field, c *clientsdk.Client, name string) {
	t.Helper()
	admin := administrator(t, f)
	var list struct {
		Accounts []struct {
			Account  uint32
			UserName string
		}
	}
	restGet(t, f, admin, "/v1/accounts?pageSize=100", &list)
	for _, a := range list.Accounts {
		if a.UserName != name {
			continue
		}
		status, data := rest(t, f, "POST", admin, fmt.Sprintf("/v1/accounts/%d:reissueCode", a.Account), `{}`)
		var out struct{ Issued issuedAccount }
		if status != 200 || json.Unmarshal(data, &out) != nil {
			t.Fatalf("reissue: %d %s", status, data)
		}
		if err := c.Activate(t.Context(), clientsdk.Activation{UserName: name, Code: out.Issued.Code, NewPassword: newPassword}); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no account %s", name)
}

// A supervisor carries a surveyor's only copy, has judged without signal, and forgets the
// password.
func TestASupervisorsForgottenPasswordCostsNobodyTheirWork(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		u, b := signIn(t, f, "surveyor2"), backUp(t, f, 3)
		mustSync(t, u)
		judged, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour())
		if err == nil {
			_, err = u.Submit(t.Context(), []clientsdk.ID{judged}, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		c := deviceOf(t, f, "supervisor")
		s, err := c.SignIn(t.Context(), "supervisor", f.Password)
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		carry(t, s, b.file)
		if _, err := s.Return(t.Context(), judged, clientsdk.Return{Note: "tanyakan lagi"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		resetPassword(t, f, c, "supervisor")
		s, r, err := c.Recover(t.Context(), "supervisor", newPassword)
		if err != nil || r.Carried != 1 || r.Decisions != 1 || r.Left != 0 || r.SetAside != "" {
			t.Fatalf("recovered %+v, %v", r, err)
		}
		defer s.Close()
		mustSync(t, s)
		if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 4 {
			t.Errorf("at the server: %+v, %v", found, err)
		}
		mustSync(t, u)
		if v, err := u.Review(t.Context(), judged); err != nil || v.GetState() != ksv1.ReviewState_REVIEW_STATE_RETURNED {
			t.Errorf("the verdict is gone: %v, %v", v, err)
		}
	})
}

// The device that carried a surveyor's only copy was revoked, and is trusted again.
func TestCarriedWorkOutlivesTheWipeOfARevokedDevice(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		b, c := backUp(t, f, 3), deviceOf(t, f, "supervisor")
		s, err := c.SignIn(t.Context(), "supervisor", f.Password)
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		carry(t, s, b.file)
		err = f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().RevokeDevice(ctx, 2) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrWiped) {
			t.Fatalf("of a revoked device: %v", err)
		}
		if s, err = c.SignIn(t.Context(), "supervisor", f.Password); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		mustSync(t, s)
		if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 3 || s.Loss() != nil {
			t.Errorf("at the server: %+v, %v; loss %v", found, err, s.Loss())
		}
	})
}

// A first sign-in of an earlier version that was broken off, or a repaired file: the
// database has no device's key, and signing in again gives it one.
func TestADatabaseWithoutADeviceKeyGetsOneBySigningInAgain(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		env := device.Env{Now: time.Now, Rand: rand.Reader}
		dir := filepath.Join(f.options.Dir, "device-tablet")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		bare, err := device.Create(t.Context(), device.Options{Path: filepath.Join(dir, "ks-surveyor1.db"), Cost: record.MinPasswordCost, Env: env}, f.Password,
			device.Profile{Device: 999, Account: f.Surveyors[0].Account, EscrowPublicKey: f.Ring.EscrowPublicKey()})
		if err != nil {
			t.Fatal(err)
		}
		if err := bare.Close(); err != nil {
			t.Fatal(err)
		}
		c := deviceOf(t, f, "tablet")
		u := signInOn(t, c, f, "surveyor1")
		if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
			t.Fatalf("without a key: %v", err)
		}
		if err := u.SignInAgain(t.Context(), f.Password); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour()); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if n, err := u.Counts(t.Context()); err != nil || n.Applied == 0 || n.Pending+n.Quarantined+n.Refused != 0 {
			t.Errorf("its work: %+v, %v", n, err)
		}
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Deposit(t.Context(), "surveyor1"); err != nil {
			t.Errorf("deposit %+v, %v", got, err)
		}
	})
}
