package field

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// lockedApp is a surveyor's app whose clock goes ahead by what is set.
func lockedApp(t *testing.T, f *Field) (p *page, ahead *atomic.Int64) {
	t.Helper()
	ahead = new(atomic.Int64)
	p = startApp(t, f, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	p.enter(f, "surveyor1")
	return p, ahead
}

// Who types for an hour what is saved at its end only keeps the app open, and who leaves does not.
func TestTheAppStaysOpenForWhoIsAtWorkAndForNobodyElse(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p, ahead := lockedApp(t, f)
	pass := func(minutes int) { ahead.Add(int64(time.Duration(minutes) * time.Minute)) }
	for range 6 {
		pass(10)
		p.post("/v1/app:keepOpen", map[string]any{}, http.StatusOK)
	}
	for range 2 { // what a page asks by itself is no work
		pass(7)
		if status := p.get("/v1/app/status"); status["userName"] != "surveyor1" || status["locked"] != nil {
			t.Fatalf("locked too early: %v", status)
		}
	}
	pass(2)
	if status := p.get("/v1/app/status"); status["userName"] != nil || status["locked"] != "LOCK_REASON_IDLE" {
		t.Errorf("nobody is there: %v", status)
	}
	p.post("/v1/app:keepOpen", map[string]any{}, http.StatusUnauthorized)
	p.post("/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": f.Password}, http.StatusOK)
	p.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	if status := p.get("/v1/app/status"); status["locked"] != "LOCK_REASON_ASKED" {
		t.Errorf("locked on purpose: %v", status)
	}
}

// A tablet that slept all night is locked for the first who touches it, though nothing was
// awake to lock it.
func TestADeviceThatSleptIsNotOpenedByACall(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p, ahead := lockedApp(t, f)
	ahead.Store(int64(8 * time.Hour))
	p.call(http.MethodGet, "/v1/app/today", nil, http.StatusUnauthorized)
}

// While a revoked device is wiped its page is told that nobody is signed in, and then why.
func TestTheStatusOfADeviceThatIsWipedIsThatOfALockedOne(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	revokeDevice(t, f, 1)
	p.post("/v1/app/sync:start", map[string]any{}, http.StatusOK)
	for begun := time.Now(); ; {
		status := p.get("/v1/app/status") // fails on any but 200
		if status["locked"] == "LOCK_REASON_WIPED" {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("never wiped: %v", status)
		}
	}
}
