package field

import (
	"slices"
	"sync"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// accessWorkers send requests at one time.
const accessWorkers = 16

// accessRequests is how many requests the matrix makes at least, on one engine.
const accessRequests = 50_000

// matrixStore is a store that does not wait for the disk: nothing of it is kept.
func matrixStore(t *testing.T) store.Store {
	t.Helper()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEveryMethodAndRouteIsInTheAccessTable(t *testing.T) {
	t.Parallel()
	for _, missing := range checkTable(contract()) {
		t.Error(missing)
	}
}

func TestEveryMethodGivesEachRoleWhatItMaySee(t *testing.T) {
	t.Parallel()
	m := newAccessMatrix(t, matrixStore(t))
	j := newJudgement()
	m.try(t, j, 1)
	m.tryStreams(t, false)
	m.finish(t, j)
	if j.sent < accessRequests {
		t.Errorf("%d requests, want at least %d", j.sent, accessRequests)
	}
	for name, routes := range contract() {
		for _, r := range routes {
			if !streams[name] && j.routes[name+" "+r.String()] == 0 {
				t.Errorf("%s was never tried by %s", name, r)
			}
		}
	}
}

// try sends what harms nothing: every step-th request of the matrix.
func (m *accessMatrix) try(t *testing.T, j *judgement, step int) {
	t.Helper()
	client, all := newAccessClient(t, m.Field), contract()
	work := make(chan *asked, accessWorkers)
	var wait sync.WaitGroup
	for range accessWorkers {
		wait.Go(func() {
			for a := range work {
				m.ask(t, client, a)
				j.judge(a, m.worlds)
			}
		})
	}
	count := 0
	for i := range accessTable {
		row := &accessTable[i]
		targets := targetsOf(row, m.worlds)
		for _, r := range all[row.method] {
			for n, c := range m.callers {
				for k, x := range targets {
					if row.how&sentOnce != 0 && (k > 0 || n > 0 && (c.broken == "" || row.how&needsNobody != 0)) ||
						k%2 == 1 && (c.broken != "" || !c.has(row.right)) || row.how&(changesOthers|triedElsewhere) != 0 && expect(row, c, x) == isAllowed {
						continue
					}
					if request, err := x.fill(row, c); err != nil || r.verb != "" && !r.fits(request) {
						if err != nil {
							t.Error(err)
						}
						continue
					}
					if count++; count%step == 0 {
						work <- &asked{row: row, number: i, route: r, caller: c, target: x}
					}
				}
			}
		}
	}
	close(work)
	wait.Wait()
}

// harm sends, one by one, the allowed requests that change what others are about.
func (m *accessMatrix) harm(t *testing.T, j *judgement) {
	t.Helper()
	client, all := newAccessClient(t, m.Field), contract()
	for i := range accessTable {
		row := &accessTable[i]
		for n, r := range all[row.method] {
			for _, c := range m.callers {
				for _, x := range targetsOf(row, m.worlds) {
					if row.how&changesOthers == 0 || expect(row, c, x) != isAllowed {
						continue
					}
					if n > 0 && r.verb == "" {
						continue
					}
					a := &asked{row: row, number: i, route: r, caller: c, target: x}
					m.ask(t, client, a)
					j.judge(a, m.worlds)
				}
			}
		}
	}
}

func (m *accessMatrix) ask(t *testing.T, client *accessClient, a *asked) {
	if a.row.how&inTurn != 0 {
		m.turn.Lock()
		defer m.turn.Unlock()
	}
	request, err := a.target.fill(a.row, a.caller)
	if err == nil {
		a.answer, err = client.send(t.Context(), a.route, a.caller.token, request)
	}
	if err != nil {
		t.Errorf("%s: %v", a.what(), err)
	}
}

// finish sends what harms, and tells what was found.
func (m *accessMatrix) finish(t *testing.T, j *judgement) {
	t.Helper()
	m.harm(t, j)
	m.tell(t, j)
}

// tell reports what was found, each kind of it once.
func (m *accessMatrix) tell(t *testing.T, j *judgement) {
	t.Helper()
	lines := make([]string, 0, len(j.wrong))
	for _, text := range j.wrong {
		lines = append(lines, text)
	}
	slices.Sort(lines)
	for _, text := range lines {
		t.Error(text)
	}
	t.Logf("%d requests by %d callers on %d routes: %v", j.sent, len(m.callers), len(j.routes), j.outcomes)
}
