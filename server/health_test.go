package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/server/rates"
)

func TestHealthReadsTheStoreOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reads, failure := 0, error(nil)
		h := &storeHealth{try: func(context.Context) error {
			reads++
			return failure
		}}
		told := func(times int) (status int) {
			for range times {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
				status = w.Code
			}
			return status
		}
		if status := told(100); status != http.StatusOK || reads != 1 {
			t.Errorf("%d, after %d reads", status, reads)
		}
		failure = errors.New("gone")
		time.Sleep(healthFor)
		if status := told(100); status != http.StatusServiceUnavailable || reads != 2 {
			t.Errorf("of a store that is gone: %d, after %d reads", status, reads)
		}
		failure = nil
		time.Sleep(healthFor)
		if status := told(1); status != http.StatusOK {
			t.Errorf("of one that is back: %d", status)
		}
	})
}

func TestWhatNeedsNoAccountIsBoundedByAddress(t *testing.T) {
	t.Parallel()
	const burst = 10
	s := edgeServer(t, rates.Bounds{Address: 1e-3, AddressBurst: burst})
	running(t, s)
	for i := range burst {
		path := []string{"/healthz", "/openapi.json"}[i%2]
		if response, _ := ask(t, s, "GET", path, ""); response.StatusCode != http.StatusOK {
			t.Errorf("%s, number %d: %d", path, i, response.StatusCode)
		}
	}
	for _, path := range []string{"/healthz", "/openapi.json"} {
		if response, _ := ask(t, s, "GET", path, ""); response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") == "" {
			t.Errorf("%s once more: %d", path, response.StatusCode)
		}
	}
}
