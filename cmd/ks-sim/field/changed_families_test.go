package field

import (
	"strconv"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// movedFamilies is what the tests read of the families behind a change.
type movedFamilies struct {
	Families []struct {
		Family        struct{ FamilyID string }
		Day, Cause    string
		Before, After *struct{}
	}
}

// changed reads the families behind what changed in the Puskesmas.
func changed(t *testing.T, f *Field) (list movedFamilies) {
	t.Helper()
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/puskesmas/"+PuskesmasCode+"/change/families?membership=MEMBERSHIP_BESAR", &list)
	return list
}

// interviewedRound is a field's family, complete, with the id of its round.
func interviewedRound(t *testing.T, u *clientsdk.User, of *Generated) (family, round clientsdk.ID) {
	t.Helper()
	mustSync(t, u)
	family, err := Interview(t.Context(), u, village(t, u), "001/001", of)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	h, err := u.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	if round, err = merge.ParseID(h.GetRounds()[0].GetRoundId()); err != nil {
		t.Fatal(err)
	}
	return family, round
}

// What a family counted with for a round from which it withdrew is told by no list beside its
// name, before it withdrew or since; that it moved is.
func TestWhatAWithdrawnRoundCountedWithIsNotToldOfAFamily(t *testing.T) {
	onEachEngine(t, 1, whatAWithdrawnRoundCountedWithIsNotToldOfAFamily)
}

func whatAWithdrawnRoundCountedWithIsNotToldOfAFamily(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	of := NewGenerator(7, 320405, time.Now()).FamilyOfFour()
	of.People[0].Individual.HealthInsurance = nil // not yet asked: the round is under way
	family, round := interviewedRound(t, u, of)
	other, _ := interviewedRound(t, u, NewGenerator(8, 320405, time.Now()).FamilyOfFour())
	tells := func(when string, id clientsdk.ID, movements int, values bool) {
		t.Helper()
		n := 0
		for _, x := range changed(t, f).Families {
			if x.Family.FamilyID != id.String() {
				continue
			}
			if n++; x.Day == "" || x.Cause == "" || (x.Before != nil || x.After != nil) != values {
				t.Errorf("%s: %+v", when, x)
			}
		}
		if n != movements {
			t.Errorf("%s: %d movements, want %d", when, n, movements)
		}
	}
	tells("begun", family, 1, true)
	h, err := u.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	visit, err := u.RecordVisit(t.Context(), family, &ksv1.Visit{
		Date: proto.String(h.GetRounds()[0].GetRound().GetSurveyDate()), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(), RoundId: proto.String(round.String()),
	})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	tells("refused", family, 2, false)
	tells("refused", other, 1, true)
	corrected(t, u, family, visit)
	tells("taken back", family, 3, true)
}

// What a member had who was erased does not follow from what the family counted with before and
// what it counts with since; the figures go on.
func TestWhatAnErasedMemberHadFollowsFromNoChangeOfTheFamily(t *testing.T) {
	onEachEngine(t, 1, whatAnErasedMemberHadFollowsFromNoChangeOfTheFamily)
}

func whatAnErasedMemberHadFollowsFromNoChangeOfTheFamily(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	of := NewGenerator(7, 320405, time.Now()).FamilyOfFour()
	for i := range of.People {
		if p := of.People[i].Individual; p.Smokes != nil {
			p.Smokes = ksv1.Answer_ANSWER_TIDAK.Enum()
		}
	}
	of.People[1].Individual.Smokes = ksv1.Answer_ANSWER_YA.Enum()
	family, _ := interviewedRound(t, u, of)
	other, _ := interviewedRound(t, u, NewGenerator(8, 320405, time.Now()).FamilyOfFour())
	h, err := u.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	gone, stays := clientsdk.ID{}, clientsdk.ID{}
	for _, m := range h.GetMembers() {
		into := &stays
		if m.GetMember().GetName() == of.People[1].Member.GetName() {
			into = &gone
		}
		if *into, err = merge.ParseID(m.GetMemberId()); err != nil {
			t.Fatal(err)
		}
	}
	eraseFamily(t, f, family, gone)
	mustSync(t, u)
	told := func(id clientsdk.ID) (n int) {
		for _, x := range changed(t, f).Families {
			if x.Family.FamilyID == id.String() {
				n++
			}
		}
		return n
	}
	if n, of := told(family), told(other); n != 0 || of != 1 {
		t.Errorf("erased: %d changes of the family are told, %d of another", n, of)
	}
	if is := verified(t, f); len(is.Differences) > 0 {
		t.Errorf("%q", is.Differences)
	}
	var change struct{ Causes []struct{ Movements string } }
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/puskesmas/"+PuskesmasCode+"/change?membership=MEMBERSHIP_BESAR", &change)
	moved := 0
	for _, c := range change.Causes {
		n, _ := strconv.Atoi(c.Movements)
		moved += n
	}
	if moved != 3 {
		t.Errorf("%d movements are counted: %+v", moved, change)
	}
	// Whoever is left smokes now: that is told as ever.
	round, err := merge.ParseID(h.GetRounds()[0].GetRoundId())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.SaveRound(t.Context(), family, round, nil, map[clientsdk.ID]*ksv1.Individual{stays: {Smokes: ksv1.Answer_ANSWER_YA.Enum()}}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if n := told(family); n != 1 {
		t.Errorf("gone on: %d changes of the family are told", n)
	}
}
