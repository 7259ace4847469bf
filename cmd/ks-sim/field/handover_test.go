package field

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

// shift is a tablet whose surveyor fell ill with work unsent, the colleague who goes
// on with it, whose own areas lie elsewhere, and a supervisor; the server can't be
// reached.
type shift struct {
	f          *Field
	tablet     *clientsdk.Client
	supervisor *clientsdk.User
	village    uint32
	before     []clientsdk.ID // saved by the former user
	changes    int
	generator  *Generator
}

const (
	formerUser = "surveyor1"
	colleague  = "surveyor3"
)

func handOver(t *testing.T, f *Field) *shift {
	t.Helper()
	// The supervisor's first sync publishes the key by which the tablet knows the
	// signature; the tablet's then brings it.
	s := &shift{f: f, supervisor: supervisorWith(t, f), tablet: deviceOf(t, f, "tablet"), generator: NewGenerator(11, 320405, time.Now())}
	former := signInOn(t, s.tablet, f, formerUser)
	mustSync(t, former)
	s.village = village(t, former)
	for range 2 {
		s.before = append(s.before, s.interview(t, former))
	}
	counts, err := former.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.changes = counts.Pending
	mustSync(t, s.supervisor)
	if err := errors.Join(former.Close(), f.Stop()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shift) interview(t *testing.T, u *clientsdk.User) clientsdk.ID {
	t.Helper()
	id, err := Interview(t.Context(), u, s.village, "001/001", s.generator.Family())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (s *shift) begin(t *testing.T) *clientsdk.Handover {
	t.Helper()
	h, err := s.tablet.BeginHandover(t.Context(), clientsdk.HandoverParties{Outgoing: formerUser, Incoming: colleague, Supervisor: s.f.Supervisor})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (s *shift) sign(t *testing.T, h *clientsdk.Handover) string {
	t.Helper()
	asked, err := s.supervisor.ReadHandover(t.Context(), h.Code())
	if err != nil || asked.OutgoingUserName != formerUser || asked.IncomingUserName != colleague || asked.IncomingName == "" {
		t.Fatalf("the supervisor reads %+v, %v", asked, err)
	}
	answer, err := s.supervisor.SignHandover(t.Context(), h.Code())
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (s *shift) accept(t *testing.T) *clientsdk.User {
	t.Helper()
	h := s.begin(t)
	u, err := h.Accept(t.Context(), s.sign(t, h), s.f.Password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	})
	return u
}

// goesOn saves something into a family that the former user began.
func (s *shift) goesOn(t *testing.T, u *clientsdk.User, id clientsdk.ID) {
	t.Helper()
	if _, total := u.Families(clientsdk.Query{}); total != len(s.before)+1 {
		t.Errorf("the colleague sees %d families", total)
	}
	h, err := u.Family(t.Context(), id)
	if err != nil || len(h.GetMembers()) == 0 || len(h.GetRounds()) == 0 {
		t.Fatalf("the colleague reads %v, %v", h, err)
	}
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Baru 1")}}
	if _, err := u.Save(t.Context(), id, edit); err != nil {
		t.Fatal(err)
	}
}

// onLine starts the server again and brings the colleague's work to it.
func (s *shift) onLine(t *testing.T, u *clientsdk.User) *clientsdk.SyncResult {
	t.Helper()
	if err := s.f.Start(t.Context(), s.f.Address); err != nil {
		t.Fatal(err)
	}
	return s.sync(t, u)
}

func (s *shift) sync(t *testing.T, u *clientsdk.User) *clientsdk.SyncResult {
	t.Helper()
	if _, err := u.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrSignInAgain) {
		t.Fatalf("a sync without ever having signed in: %v", err)
	}
	if err := u.SignInAgain(t.Context(), s.f.Password); err != nil {
		t.Fatal(err)
	}
	return mustSync(t, u)
}

// authors are the accounts that stand for a family's changes at the server.
func (s *shift) authors(t *testing.T, family clientsdk.ID) []uint32 {
	t.Helper()
	var out []uint32
	scope := store.Scope{Villages: []uint32{s.village}}
	err := s.f.Store.Read(store.WithScope(t.Context(), scope), func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		entries, err := snap.History(ctx, s.village, merge.ID(family), 0, 100)
		for _, e := range entries {
			out = append(out, e.Author)
		}
		slices.Sort(out)
		out = slices.Compact(out)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *shift) at(t *testing.T, families, changes int) {
	t.Helper()
	found, err := server.Verify(t.Context(), s.f.Store, s.f.Ring, nil)
	if err != nil || found.Families != families || found.Changes != changes || len(found.Differences) > 0 {
		t.Errorf("at the server: %+v, %v; want %d families of %d changes", found, err, families, changes)
	}
}

func TestAColleagueGoesOnWithADeviceOffline(t *testing.T) {
	onEachEngine(t, 3, func(t *testing.T, f *Field) {
		s := handOver(t, f)
		people, err := s.tablet.HandoverColleagues(t.Context(), formerUser)
		if err != nil || !slices.Contains(people, clientsdk.Colleague{UserName: colleague}) || !slices.Contains(people, clientsdk.Colleague{UserName: f.Supervisor, MaySign: true}) {
			t.Fatalf("who can take over: %+v, %v", people, err)
		}
		u := s.accept(t)
		if took, err := u.TookOver(t.Context()); err != nil || !took {
			t.Errorf("by the supervisor's word: %v, %v", took, err)
		}
		after := s.interview(t, u)
		// What the former user began the colleague sees, and goes on with.
		s.goesOn(t, u, s.before[0])
		counts, err := u.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if result := s.onLine(t, u); result.Quarantined+result.Refused > 0 {
			t.Errorf("the colleague's work: %+v", result)
		}
		s.at(t, 3, s.changes+counts.Pending)
		former, incoming := f.Surveyors[0].Account, f.Surveyors[2].Account
		for id, want := range map[clientsdk.ID][]uint32{s.before[0]: {former, incoming}, s.before[1]: {former}, after: {incoming}} {
			if got := s.authors(t, id); !slices.Equal(got, want) {
				t.Errorf("a family is by %v, want %v", got, want)
			}
		}
		for _, id := range append(s.before, after) {
			if _, ok := u.Summary(id); ok {
				t.Error("a family outside the colleague's own areas stays after the first sync")
			}
		}
		// Back in health, the former user finds everything, and nothing arrives twice.
		healthy := signInOn(t, s.tablet, f, formerUser)
		if n, err := healthy.Counts(t.Context()); err != nil || n.Pending != s.changes {
			t.Errorf("the former user's data: %+v, %v", n, err)
		}
		mustSync(t, healthy)
		s.at(t, 3, s.changes+counts.Pending)
		if n, err := healthy.Counts(t.Context()); err != nil || n.Pending != 0 || n.Quarantined != 0 {
			t.Errorf("the former user's data after a sync: %+v, %v", n, err)
		}
	})
}

func TestWrongAnswersHandNothingOver(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	s := handOver(t, f)
	h := s.begin(t)
	answer, earlier := s.sign(t, h), s.sign(t, s.begin(t))
	altered := []byte(answer)
	altered[40] = map[bool]byte{true: '3', false: '2'}[altered[40] == '2']
	for name, c := range map[string]struct {
		answer, password string
		want             error
	}{
		"a slip":                         {string(altered), f.Password, clientsdk.ErrHandoverMistyped},
		"the request itself":             {h.Code(), f.Password, clientsdk.ErrHandoverOtherKind},
		"for another request":            {earlier, f.Password, clientsdk.ErrHandoverOtherRequest},
		"signed by nobody known":         {s.forged(t, h), f.Password, clientsdk.ErrHandoverForged},
		"a password that no account has": {answer, strings.Repeat("á", auth.MinPasswordLength-1), clientsdk.ErrShortPassword},
	} {
		if _, err := h.Accept(t.Context(), c.answer, c.password); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if users, err := s.tablet.Users(); err != nil || !slices.Equal(users, []string{formerUser}) {
		t.Fatalf("on the device after wrong answers: %v, %v", users, err)
	}
	u, err := h.Accept(t.Context(), answer, strings.Repeat("á", auth.MinPasswordLength))
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accept(t.Context(), answer, f.Password); !errors.Is(err, clientsdk.ErrHandoverOtherRequest) {
		t.Errorf("the same answer again: %v", err)
	}
	if _, err := s.tablet.BeginHandover(t.Context(), clientsdk.HandoverParties{Outgoing: formerUser, Incoming: colleague, Supervisor: s.f.Supervisor}); !errors.Is(err, clientsdk.ErrHandoverHere) {
		t.Errorf("to a colleague who is here: %v", err)
	}
	for name, want := range map[string]error{formerUser: clientsdk.ErrHandoverSame, " ": clientsdk.ErrHandoverUnknown} {
		if _, err := s.tablet.BeginHandover(t.Context(), clientsdk.HandoverParties{Outgoing: formerUser, Incoming: name}); !errors.Is(err, want) {
			t.Errorf("to %q: %v, want %v", name, err, want)
		}
	}
}

func TestARequestTakesOnlySoManyWrongAnswers(t *testing.T) {
	t.Parallel()
	s := handOver(t, newField(t, 3, nil))
	h := s.begin(t)
	wrong := s.forged(t, h)
	for range handover.MaxAttempts {
		if _, err := h.Accept(t.Context(), wrong, s.f.Password); !errors.Is(err, clientsdk.ErrHandoverForged) {
			t.Fatal(err)
		}
	}
	if _, err := h.Accept(t.Context(), s.sign(t, h), s.f.Password); !errors.Is(err, clientsdk.ErrHandoverSpent) {
		t.Errorf("the right answer after too many wrong ones: %v", err)
	}
}

// forged is an answer in the supervisor's name, by a key that is not the supervisor's.
func (s *shift) forged(t *testing.T, h *clientsdk.Handover) string {
	t.Helper()
	genuine, err := handover.DecodeAnswer(s.sign(t, h))
	if err != nil {
		t.Fatal(err)
	}
	grant, err := handover.ReadGrant(genuine.GetGrant())
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a, err := handover.Sign(key, grant)
	if err != nil {
		t.Fatal(err)
	}
	code, err := handover.EncodeAnswer(a)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Who may sign, as the supervisor's device knows it.
func TestOnlyASupervisorSignsAndNotForThemselves(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	surveyor := signIn(t, f, "surveyor2")
	mustSync(t, surveyor)
	s := handOver(t, f)
	h := s.begin(t)
	if _, err := surveyor.SignHandover(t.Context(), h.Code()); !errors.Is(err, clientsdk.ErrNoSupervisor) {
		t.Errorf("a surveyor signs: %v", err)
	}
	for incoming, want := range map[string]error{f.Supervisor: clientsdk.ErrHandoverOwnSigner, "siapa.saja": clientsdk.ErrHandoverUnknown} {
		h, err := s.tablet.BeginHandover(t.Context(), clientsdk.HandoverParties{Outgoing: formerUser, Incoming: incoming})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.supervisor.SignHandover(t.Context(), h.Code()); !errors.Is(err, want) {
			t.Errorf("to %s: %v, want %v", incoming, err, want)
		}
	}
}

// A supervisor who was dismissed before the server learnt of the hand-over: nobody
// can tell any more when it was signed. What the former user had not sent waits, too.
func TestWorkUnderAGrantWithoutRightWaitsForADecision(t *testing.T) {
	onEachEngine(t, 3, func(t *testing.T, f *Field) {
		s := handOver(t, f)
		u := s.accept(t)
		after := s.interview(t, u)
		counts, err := u.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		disable(t, f, f.Supervisor)
		if result := s.onLine(t, u); result.Quarantined != counts.Pending || result.Refused > 0 {
			t.Errorf("work under a grant without right: %+v, want %d quarantined", result, counts.Pending)
		}
		files, err := u.CarriedFiles(t.Context())
		if err != nil || len(files) != 1 || files[0].Quarantined != s.changes || files[0].Refused != 0 || files[0].Reason != "" {
			t.Errorf("the former user's work: %+v, %v, want %d quarantined", files, err, s.changes)
		}
		if got := s.authors(t, after); len(got) > 0 {
			t.Errorf("merged unseen, by %v", got)
		}
	})
}

// Where the supervisor's device was first to tell the server, it does not matter what
// becomes of the supervisor afterwards.
func TestAGrantThatTheServerHasHeldStays(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	s := handOver(t, f)
	u := s.accept(t)
	after := s.interview(t, u)
	if err := f.Start(t.Context(), f.Address); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s.supervisor)
	disable(t, f, f.Supervisor)
	if result := s.sync(t, u); result.Quarantined+result.Refused > 0 {
		t.Errorf("the colleague's work: %+v", result)
	}
	if got := s.authors(t, after); !slices.Equal(got, []uint32{f.Surveyors[2].Account}) {
		t.Errorf("the colleague's family is by %v", got)
	}
}
