package api

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// answersBefore are answers before a gateway, to one caller whose token is "t".
func answersBefore(gateway http.HandlerFunc) *Answers {
	s := &Services{Now: time.Now, Board: tally.New(nil, time.Now)}
	a := NewAnswers(s, &Guard{limits: rates.New(rates.Bounds{}, time.Now)}, gateway)
	known := recentCaller{&access.Caller{Account: store.Account{Number: 1}}, "scope", time.Now()}
	a.callers.known = map[[sha256.Size]byte]recentCaller{sha256.Sum256([]byte("t")): known}
	return a
}

// asked is what a question is answered with.
func asked(a *Answers, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Authorization", "Bearer t")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// askedTogether are what two are answered with, of whom the second asks while the first
// one's answer is worked out.
func askedTogether(t *testing.T, gateway func(n int, r *http.Request) int) (first, second int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n, goOn := 0, make(chan struct{})
		a := answersBefore(func(w http.ResponseWriter, r *http.Request) {
			n++
			if n == 1 {
				<-goOn
			}
			w.WriteHeader(gateway(n, r))
		})
		const address = "/v1/areas/32.04/trend?membership=MEMBERSHIP_INTI"
		done := make(chan int)
		go func() { done <- asked(a, address, "Grpc-Timeout", "1u").Code }()
		synctest.Wait()
		other := make(chan int)
		go func() { other <- asked(a, address).Code }()
		synctest.Wait()
		close(goOn)
		first, second = <-done, <-other
	})
	return first, second
}

func TestNobodyIsRefusedForAnothersDeadline(t *testing.T) {
	t.Parallel()
	_, second := askedTogether(t, func(_ int, r *http.Request) int {
		if r.Header.Get("Grpc-Timeout") != "" {
			return http.StatusGatewayTimeout
		}
		return http.StatusOK
	})
	if second != http.StatusOK {
		t.Errorf("who set no deadline: %d", second)
	}
	first, second := askedTogether(t, func(n int, _ *http.Request) int {
		if n == 1 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	if first != http.StatusServiceUnavailable || second != http.StatusOK {
		t.Errorf("who was refused: %d, who waited: %d", first, second)
	}
}

// A query that can't be read is another question than what is left of it without the part
// that can't.
func TestAnUnreadableQueryIsNoOtherQuestion(t *testing.T) {
	t.Parallel()
	a := answersBefore(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
	for _, c := range []struct {
		query string
		want  int
	}{{"?day=2026-01-02", http.StatusOK}, {"?day=2026-01-02&survey_year=2026;", http.StatusBadRequest}, {"?day=2026-01-02&%zz", http.StatusBadRequest}, {"?day=2026-01-02", http.StatusOK}} {
		if got := asked(a, "/v1/areas/32.04/index"+c.query); got.Code != c.want {
			t.Errorf("%s: %d, want %d", c.query, got.Code, c.want)
		}
	}
}
