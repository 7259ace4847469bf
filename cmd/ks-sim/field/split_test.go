package field

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// household is a couple with two children, surveyed and synced, with its members
// in order.
func household(t *testing.T, u *clientsdk.User) (clientsdk.ID, []clientsdk.ID) {
	t.Helper()
	g := NewGenerator(11, 320405, time.Now()).FamilyOfFour()
	for i := range g.People {
		g.People[i].Individual.Smokes = ksv1.Answer_ANSWER_TIDAK.Enum()
	}
	// With the youngest goes what the family fails.
	g.People[3].Individual.Smokes = ksv1.Answer_ANSWER_YA.Enum()
	id, err := Interview(t.Context(), u, village(t, u), "001/001", g)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	return id, membersOf(t, u, id, true)
}

// membersOf are a family's members who belong to it, or who ever did.
func membersOf(t *testing.T, u *clientsdk.User, id clientsdk.ID, ever bool) []clientsdk.ID {
	t.Helper()
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []clientsdk.ID
	for _, m := range h.GetMembers() {
		if ever || m.GetMember().GetRemoval() == nil {
			out = append(out, mustID(t, m.GetMemberId()))
		}
	}
	return out
}

func mustID(t *testing.T, text string) clientsdk.ID {
	t.Helper()
	id, err := clientsdk.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func split(t *testing.T, u *clientsdk.User, id clientsdk.ID, members ...clientsdk.ID) clientsdk.ID {
	t.Helper()
	made, err := u.SplitFamily(t.Context(), id, clientsdk.Split{Members: members, FamilyNumber: "2"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestAFamilyThatIsSplitIsTwoAndItsMembersCountOnce(t *testing.T) {
	onEachEngine(t, 1, aFamilyThatIsSplitIsTwo)
}

func aFamilyThatIsSplitIsTwo(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	old, members := household(t, u)
	made := split(t, u, old, members[2], members[3])
	mustSync(t, u)

	s := signIn(t, f, "supervisor")
	mustSync(t, s)
	if left := membersOf(t, s, old, false); !slices.Equal(left, members[:2]) {
		t.Errorf("in the old family: %v of %v", left, members)
	}
	h, err := s.Family(t.Context(), made)
	if err != nil {
		t.Fatal(err)
	}
	from, err := s.Family(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	if h.GetFamily().GetSplitFromId() != old.String() || h.GetFamily().Nkk != nil || h.GetFamily().GetPlace() != "001/001" ||
		h.GetFamily().GetHeadName() != h.GetMembers()[0].GetMember().GetName() {
		t.Errorf("the new family is %v", h.GetFamily())
	}
	for i, m := range h.GetMembers() {
		was := from.GetMembers()[2+i]
		if m.GetMember().GetFormerMemberId() != was.GetMemberId() || was.GetMember().GetMovedToFamilyId() != made.String() ||
			m.GetMember().GetNik() != was.GetMember().GetNik() || m.GetMember().MotherId != nil {
			t.Errorf("member %d was %v, is %v", i, was.GetMember(), m.GetMember())
		}
	}
	// Their answers of today stay in the old family, whose round doesn't count them.
	if parts := from.GetRounds()[0].GetIndividuals(); len(parts) != 4 {
		t.Errorf("%d persons' answers are left in the old family", len(parts))
	}
	// Whoever splits again what is split does nothing.
	if _, err := s.SplitFamily(t.Context(), old, clientsdk.Split{Members: members[2:]}); !errors.Is(err, clientsdk.ErrNotMember) {
		t.Errorf("split again: %v", err)
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != 2 || len(found.Differences) > 0 {
		t.Errorf("at the server %+v, %v", found, err)
	}
	if causes := causesOfChange(t, f); !slices.Equal(causes, []string{"NEW", "MOVED"}) {
		t.Errorf("the figures changed by %v", causes)
	}
}

// causesOfChange are why the village's figures changed up to today.
func causesOfChange(t *testing.T, f *Field) []string {
	t.Helper()
	var change struct{ Causes []struct{ Cause string } }
	restGet(t, f, tokenFor(t, f, "supervisor"), "/v1/puskesmas/"+PuskesmasCode+"/change", &change)
	var out []string
	for _, c := range change.Causes {
		out = append(out, strings.TrimPrefix(c.Cause, "CHANGE_CAUSE_"))
	}
	return out
}

// TestTwoDevicesThatSplitOneFamilyMakeOneOfIt: under one head it is one family,
// with all whom either sent there, and nobody is in both.
func TestTwoDevicesThatSplitOneFamilyMakeOneOfIt(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
		mustSync(t, a)
		old, members := household(t, a)
		mustSync(t, b)
		one, other := split(t, a, old, members[2]), split(t, b, old, members[2], members[3])
		if one != other {
			t.Errorf("two families came of it: %s and %s", one, other)
		}
		for _, u := range []*clientsdk.User{a, b, a} {
			mustSync(t, u)
		}
		for name, u := range map[string]*clientsdk.User{"the one": a, "the other": b} {
			if got := membersOf(t, u, one, false); len(got) != 2 {
				t.Errorf("on %s the new family has %d members", name, len(got))
			}
			if got := membersOf(t, u, old, false); !slices.Equal(got, members[:2]) {
				t.Errorf("on %s the old family has %v", name, got)
			}
			if list, err := u.Conflicts(t.Context(), old); err != nil || len(list) != 0 {
				t.Errorf("on %s they disagree: %v, %v", name, list, err)
			}
		}
	})
}

// A person whom two splits, unseen of each other, lead to different families is in
// both until a supervisor decides: the old family shows it as a conflict.
func TestTwoSplitsOfOnePersonUnderDifferentHeadsAreAConflict(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	id, members := household(t, a)
	mustSync(t, b)
	for u, leave := range map[*clientsdk.User][]clientsdk.ID{a: {members[2], members[3]}, b: {members[3]}} {
		if _, err := u.SplitFamily(t.Context(), id, clientsdk.Split{Members: leave}); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, a)
	mustSync(t, b)
	s := supervisorWith(t, f)
	conflicts, err := s.Conflicts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	const movedToFamily = 13
	for _, c := range conflicts {
		if c.Key.Kind == clientsdk.KindMember && c.Key.Member == members[3] && c.Field == movedToFamily && len(c.Values) == 2 {
			return
		}
	}
	t.Errorf("the supervisor sees %+v", conflicts)
}

// TestAnEditThatASplitHadNotSeenIsKeptAndShown: nothing is lost of it.
func TestAnEditThatASplitHadNotSeenIsKeptAndShown(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	old, members := household(t, a)
	mustSync(t, b)
	split(t, a, old, members[3])
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: members[3]}, Set: &ksv1.Member{Name: proto.String("Nama Baru")}}
	if _, err := b.Save(t.Context(), old, edit); err != nil {
		t.Fatal(err)
	}
	for _, u := range []*clientsdk.User{a, b, a} {
		mustSync(t, u)
	}
	list, err := a.Conflicts(t.Context(), old)
	if err != nil || len(list) != 1 || list[0].Key.Member != members[3] || list[0].Removal == nil {
		t.Errorf("conflicts %+v, %v", list, err)
	}
}

// TestASplitThatWasWrongIsTakenBackAndCanBeMadeAgain by the supervisor.
func TestASplitThatWasWrongIsTakenBackAndCanBeMadeAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	old, members := household(t, u)
	made := split(t, u, old, members[2], members[3])
	mustSync(t, u)
	mustSync(t, s)
	if err := s.MergeFamily(t.Context(), made, old, "ternyata satu dapur"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	mustSync(t, u)
	if got := membersOf(t, u, old, false); !slices.Equal(got, members) {
		t.Errorf("after it was taken back the old family has %v of %v", got, members)
	}
	if again := split(t, u, old, members[2]); again != made {
		t.Errorf("made again under another id: %s, %s", again, made)
	}
	mustSync(t, u)
	if got := membersOf(t, u, made, false); len(got) != 2 {
		t.Errorf("the new family has %d members", len(got))
	}
}

// TestTheUnsyncedAreSplitToo: a family and a member that no server knows yet.
func TestTheUnsyncedAreSplitToo(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(11, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	members := membersOf(t, u, id, true)
	for what, c := range map[string]struct {
		split clientsdk.Split
		want  error
	}{
		"nobody stays": {clientsdk.Split{Members: members}, clientsdk.ErrNobodyStays},
		"a stranger":   {clientsdk.Split{Members: []clientsdk.ID{u.NewID()}}, clientsdk.ErrNotMember},
		"nobody":       {clientsdk.Split{}, clientsdk.ErrNotMember},
		"one twice":    {clientsdk.Split{Members: []clientsdk.ID{members[3], members[3]}}, clientsdk.ErrNotMember},
		"next year":    {clientsdk.Split{Members: members[3:], Since: "2999-01-01"}, clientsdk.ErrSplitDate},
		"no day":       {clientsdk.Split{Members: members[3:], Since: "2024-02-30"}, clientsdk.ErrSplitDate},
	} {
		if _, err := u.SplitFamily(t.Context(), id, c.split); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := membersOf(t, u, id, false); len(got) != 4 {
		t.Errorf("what was refused left %d members", len(got))
	}
	made := split(t, u, id, members[3])
	mustSync(t, u)
	if got := membersOf(t, u, made, false); len(got) != 1 {
		t.Errorf("the new family has %d members", len(got))
	}
}

// TestThePageSplitsAFamily: the same by the app's call.
func TestThePageSplitsAFamily(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	area := p.get("/v1/app/areas")["villages"].([]any)[0].(map[string]any)["code"]
	members := []any{}
	ids := []string{"00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000a2"}
	for i, id := range ids {
		members = append(members, map[string]any{"memberId": id, "member": map[string]any{"name": []string{"Budi", "Sari"}[i], "number": i + 1}})
	}
	begun := p.post("/v1/forms", map[string]any{
		"villageCode": area, "place": "001/001", "family": map[string]any{"headName": "Budi"}, "household": map[string]any{"members": members},
	}, http.StatusOK)
	id := begun["form"].(map[string]any)["household"].(map[string]any)["familyId"]
	p.post("/v1/app:splitFamily", map[string]any{"familyId": id, "memberIds": ids}, http.StatusBadRequest)
	made := p.post("/v1/app:splitFamily", map[string]any{"familyId": id, "memberIds": ids[1:]}, http.StatusOK)["familyId"]
	got := p.get("/v1/forms/" + made.(string))["form"].(map[string]any)["household"].(map[string]any)["family"].(map[string]any)
	if got["headName"] != "Sari" || got["splitFromId"] != id {
		t.Errorf("the new family is %v", got)
	}
}
