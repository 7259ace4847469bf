package field

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server/store"
)

// losing is a link that breaks before the reply to so many calls of a method, which the server
// has carried out.
func losing(method string, replies *atomic.Int32) grpc.DialOption {
	return grpc.WithUnaryInterceptor(func(ctx context.Context, called string, request, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, o ...grpc.CallOption) error {
		err := invoke(ctx, called, request, reply, cc, o...)
		if err == nil && strings.HasSuffix(called, "/"+method) && replies.Add(-1) >= 0 {
			return status.Error(codes.Unavailable, "the link broke before the reply")
		}
		return err
	})
}

// The server has the new password, the device the old one: to change it again mends that.
func TestAChangeOfPasswordWhoseReplyIsLostCanBeRepeated(t *testing.T) {
	onEachEngine(t, 1, aChangeOfPasswordIsRepeated)
}

func aChangeOfPasswordIsRepeated(t *testing.T, f *Field) {
	var lost atomic.Int32
	c := clientAt(t, f, t.TempDir(), losing("ChangePassword", &lost))
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(1, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	lost.Store(1)
	if err := u.ChangePassword(t.Context(), f.Password, newPassword); !errors.Is(err, clientsdk.ErrOffline) {
		t.Fatalf("without a reply: %v", err)
	}
	for _, other := range []string{"bukan yang baru itu", f.Password} {
		if err := u.ChangePassword(t.Context(), f.Password, other); !errors.Is(err, clientsdk.ErrWrongPassword) {
			t.Errorf("from the old one to %q: %v", other, err)
		}
	}
	if err := u.ChangePassword(t.Context(), f.Password, newPassword); err != nil {
		t.Fatalf("the same again: %v", err)
	}
	mustSync(t, u)
	if n, err := u.Counts(t.Context()); err != nil || n.Pending+n.Quarantined != 0 {
		t.Errorf("the day's work: %+v, %v", n, err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(t.Context(), "surveyor1", f.Password); !errors.Is(err, clientsdk.ErrWrongPassword) {
		t.Errorf("the data open under the old one: %v", err)
	}
	u, err := c.SignIn(t.Context(), "surveyor1", newPassword)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Error(err)
	}
}

// Who has a session but not the password learns it no faster by giving it as the new one.
func TestGuessesAtTheNewPasswordAreSlowedAsThoseAtThePresentOne(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	for guess := range 5 {
		err := u.ChangePassword(t.Context(), "tebakan pertama", "tebakan kedua "+strings.Repeat("x", guess))
		var slowed *clientsdk.ServerError
		if errors.As(err, &slowed) && slowed.Reason == "TOO_MANY_ATTEMPTS" {
			if guess > 2 {
				t.Errorf("slowed only after %d passwords", 2*guess)
			}
			return
		}
		if !errors.Is(err, clientsdk.ErrWrongPassword) {
			t.Fatal(err)
		}
	}
	t.Error("never slowed")
}

// A morning of bad signal: one phone is one device, also to an app that was started anew.
func TestAFirstSignInWhoseRepliesAreLostMakesOneDevice(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	dir := t.TempDir()
	var lost atomic.Int32
	lost.Store(32)
	for range 2 {
		c := clientAt(t, f, dir, losing("SignIn", &lost))
		for range 16 {
			if _, err := c.SignIn(t.Context(), "surveyor1", f.Password); !errors.Is(err, clientsdk.ErrOffline) {
				t.Fatalf("without a reply: %v", err)
			}
		}
	}
	mustSync(t, signInOn(t, clientAt(t, f, dir), f, "surveyor1"))
	wantDevices(t, f, 1)
	if left, err := filepath.Glob(filepath.Join(dir, "*.kunci")); err != nil || len(left) > 0 {
		t.Errorf("keys that lie about: %v, %v", left, err)
	}
}

// The device that a lost reply left behind was taken for somebody else's, and revoked.
func TestAFirstSignInOutlivesTheRevocationOfItsEarlierAttempt(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	var lost atomic.Int32
	lost.Store(1)
	c := clientAt(t, f, t.TempDir(), losing("SignIn", &lost))
	if _, err := c.SignIn(t.Context(), "surveyor1", f.Password); !errors.Is(err, clientsdk.ErrOffline) {
		t.Fatalf("without a reply: %v", err)
	}
	revokeDevice(t, f, 1)
	mustSync(t, signInOn(t, c, f, "surveyor1"))
	wantDevices(t, f, 2)
}

// Nothing is kept of a name or a password that was mistyped.
func TestAFirstSignInThatIsRefusedLeavesNoKey(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	dir := t.TempDir()
	c := clientAt(t, f, dir)
	if _, err := c.SignIn(t.Context(), "surveyor11", f.Password); !errors.Is(err, clientsdk.ErrWrongPassword) {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.kunci")); err != nil || len(left) > 0 {
		t.Errorf("keys that lie about: %v, %v", left, err)
	}
}

func wantDevices(t *testing.T, f *Field, want int) {
	t.Helper()
	err := f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		devices, err := snap.DevicesOf(ctx, f.Surveyors[0].Account)
		if len(devices) != want {
			t.Errorf("%d devices, want %d", len(devices), want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnActivationWhoseReplyIsLostCanBeRepeated(t *testing.T) {
	onEachEngine(t, 1, anActivationIsRepeated)
}

func anActivationIsRepeated(t *testing.T, f *Field) {
	admin := administrator(t, f)
	staff, _ := createStaff(t, f, admin, staffBody("Rina Wijaya", 1, `"ROLE_SURVEYOR"`))
	var lost atomic.Int32
	lost.Store(1)
	c := clientAt(t, f, t.TempDir(), losing("Activate", &lost))
	a := clientsdk.Activation{UserName: staff[0].UserName, Code: staff[0].Code, NIK: 3204054101900001, NewPassword: newPassword}
	if err := c.Activate(t.Context(), a); !errors.Is(err, clientsdk.ErrOffline) {
		t.Fatalf("without a reply: %v", err)
	}
	if err := c.Activate(t.Context(), a); err != nil {
		t.Fatalf("the same again: %v", err)
	}
	u, err := c.SignIn(t.Context(), a.UserName, newPassword)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Error(err)
	}
	// An administrator's list says nothing of the code that was used.
	var list struct{ Accounts []struct{ Remarks []string } }
	restGet(t, f, admin, "/v1/accessReview?pageSize=100", &list)
	for _, one := range list.Accounts {
		if slices.Contains(one.Remarks, "ACCESS_REMARK_CODE_EXPIRED") {
			t.Errorf("an account that is in use: %v", one.Remarks)
		}
	}
}
