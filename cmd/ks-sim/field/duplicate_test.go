package field

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// doubled is what the tests read of a double.
type doubled struct {
	FamilyID        string   `json:"familyId"`
	OtherFamilyIDs  []string `json:"otherFamilyIds"`
	OthersElsewhere int      `json:"othersElsewhere"`
	State           string   `json:"state"`
	Tokens          []string `json:"tokens"`
	CaseNumbers     []string `json:"caseNumbers"`
	ClosesFamily    bool     `json:"closesFamily"`
	History         []struct {
		AuthorName string `json:"authorName"`
		Record     struct{ Note, Action string }
	} `json:"history"`
}

// signedIn keeps access tokens for the length of a test: a password costs what it
// is meant to cost.
var signedIn sync.Map

// signedInAs is of whom a token is.
type signedInAs struct {
	field         *Field
	address, user string
}

func tokenFor(t *testing.T, f *Field, user string) string {
	t.Helper()
	// By the field, too: a port may be given again, to a server of other keys.
	key := signedInAs{f, f.Address, user}
	if token, ok := signedIn.Load(key); ok {
		return fmt.Sprint(token)
	}
	token := restToken(t, f, user)
	signedIn.Store(key, token)
	return token
}

func doubles(t *testing.T, f *Field, user, query string) []doubled {
	t.Helper()
	var list struct{ Duplicates []doubled }
	restGet(t, f, tokenFor(t, f, user), "/v1/duplicates"+query, &list)
	return list.Duplicates
}

// awaitDoubles waits until the index has followed and the list is as wanted.
func awaitDoubles(t *testing.T, f *Field, user string, what string, want func([]doubled) bool) []doubled {
	t.Helper()
	for begun := time.Now(); ; {
		list := doubles(t, f, user, "")
		if want(list) {
			return list
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("%s: %s sees %+v", what, user, list)
		}
		time.Sleep(50 * time.Millisecond) // between looks at a condition
	}
}

func states(want ...string) func([]doubled) bool {
	return func(list []doubled) bool {
		var got []string
		for _, d := range list {
			got = append(got, strings.TrimPrefix(d.State, "DUPLICATE_STATE_"))
		}
		return fmt.Sprint(got) == fmt.Sprint(want)
	}
}

func decideDouble(t *testing.T, f *Field, user string, d doubled, action, reason string) (int, string) {
	t.Helper()
	body := fmt.Sprintf(`{"decision":{"action":"DUPLICATE_ACTION_%s","tokens":["%s"]},"reason":%q}`, action, strings.Join(d.Tokens, `","`), reason)
	status, data := rest(t, f, "POST", tokenFor(t, f, user), "/v1/families/"+d.FamilyID+":decideDuplicate", body)
	return status, string(data)
}

// withCard saves a family with a No. KK and its head's name.
func withCard(t *testing.T, u *clientsdk.User, place string, nkk uint64, name string) clientsdk.ID {
	t.Helper()
	g := NewGenerator(nkk%97, 320405, time.Now()).FamilyOfFour()
	g.Family.Nkk, g.Family.HeadName = proto.Uint64(nkk), proto.String(name)
	for i := range g.People {
		g.People[i].Member.Nik = nil
	}
	id, err := Interview(t.Context(), u, village(t, u), place, g)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	return id
}

func TestADismissedDoubleStaysAwayUntilTheNumbersChange(t *testing.T) {
	onEachEngine(t, 1, aDismissedDoubleStaysAway)
}

func aDismissedDoubleStaysAway(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	one, two := withCard(t, u, "001/001", 3204051111110001, "Asep"), withCard(t, u, "001/001", 3204051111110001, "Ujang")
	pair := awaitDoubles(t, f, "supervisor", "a pair", states("OPEN"))[0]
	if ids := []string{pair.FamilyID, pair.OtherFamilyIDs[0]}; !(ids[0] == one.String() && ids[1] == two.String()) && !(ids[1] == one.String() && ids[0] == two.String()) {
		t.Fatalf("the pair is %v", ids)
	}
	if status, _ := decideDouble(t, f, "surveyor1", pair, "DISMISS", "x"); status != 403 {
		t.Errorf("a surveyor dismisses: %d", status)
	}
	if status, _ := decideDouble(t, f, "supervisor", pair, "DISMISS", " "); status != 400 {
		t.Errorf("dismissed without a reason: %d", status)
	}
	if status, body := decideDouble(t, f, "supervisor", pair, "LIVES_HERE", ""); status != 409 || !strings.Contains(body, "STATE_CHANGED") {
		t.Errorf("answered as if it lay elsewhere: %d %s", status, body)
	}
	if status, body := decideDouble(t, f, "supervisor", pair, "DISMISS", "Dua KK, salah cetak"); status != 200 {
		t.Fatalf("dismiss: %d %s", status, body)
	}
	if left := doubles(t, f, "supervisor", ""); len(left) != 0 {
		t.Errorf("still listed: %+v", left)
	}
	kept := doubles(t, f, "supervisor", "?includeDismissed=true")
	if len(kept) != 1 || kept[0].History[0].Record.Note != "Dua KK, salah cetak" || kept[0].History[0].AuthorName != "supervisor" {
		t.Errorf("what was dismissed: %+v", kept)
	}
	// A surveyor's edit of something else opens nothing.
	if _, err := u.Save(t.Context(), one, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Baru 5")}}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	// The supervisor's device knows it without network, and takes it back.
	s := signIn(t, f, "supervisor")
	mustSync(t, s)
	found, err := s.Duplicates(t.Context(), clientsdk.Query{})
	if err != nil || len(found) != 1 || found[0].State != ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED {
		t.Fatalf("on the device %+v, %v", found, err)
	}
	if _, err := s.UndoDismissal(t.Context(), two, one); err != nil {
		t.Fatal(err)
	}
	if found, err = s.Duplicates(t.Context(), clientsdk.Query{}); err != nil || found[0].State != ksv1.DuplicateState_DUPLICATE_STATE_OPEN {
		t.Errorf("before the sync it shows %+v, %v", found, err)
	}
	if _, err := s.DismissDuplicate(t.Context(), one, two, ""); err == nil {
		t.Error("dismissed on the device without a reason")
	}
	mustSync(t, s)
	awaitDoubles(t, f, "supervisor", "taken back", states("OPEN"))
	if _, err := s.DismissDuplicate(t.Context(), one, two, "dua keluarga"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	awaitDoubles(t, f, "supervisor", "dismissed again", states())
	// Both get another number, and share that.
	for _, id := range []clientsdk.ID{one, two} {
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Nkk: proto.Uint64(3204051111110002)}}); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	awaitDoubles(t, f, "supervisor", "other numbers", states("OPEN"))
	mustSync(t, s)
	// Merged on the device: nothing is shared any more.
	if err := s.MergeFamily(t.Context(), two, one, "keluarga yang sama"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	awaitDoubles(t, f, "supervisor", "merged", states())
}

// elsewhere makes a second Puskesmas in another district, with a surveyor.
func elsewhere(t *testing.T, f *Field) *clientsdk.User {
	t.Helper()
	err := f.AddPuskesmas(t.Context(), store.Puskesmas{Code: "P3205010101", Name: "Puskesmas Lain", District: "32.05", Villages: []string{"32.05.01.2001"}},
		[]store.Area{{Code: "32.05", Name: "Garut"}, {Code: "32.05.01", Name: "Lain"}, {Code: "32.05.01.2001", Name: "Desa Lain"}})
	if err == nil {
		err = errors.Join(f.AddOffice(t.Context(), "garut", ksv1.Role_ROLE_DISTRICT, "32.05"), f.AddOffice(t.Context(), "cianjur", ksv1.Role_ROLE_DISTRICT, "32.03"))
	}
	if err != nil {
		t.Fatal(err)
	}
	u := signIn(t, f, "surveyor-p3205010101")
	mustSync(t, u)
	return u
}

func doubledIn(t *testing.T, f *Field, user, area string) string {
	t.Helper()
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Families, DoubledElsewhere string }
	restGet(t, f, tokenFor(t, f, user), "/v1/areas/"+area+"/progress", &answer)
	return answer.DoubledElsewhere + " of " + answer.Families
}

func TestAcrossPuskesmasEachAnswersForItsOwnFamily(t *testing.T) {
	onEachEngine(t, 1, acrossPuskesmasEachAnswersForItsOwnFamily)
}

func acrossPuskesmasEachAnswersForItsOwnFamily(t *testing.T, f *Field) {
	const here, there, otherSupervisor = "32.04.05.2001", "32.05.01.2001", "supervisor-p3205010101"
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	v := elsewhere(t, f)
	one, two := withCard(t, u, "001/001", 3204051111110007, "Asep"), withCard(t, v, "001/001", 3204051111110007, "Rahasia")
	own := awaitDoubles(t, f, "supervisor", "one side", states("OPEN"))[0]
	theirs := awaitDoubles(t, f, otherSupervisor, "the other side", states("OPEN"))[0]
	if own.FamilyID != one.String() || own.OthersElsewhere != 1 || len(own.OtherFamilyIDs) != 0 || !own.ClosesFamily || theirs.FamilyID != two.String() {
		t.Errorf("sides %+v and %+v", own, theirs)
	}
	nothingOf := func(user, path string, forbidden ...string) {
		status, data := rest(t, f, "GET", tokenFor(t, f, user), path, "")
		for _, text := range forbidden {
			if status != 200 || strings.Contains(string(data), text) {
				t.Errorf("%s at %s: %d, tells %q in %s", user, path, status, text, data)
			}
		}
	}
	nothingOf("supervisor", "/v1/duplicates?includeDismissed=true", two.String(), "Rahasia", "P3205010101", "32.05")
	nothingOf("supervisor", "/v1/families/"+one.String(), two.String(), "Rahasia", "P3205010101", "32.05.01")
	if here, there := doubledIn(t, f, "supervisor", here), doubledIn(t, f, otherSupervisor, there); here != "1 of 1" || there != "1 of 1" {
		t.Errorf("both count: %s, %s", here, there)
	}
	if status, body := decideDouble(t, f, "supervisor", own, "LIVES_HERE", ""); status != 200 {
		t.Fatalf("tinggal di sini: %d %s", status, body)
	}
	if status, _ := decideDouble(t, f, "supervisor", own, "LIVES_HERE", ""); status != 409 {
		t.Error("the same answer twice")
	}
	if status, _ := decideDouble(t, f, "supervisor", doubled{FamilyID: two.String(), Tokens: theirs.Tokens}, "MOVED", ""); status != 404 {
		t.Error("answered for the other's family")
	}
	awaitDoubles(t, f, "supervisor", "answered", states("LIVES_HERE"))
	if !states("OPEN")(doubles(t, f, otherSupervisor, "")) {
		t.Error("the answer shows at the other side")
	}
	if status, body := decideDouble(t, f, otherSupervisor, theirs, "LIVES_HERE", ""); status != 200 {
		t.Fatalf("tinggal di sini, there: %d %s", status, body)
	}
	own = awaitDoubles(t, f, "supervisor", "both live here", states("WITH_DISTRICT"))[0]
	theirs = awaitDoubles(t, f, otherSupervisor, "both live here", states("WITH_DISTRICT"))[0]
	if len(own.CaseNumbers) != 1 || own.CaseNumbers[0] != theirs.CaseNumbers[0] {
		t.Errorf("case numbers %v and %v", own.CaseNumbers, theirs.CaseNumbers)
	}
	var cases struct {
		Cases []struct {
			Number         string
			PuskesmasCodes []string
		}
	}
	restGet(t, f, tokenFor(t, f, "garut"), "/v1/duplicates/cases", &cases)
	if len(cases.Cases) != 1 || cases.Cases[0].Number != own.CaseNumbers[0] || fmt.Sprint(cases.Cases[0].PuskesmasCodes) != "[P3205010101]" {
		t.Errorf("the district sees %+v", cases)
	}
	nothingOf("garut", "/v1/duplicates/cases", one.String(), two.String(), "Asep", "Rahasia", "3204051111110007")
	nothingOf("cianjur", "/v1/duplicates/cases", own.CaseNumbers[0])
	theOtherSideMoves(t, f, otherSupervisor, two, there)
	awaitDoubles(t, f, "supervisor", "settled", states())
	if got := doubledIn(t, f, "supervisor", here); got != "0 of 1" {
		t.Errorf("settled, and %s count double", got)
	}
	restGet(t, f, tokenFor(t, f, "garut"), "/v1/duplicates/cases", &cases)
	if len(cases.Cases) != 0 {
		t.Errorf("the district still has %+v", cases)
	}
}

// theOtherSideMoves: its supervisor answers pindah offline; once it has synced the
// family is closed there and kept in its history.
func theOtherSideMoves(t *testing.T, f *Field, supervisor string, family clientsdk.ID, village string) {
	t.Helper()
	s := signIn(t, f, supervisor)
	mustSync(t, s)
	found, err := s.Duplicates(t.Context(), clientsdk.Query{})
	if err != nil || len(found) != 1 || !found[0].Other.IsZero() || found[0].Elsewhere != 1 || len(found[0].CaseNumbers) != 1 {
		t.Fatalf("on the device %+v, %v", found, err)
	}
	if _, err := s.AnswerDuplicate(t.Context(), family, clientsdk.MovedAway, "pindah bulan lalu"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	household, err := s.Family(t.Context(), family)
	removal := household.GetFamily().GetRemoval()
	if err != nil || removal.GetReason() != ksv1.RemovalReason_REMOVAL_REASON_MOVED || removal.GetNote() != "pindah bulan lalu" {
		t.Errorf("after pindah: %v, %v", removal, err)
	}
	if got := doubledIn(t, f, supervisor, village); got != "0 of 0" {
		t.Errorf("tallies there: %s", got)
	}
	var history struct{ Entries []struct{ AuthorName string } }
	restGet(t, f, tokenFor(t, f, supervisor), "/v1/families/"+family.String()+"/history", &history)
	if len(history.Entries) < 3 || history.Entries[0].AuthorName != supervisor {
		t.Errorf("history %+v", history)
	}
}

// Two who say pindah at one time leave the family where it was asked last.
func TestOfADoubleOneFamilyStays(t *testing.T) {
	onEachEngine(t, 1, ofADoubleOneFamilyStays)
}

func ofADoubleOneFamilyStays(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	v := elsewhere(t, f)
	withCard(t, u, "001/001", 3204051111110009, "Asep")
	withCard(t, v, "001/001", 3204051111110009, "Ujang")
	own := awaitDoubles(t, f, "supervisor", "one side", states("OPEN"))[0]
	theirs := awaitDoubles(t, f, "supervisor-p3205010101", "the other side", states("OPEN"))[0]
	if status, body := decideDouble(t, f, "supervisor", own, "MOVED", ""); status != 200 {
		t.Fatalf("pindah: %d %s", status, body)
	}
	// Whether the other side was told by now or not, it is not closed too.
	if status, body := decideDouble(t, f, "supervisor-p3205010101", theirs, "MOVED", ""); status != 409 {
		t.Errorf("pindah on both sides: %d %s", status, body)
	}
	awaitDoubles(t, f, "supervisor-p3205010101", "settled", states())
	if got := doubledIn(t, f, "supervisor-p3205010101", "32.05.01.2001"); got != "0 of 1" {
		t.Errorf("there %s", got)
	}
	if got := doubledIn(t, f, "supervisor", "32.04.05.2001"); got != "0 of 0" {
		t.Errorf("here %s", got)
	}
}
