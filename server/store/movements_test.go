package store_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

func movement(n byte, years string) store.Movement {
	return store.Movement{
		Family: merge.ID{n, n}, Cause: store.CauseRules, ProvisionalBefore: 1 << 62, ProvisionalAfter: iks.Packed(n), VerifiedBefore: 7, VerifiedAfter: 0, Years: years,
	}
}

func unpacked(packed []byte) (out []store.Movement, err error) {
	err = store.UnpackMovements(packed, func(m store.Movement) error {
		out = append(out, m)
		return nil
	})
	return out, err
}

// What is kept of a commit's movements tells each as it was, in the order of their
// families, whatever the order they came in.
func TestMovementsAreKeptWhole(t *testing.T) {
	t.Parallel()
	want := []store.Movement{movement(0, ""), movement(1, "2026;"), movement(2, "2025:1:2:3:4;2026;"), movement(255, strings.Repeat("2026;", 65535/5))}
	came := slices.Clone(want)
	rand.Shuffle(len(came), func(i, j int) { came[i], came[j] = came[j], came[i] })
	before := slices.Clone(came)
	packed, err := store.PackMovements(came)
	if err != nil || !slices.Equal(came, before) {
		t.Fatalf("packed, %v; what was packed was altered: %t", err, !slices.Equal(came, before))
	}
	if got, err := unpacked(packed); err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	ended := errors.New("enough")
	if err := store.UnpackMovements(packed, func(store.Movement) error { return ended }); !errors.Is(err, ended) {
		t.Errorf("an error of visit: %v", err)
	}
}

// What has no room is refused, not cut.
func TestAMovementThatHasNoRoomIsRefused(t *testing.T) {
	t.Parallel()
	long, cause := movement(1, strings.Repeat("2026;", 65536/5+1)), movement(2, "")
	cause.Cause = 256
	for _, m := range []store.Movement{long, cause} {
		if _, err := store.PackMovements([]store.Movement{movement(9, ""), m}); err == nil || !strings.Contains(err.Error(), m.Family.String()) {
			t.Errorf("%v", err)
		}
	}
}

// A value that was cut anywhere but between two families is an error.
func TestDamagedMovementsAreToldSo(t *testing.T) {
	t.Parallel()
	one, err := store.PackMovements([]store.Movement{movement(1, "2026;")})
	if err != nil {
		t.Fatal(err)
	}
	whole := slices.Concat(one, one)
	for n := range whole {
		_, err := unpacked(whole[:n])
		if (err == nil) != (n%len(one) == 0) {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
}
