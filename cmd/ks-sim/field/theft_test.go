package field

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// tokenLife is more than an access token's.
const tokenLife = 20 * time.Minute

// fieldLater is a field and a clock that only the test moves on, so that a busy
// machine changes nothing; the log is the server's.
func fieldLater(t *testing.T) (f *Field, later func(time.Duration), log func() string) {
	t.Helper()
	var passed atomic.Int64
	var written lockedBuffer
	begun := time.Now()
	f, err := New(t.Context(), Options{
		Dir: t.TempDir(), Surveyors: 2, Now: func() time.Time { return begun.Add(time.Duration(passed.Load())) },
		Log: slog.New(slog.NewTextHandler(&written, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, func(d time.Duration) { passed.Add(int64(d)) }, written.String
}

// lockedBuffer is written to by a server that still runs.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// clientAt opens the SDK in a folder, with options for its connection.
func clientAt(t *testing.T, f *Field, dir string, dial ...grpc.DialOption) *clientsdk.Client {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: f.Address, Pin: &pin, DeviceName: "uji", Now: f.options.Now, DialOptions: dial})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { c.Close() })
	return c
}

func unlock(t *testing.T, f *Field, c *clientsdk.Client) *clientsdk.User {
	t.Helper()
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { u.Close() })
	return u
}

func TestAStolenSessionIsEndedRecordedAndToldToTheHonestDevice(t *testing.T) {
	t.Parallel()
	f, later, _ := fieldLater(t)
	administrator(t, f)
	dir, stolen := t.TempDir(), t.TempDir()
	c := clientAt(t, f, dir)
	u := unlock(t, f, c)
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	// Somebody copies everything off the device, and knows the password.
	if err := os.CopyFS(stolen, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	later(tokenLife)
	thief := unlock(t, f, clientAt(t, f, stolen))
	if _, err := thief.Sync(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	u = unlock(t, f, c)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(4, 320405, f.options.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	before, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSessionReused) || !strings.Contains(err.Error(), "ganti kata sandi") {
		t.Fatalf("the honest device is told: %v", err)
	}
	if _, err := thief.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
		t.Errorf("the thief goes on: %v", err)
	}
	alarms := 0
	for _, e := range auditEntries(t, f, passwordToken(t, f, "admin", f.Password), "pageSize=200") {
		if e.Entry.Kind == "AUDIT_KIND_ALARM" && e.Entry.Account == f.Surveyors[0].Account {
			alarms++
		}
	}
	if alarms == 0 {
		t.Error("the theft is not on record")
	}
	// The surveyor signs in again, and loses nothing.
	if err := u.SignInAgain(t.Context(), f.Password); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if n, err := u.Counts(t.Context()); err != nil || n.Pending != 0 || n.Applied != before.Pending {
		t.Errorf("of %d changes: %+v, %v", before.Pending, n, err)
	}
}

func TestALostReplyToARenewalIsNotNoticedByTheSurveyor(t *testing.T) {
	t.Parallel()
	f, later, _ := fieldLater(t)
	var lose atomic.Int32
	lost := func(ctx context.Context, method string, request, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, o ...grpc.CallOption) error {
		err := invoke(ctx, method, request, reply, cc, o...)
		if err == nil && strings.HasSuffix(method, "/RefreshToken") && lose.Add(-1) >= 0 {
			return status.Error(codes.Unavailable, "the link broke before the reply")
		}
		return err
	}
	c := clientAt(t, f, t.TempDir(), grpc.WithUnaryInterceptor(lost))
	u := unlock(t, f, c)
	mustSync(t, u)
	for range 3 {
		later(tokenLife)
		lose.Store(2)
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(uint64(lose.Load())+9, 320405, f.options.Now()).Family()); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Sync(t.Context(), nil); err != nil && !errors.Is(err, clientsdk.ErrOffline) {
			t.Fatalf("with the reply lost: %v", err)
		}
		mustSync(t, u)
	}
	if n, err := u.Counts(t.Context()); err != nil || n.Pending != 0 {
		t.Errorf("at the end: %+v, %v", n, err)
	}
}

func TestGuessingAPasswordIsSlowedAndReported(t *testing.T) {
	t.Parallel()
	f, later, log := fieldLater(t)
	guess := func(user, password string) int {
		status, _ := rest(t, f, "POST", "", "/v1/auth:signIn", `{"userName":"`+user+`","password":"`+password+`"}`)
		return status
	}
	slowedAt := 0
	for i := range 10 {
		if guess("surveyor1", "salah-sekali-ini") == 429 {
			slowedAt = i + 1
			break
		}
	}
	if slowedAt == 0 || slowedAt > 6 {
		t.Errorf("guesses on one account are slowed at number %d", slowedAt)
	}
	if got := guess("surveyor1", f.Password); got != 429 {
		t.Errorf("the right password in between is %d: it would tell the guesser", got)
	}
	slowedAt = 0
	for i := range 60 {
		if guess("nama-"+string(rune('a'+i%26))+string(rune('a'+i/26)), "salah-sekali-ini") == 429 {
			slowedAt = i + 1
			break
		}
	}
	if slowedAt == 0 {
		t.Error("guesses from one address on many accounts are never slowed")
	}
	text := log()
	if !strings.Contains(text, "sign-in is being guessed") || !strings.Contains(text, "127.0.0.1") {
		t.Error("the operator is not told")
	}
	if strings.Contains(text, "salah-sekali-ini") || strings.Contains(text, "nama-a") {
		t.Error("the log holds what was typed")
	}
	later(time.Hour + time.Minute)
	if got := guess("surveyor1", f.Password); got != 200 {
		t.Errorf("an hour later the owner gets %d", got)
	}
	refused := 0
	if err := f.AddOffice(t.Context(), "pusdatin", ksv1.Role_ROLE_NATIONAL, ""); err != nil {
		t.Fatal(err)
	}
	for _, e := range auditEntries(t, f, passwordToken(t, f, "pusdatin", f.Password), "pageSize=200") {
		if e.Entry.Kind == "AUDIT_KIND_SIGN_IN" && e.Entry.Reason == "SIGN_IN_FAILED" {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no failed sign-in is on record")
	}
}
