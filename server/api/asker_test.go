package api

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/rates"
)

// A thief has a token that is over of a session that goes on: what is done under it takes nothing
// from who has the session's present one.
func TestATokenThatIsOverTakesNothingFromItsSession(t *testing.T) {
	t.Parallel()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	service, err := auth.New(nil, ring, time.Now, rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	guard, err := NewGuard(service, nil, slog.New(slog.DiscardHandler), rates.Bounds{Caller: 1e-9, CallerBurst: 2}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	over := []string{"Bearer " + tokenUntil(t, ring, time.Now().Add(-time.Hour))}
	live := []string{"Bearer " + tokenUntil(t, ring, time.Now().Add(time.Minute))}
	for range 2 {
		if err := guard.AllowRequest("192.0.2.1", over); err != nil {
			t.Error(err)
		}
	}
	var often *rates.TooManyCalls
	if err := guard.AllowRequest("192.0.2.1", over); !errors.As(err, &often) {
		t.Errorf("under the token that is over, too often: %v", err)
	}
	if err := guard.AllowRequest("192.0.2.2", live); err != nil {
		t.Errorf("under the session's present one: %v", err)
	}
}

// tokenUntil is a token of one session, good until a time.
func tokenUntil(t *testing.T, ring *record.Ring, end time.Time) string {
	t.Helper()
	key, id, err := ring.TokenKey()
	if err != nil {
		t.Fatal(err)
	}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": "7", "aud": "keluarga-sehat-sync", "typ": "access", "sid": []byte("session"), "exp": end.Unix(),
	})
	unsigned.Header["kid"] = strconv.FormatUint(uint64(id), 10)
	token, err := unsigned.SignedString(key[:])
	if err != nil {
		t.Fatal(err)
	}
	return token
}
