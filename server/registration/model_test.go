package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// legal are the only ways between two states, written down apart from the
// procedure's own table.
var legal = map[string]bool{
	"draft submitted": true, "draft withdrawn": true, "submitted verification": true, "submitted withdrawn": true, "verification returned": true,
	"verification accepted": true, "verification refused": true, "verification withdrawn": true, "returned submitted": true, "returned withdrawn": true,
	"accepted issued": true, "issued distributed": true, "distributed activated": true,
}

var shortNames = map[ksv1.RegistrationState]string{
	draft: "draft", submitted: "submitted", inVerification: "verification", returned: "returned", accepted: "accepted", issued: "issued",
	distributed: "distributed", activated: "activated", withdrawn: "withdrawn", refused: "refused",
}

// model is what one registration of Bandung with two Puskesmas must be.
type model struct {
	number   uint32
	state    map[string]string
	complete map[string]bool
	admin    map[string]uint32 // accounts of administrators
	letter   bool
	fresh    bool // a copy since the last submission and change
	leading  string
}

// modelCodes are its Puskesmas.
var modelCodes = []string{"P3204050101", "P3204050102"}

// TestNoStateIsSkippedWhateverIsTried lets everybody try everything in any order:
// what may not be is refused and changes nothing, and the timeline tells each step.
func TestNoStateIsSkippedWhateverIsTried(t *testing.T) {
	t.Parallel()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := newWorldOn(t, s)
	round, reached := 0, map[string]int{}
	everything := func(r *rapid.T) {
		round++
		m := begin(r, w)
		m.lead(r, w, round)
		r.Repeat(map[string]func(*rapid.T){
			"": func(r *rapid.T) {
				m.check(r, w)
				for _, state := range m.state {
					reached[state]++
				}
			},
			"list":       func(r *rapid.T) { m.list(r, w, round) },
			"letter":     func(r *rapid.T) { m.setLetter(r, w) },
			"copy":       func(r *rapid.T) { m.copied(r, w) },
			"submit":     func(r *rapid.T) { m.submit(r, w) },
			"verify":     func(r *rapid.T) { m.decide(r, w, "verification", []string{"submitted"}, w.BeginVerification) },
			"return":     func(r *rapid.T) { m.decide(r, w, "returned", []string{"verification"}, w.Return) },
			"refuse":     func(r *rapid.T) { m.decide(r, w, "refused", []string{"verification"}, w.Refuse) },
			"accept":     func(r *rapid.T) { m.decide(r, w, "accepted", []string{"verification"}, w.Accept) },
			"issue":      func(r *rapid.T) { m.issue(r, w) },
			"distribute": func(r *rapid.T) { m.distribute(r, w) },
			"withdraw":   func(r *rapid.T) { m.withdraw(r, w) },
			"activate":   func(r *rapid.T) { m.activate(r, w) },
			"stranger":   func(r *rapid.T) { m.stranger(r, w) },
		})
		m.end(r, w)
	}
	// Now and then a hundred rounds miss a state by chance.
	for tries := 0; len(reached) < len(shortNames) && tries < 5; tries++ {
		rapid.Check(t, everything)
	}
	for _, state := range shortNames {
		if reached[state] == 0 {
			t.Errorf("no Puskesmas was ever %s: %v", state, reached)
		}
	}
}

func begin(r *rapid.T, w *world) *model {
	made, err := w.Create(context.Background(), w.bandung, modelCodes)
	if err != nil {
		r.Fatal(err)
	}
	return &model{number: made.Number, state: map[string]string{modelCodes[0]: "draft", modelCodes[1]: "draft"}, complete: map[string]bool{}, admin: map[string]uint32{}}
}

// end takes back what would stand in the next round's way.
func (m *model) end(r *rapid.T, w *world) {
	for code, number := range m.admin {
		if number == 0 {
			continue
		}
		err := w.Store.Write(context.Background(), func(ctx context.Context, tx store.Tx) error {
			a, err := tx.Directory().LockAccount(ctx, number)
			if err != nil {
				return err
			}
			a.Disabled = true
			_, err = tx.Directory().PutAccount(ctx, a)
			return err
		})
		if err != nil {
			r.Fatalf("%s: %v", code, err)
		}
	}
	// Under way no more: the Puskesmas is free for the next registration.
	err := w.Store.Write(context.Background(), func(ctx context.Context, tx store.Tx) error {
		for _, code := range modelCodes {
			err := tx.Directory().PutRegistrationPuskesmas(ctx, store.RegistrationPuskesmas{Registration: m.number, Puskesmas: code, State: int32(withdrawn)})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
}

// code is one of the two, or that which a head start goes with.
func (m *model) code(r *rapid.T) string {
	if m.leading != "" {
		return m.leading
	}
	return rapid.SampledFrom(modelCodes).Draw(r, "code")
}

// lead takes each Puskesmas some steps on the straight way, so that what comes
// late is tried as often as what comes first.
func (m *model) lead(r *rapid.T, w *world, round int) {
	for _, code := range modelCodes {
		m.leading = code
		straight := []func(){
			func() { m.list(r, w, round) }, func() { m.setLetter(r, w) }, func() { m.copied(r, w) }, func() { m.submit(r, w) },
			func() { m.decide(r, w, "verification", []string{"submitted"}, w.BeginVerification) },
			func() { m.decide(r, w, "accepted", []string{"verification"}, w.Accept) }, func() { m.issue(r, w) }, func() { m.distribute(r, w) },
		}
		for _, step := range straight[:rapid.IntRange(0, len(straight)).Draw(r, "lead")] {
			step()
		}
	}
	m.leading = ""
}

// expect holds an outcome against what the model says.
func (m *model) expect(r *rapid.T, may bool, err error) {
	r.Helper()
	if may != (err == nil) {
		r.Fatalf("allowed %t, got %v, at %v", may, err, m.state)
	}
}

func (m *model) list(r *rapid.T, w *world, round int) {
	code, complete := m.code(r), m.leading != "" || rapid.Bool().Draw(r, "complete")
	people := people((round*50 + 25*slices.Index(modelCodes, code)) % 9900)
	if !complete {
		people[2].Nik = ""
	}
	_, err := w.SetPuskesmas(context.Background(), w.bandung, m.number, List{Code: code, People: people})
	may := m.state[code] == "draft" || m.state[code] == "returned"
	m.expect(r, may, err)
	if may {
		m.complete[code], m.fresh = complete, false
	}
}

// open tells whether anything may be changed in the request.
func (m *model) open() bool {
	for _, state := range m.state {
		if state == "draft" || state == "returned" {
			return true
		}
	}
	return false
}

func (m *model) setLetter(r *rapid.T, w *world) {
	_, err := w.SetLetter(context.Background(), w.bandung, m.number, aLetter, aPDF)
	m.expect(r, m.open(), err)
	m.letter, m.fresh = m.letter || err == nil, m.fresh && err != nil
}

func (m *model) copied(r *rapid.T, w *world) {
	_, err := w.RecordCopy(context.Background(), w.bandung, m.number, byPost, "")
	m.expect(r, m.open(), err)
	m.fresh = m.fresh || err == nil
}

func (m *model) submit(r *rapid.T, w *world) {
	code := m.code(r)
	may := (m.state[code] == "draft" || m.state[code] == "returned") && m.letter && m.fresh
	_, err := w.Submit(context.Background(), w.bandung, m.number, []string{code}, online, "")
	m.expect(r, may, err)
	if may {
		m.state[code], m.fresh = "submitted", false
	}
}

func (m *model) decide(r *rapid.T, w *world, to string, from []string, step func(context.Context, *access.Caller, uint32, []string, string) (*Whole, error)) {
	code := m.code(r)
	may := slices.Contains(from, m.state[code]) && (to != "accepted" || m.complete[code])
	_, err := step(context.Background(), w.pusdatin, m.number, []string{code}, "karena")
	m.expect(r, may, err)
	if may {
		m.state[code] = to
	}
}

func (m *model) issue(r *rapid.T, w *world) {
	code := m.code(r)
	_, guides, err := w.Issue(context.Background(), w.pusdatin, m.number, []string{code}, "")
	m.expect(r, m.state[code] == "accepted", err)
	if err == nil {
		if len(guides) != 1 {
			r.Fatalf("%d guides for one administrator", len(guides))
		}
		m.state[code], m.admin[code] = "issued", guides[0].Account
	}
}

func (m *model) distribute(r *rapid.T, w *world) {
	code := m.code(r)
	_, err := w.Distribute(context.Background(), w.bandung, m.number, []string{code}, "")
	m.expect(r, m.state[code] == "issued", err)
	if err == nil {
		m.state[code] = "distributed"
	}
}

func (m *model) withdraw(r *rapid.T, w *world) {
	if rapid.IntRange(0, 9).Draw(r, "seldom") > 0 {
		return
	}
	code := m.code(r)
	_, err := w.Withdraw(context.Background(), w.bandung, m.number, []string{code}, "batal")
	m.expect(r, slices.Contains([]string{"draft", "submitted", "verification", "returned"}, m.state[code]), err)
	if err == nil {
		m.state[code] = "withdrawn"
	}
}

func (m *model) activate(r *rapid.T, w *world) {
	code := m.code(r)
	number := m.admin[code]
	if number == 0 {
		return
	}
	err := w.Store.Write(context.Background(), func(ctx context.Context, tx store.Tx) error { return w.Activated(ctx, tx, number) })
	if err != nil {
		r.Fatal(err)
	}
	m.state[code] = "activated" // from issued over distributed
}

// stranger lets others try what is not theirs.
func (m *model) stranger(r *rapid.T, w *world) {
	ctx, code := context.Background(), []string{m.code(r)}
	w.now = w.now.Add(time.Minute)
	_, err := w.Submit(ctx, w.garut, m.number, code, online, "")
	_, err1 := w.Accept(ctx, w.bandung, m.number, code, "")
	_, err2 := w.Distribute(ctx, w.pusdatin, m.number, code, "")
	_, err3 := w.Withdraw(ctx, w.province, m.number, code, "x")
	for _, err := range []error{err, err1, err2, err3} {
		if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, ErrForbidden) {
			r.Fatalf("a stranger gets %v", err)
		}
	}
}

// whole reads a registration past all rights.
func (s *Service) whole(number uint32) (w *Whole, err error) {
	err = s.Store.Read(context.Background(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindRegistration(ctx, number)
		if err != nil {
			return err
		}
		w = &Whole{Registration: row}
		w.Puskesmas, err = snap.RegistrationPuskesmasOf(ctx, number)
		return err
	})
	return w, err
}

// check compares the states, and judges the timeline.
func (m *model) check(r *rapid.T, w *world) {
	row, err := w.whole(m.number)
	if err != nil {
		r.Fatal(err)
	}
	for _, p := range row.Puskesmas {
		if got := shortNames[ksv1.RegistrationState(p.State)]; got != m.state[p.Puskesmas] {
			r.Fatalf("%s is %s, want %s", p.Puskesmas, got, m.state[p.Puskesmas])
		}
	}
	events, err := w.Events(context.Background(), w.bandung, m.number, 0, 10_000)
	if err != nil {
		r.Fatal(err)
	}
	at := map[string]string{modelCodes[0]: "draft", modelCodes[1]: "draft"}
	copied := false
	for i, e := range events {
		before, after := shortNames[ksv1.RegistrationState(e.Before)], shortNames[ksv1.RegistrationState(e.After)]
		if e.Sequence != uint32(i+1) || e.Actor == 0 || e.TimeMS == 0 {
			r.Fatalf("entry %d is %+v", i, e)
		}
		if e.Step == int32(ksv1.RegistrationStep_REGISTRATION_STEP_COPIED) {
			copied = true
		}
		if e.Puskesmas == "" || before == after {
			continue
		}
		if before != at[e.Puskesmas] || !legal[before+" "+after] {
			r.Fatalf("%s went from %s (%s told) to %s", e.Puskesmas, at[e.Puskesmas], before, after)
		}
		if after == "submitted" {
			if !copied {
				r.Fatal("submitted before the province had its copy")
			}
			copied = false
		}
		at[e.Puskesmas] = after
	}
	if fmt.Sprint(at) != fmt.Sprint(m.state) {
		r.Fatalf("the timeline ends at %v, want %v", at, m.state)
	}
}
