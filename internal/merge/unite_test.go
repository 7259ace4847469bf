package merge

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What only the other entry tells of a family and its members goes over; what the kept one
// tells stays, and a number's status goes with its number.
func TestUniteFillsWhatTheKeptFamilyLeavesOpen(t *testing.T) {
	t.Parallel()
	id := NewID(1, 1, 2).String()
	person := func(m *ksv1.Member) []*ksv1.HouseholdMember {
		m.Name, m.BirthDate = proto.String("Asep"), proto.String("1970-01-10")
		return []*ksv1.HouseholdMember{{MemberId: id, Member: m}}
	}
	stated := ksv1.IdentifierStatus_IDENTIFIER_STATUS_STATED.Enum()
	kept := &ksv1.Household{FamilyId: NewID(1, 1, 1).String(), Family: &ksv1.Family{Address: proto.String("Jl. Satu")}, Members: person(&ksv1.Member{})}
	other := &ksv1.Household{
		FamilyId: NewID(1, 1, 9).String(), Family: &ksv1.Family{Nkk: proto.Uint64(3204050101200001), NkkStatus: stated, Address: proto.String("Jl. Dua"), Place: proto.String("001/002")},
		Members: person(&ksv1.Member{Nik: proto.Uint64(3204050302800001), NikStatus: stated, Sex: ksv1.Sex_SEX_MALE.Enum()}),
	}
	other.Members[0].MemberId = NewID(1, 1, 10).String()
	from := stateOf(t, other, 2, 1000)
	edits, err := Unite(kept, &from)
	if err != nil {
		t.Fatal(err)
	}
	if len(edits) != 2 {
		t.Fatalf("%d edits: %v", len(edits), edits)
	}
	family, member := edits[0].Set.(*ksv1.Family), edits[1].Set.(*ksv1.Member)
	if !proto.Equal(family, &ksv1.Family{Nkk: proto.Uint64(3204050101200001), NkkStatus: stated}) {
		t.Errorf("family %v", family)
	}
	if edits[1].Key.Member.String() != id || !proto.Equal(member, &ksv1.Member{Nik: proto.Uint64(3204050302800001), NikStatus: stated, Sex: ksv1.Sex_SEX_MALE.Enum()}) {
		t.Errorf("member %s: %v", edits[1].Key.Member, member)
	}
	kept.Family.Nkk, kept.Members[0].Member.Nik, kept.Members[0].Member.Sex = proto.Uint64(1), proto.Uint64(3204050302800001), ksv1.Sex_SEX_MALE.Enum()
	if edits, err = Unite(kept, &from); err != nil || len(edits) != 0 {
		t.Errorf("nothing is open, and %d edits: %v, %v", len(edits), edits, err)
	}
}

// Rounds and visits that went over are whose they were, and stand where they stood.
func TestWhatAUnionTakesOverStaysItsAuthors(t *testing.T) {
	t.Parallel()
	day := func(n, at uint64) (State, ID) {
		id := NewID(1, 1, n)
		return stateOf(t, &ksv1.Household{
			FamilyId: NewID(1, 1, n+1).String(), Family: &ksv1.Family{},
			Rounds: []*ksv1.HouseholdRound{{RoundId: id.String(), Round: &ksv1.Round{SurveyDate: proto.String("2026-03-01")}}},
			Visits: []*ksv1.HouseholdVisit{{VisitId: NewID(1, 1, n+2).String(), Visit: &ksv1.Visit{Date: proto.String("2026-03-01")}}},
		}, uint32(n), at), id
	}
	first, one := day(10, 1000)
	second, two := day(20, 1500)
	third, three := day(30, 2000)
	unite(t, &second, &first, 3000)
	unite(t, &third, &second, 4000)
	view, err := View(&third)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []ID{one, two, three} {
		if got := view.GetRounds()[i].GetRoundId(); got != want.String() {
			t.Errorf("round %d of the day is %s, want %s", i, got, want)
		}
	}
	for _, v := range view.GetVisits() {
		id, err := ParseID(v.GetVisitId())
		if err != nil {
			t.Fatal(err)
		}
		_, _, n, _ := id.Source()
		if stamp, author := OpenedBy(&third, Key{Kind: KindVisit, Record: id}); uint64(author)+2 != n || stamp.TimeMS != 500+uint64(author)*50 {
			t.Errorf("visit %s is account %d's, of %d", v.GetVisitId(), author, stamp.TimeMS)
		}
	}
}

// What came late to a removed family takes the place of what went over before; the copy of a
// third family's round, which came late, too, does not.
func TestALateAnswerTakesThePlaceOfWhatWentOver(t *testing.T) {
	t.Parallel()
	round := func(n uint64) (State, Key) {
		key := Key{Kind: KindRound, Record: NewID(1, 1, n+1)}
		return stateOf(t, &ksv1.Household{FamilyId: NewID(1, 1, n).String(), Family: &ksv1.Family{}, Rounds: []*ksv1.HouseholdRound{
			{RoundId: key.Record.String(), Round: &ksv1.Round{SurveyDate: proto.String("2026-03-01"), Note: proto.String("lama")}},
		}}, uint32(n), 1000), key
	}
	kept, _ := round(10)
	other, own := round(20)
	third, copied := round(30)
	unite(t, &kept, &other, 2000)
	unite(t, &kept, &third, 2000)
	write(t, &other, 4, 3000, []RecordEdit{{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
		Reason: enteredTwice, KeptId: kept.Family.String(), Seen: SeenOf(&other, ID{}),
	}}}})
	if CameLate(&other) {
		t.Error("nothing has come")
	}
	unite(t, &other, &third, 4000)
	note := func(text string) proto.Message { return &ksv1.Round{Note: proto.String(text)} }
	write(t, &other, 5, 4000, []RecordEdit{{Key: own, Set: note("baru")}})
	write(t, &kept, 6, 4000, []RecordEdit{{Key: copied, Set: note("dibetulkan")}})
	if !CameLate(&other) {
		t.Error("an answer has come")
	}
	unite(t, &kept, &other, 5000)
	view, err := View(&kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range view.GetRounds() {
		want := map[string]string{own.Record.String(): "baru", copied.Record.String(): "dibetulkan"}[r.GetRoundId()]
		if want != "" && r.GetRound().GetNote() != want {
			t.Errorf("round %s: %s, want %s", r.GetRoundId(), r.GetRound().GetNote(), want)
		}
	}
}

// In the kept family two members who went over turn out to be one; a round that a device
// opened unseen in the other has a part of each, and goes over as it is.
func TestARoundOfTwoWhoAreOneByNowGoesOver(t *testing.T) {
	t.Parallel()
	kept := home{n: 1, members: people{11: named("Siti")}, rounds: surveys{"2026-01-05": {11}}}
	other := home{n: 2, members: people{21: named("Asep"), 22: named("Asep S.")}, rounds: surveys{"2026-01-06": {21, 22}}}
	into, from := stateOf(t, kept.household(), 1, 1000), stateOf(t, other.household(), 2, 1000)
	unite(t, &into, &from, 2000)
	id := func(n uint64) ID { return NewID(1, 1, n) }
	write(t, &into, 5, 3000, []RecordEdit{{Key: Key{Kind: KindMember, Member: id(21)}, Set: gone(&ksv1.Member{}, enteredTwice, "2026-02-01", 22)}})
	opened := []RecordEdit{{Key: Key{Kind: KindRound, Record: id(900)}, Set: &ksv1.Round{SurveyDate: proto.String("2026-02-02")}}}
	for _, n := range []uint64{21, 22} {
		opened = append(opened, RecordEdit{Key: Key{Kind: KindIndividual, Record: id(900), Member: id(n)}, Set: &ksv1.Individual{Present: proto.Bool(true)}})
	}
	write(t, &from, 2, 3500, opened)
	unite(t, &into, &from, 4000)
	view, err := View(&into)
	if err != nil {
		t.Fatal(err)
	}
	const want = "11; 2026-01-05: 11; 2026-01-06: 21 22; 2026-02-02: 21 22; 21 ENTERED_TWICE 2026-02-01 for 22; 22"
	if got := told(view); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
