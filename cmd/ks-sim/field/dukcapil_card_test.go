package field

import (
	"context"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/dukcapil"
)

// cardUser is a surveyor who may look up in a stand-in registry.
func cardUser(t *testing.T) (*registry.Server, *clientsdk.User) {
	t.Helper()
	f := newField(t, 1, nil)
	r := withRegistry(t, f, registry.Options{})
	inForce(t, f, "surveyor1")
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	return r, u
}

// beginFamily begins a family in whose house nobody was entered yet.
func beginFamily(t *testing.T, u *clientsdk.User) clientsdk.ID {
	t.Helper()
	id, _, err := u.StartFamily(t.Context(), village(t, u), "003/001", &ksv1.Family{HeadName: proto.String("Contoh")})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// peopleOf are a family's members by name.
func peopleOf(t *testing.T, u *clientsdk.User, id clientsdk.ID) map[string]*ksv1.Member {
	t.Helper()
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*ksv1.Member{}
	for _, m := range h.GetMembers() {
		out[m.GetMember().GetName()] = m.GetMember()
	}
	if len(out) != len(h.GetMembers()) {
		t.Errorf("%d members of %d names", len(h.GetMembers()), len(out))
	}
	return out
}

func TestANameWithBlanksIsNobodyTwice(t *testing.T) {
	t.Parallel()
	r, u := cardUser(t)
	for number, names := range map[uint64][2]string{
		3204050101200001: {"SITI  AMINAH", "Siti Aminah"}, 3204050101200002: {"SITI AMINAH", "Siti  Aminah"}, 3204050101200003: {" SITI\u00a0\tAMINAH ", "siti aminah "},
	} {
		p := cardOf(number)
		p.Name = names[0]
		r.Put(p)
		id := beginFamily(t, u)
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: u.NewID()}, Set: &ksv1.Member{
			Name: proto.String(names[1]), BirthDate: proto.String(p.Birth), Sex: ksv1.Sex_SEX_FEMALE.Enum(),
		}}); err != nil {
			t.Fatal(err)
		}
		got, err := u.FillFromCard(t.Context(), id, p.NKK.Text())
		if err != nil || got.Outcome != clientsdk.FillDone || len(got.Members) != 1 || got.Members[0].Added {
			t.Errorf("%q: %+v, %v", names, got, err)
		}
		if m := peopleOf(t, u, id); len(m) != 1 || m[names[1]].GetNik() != number {
			t.Errorf("%q: %v", names, m)
		}
	}
}

func TestTwoLookUpsAtOnceFillOnce(t *testing.T) {
	t.Parallel()
	r, u := cardUser(t)
	card := registry.Card(7, 320405)
	r.Put(card...)
	id := beginFamily(t, u)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			got, err := u.FillFromCard(t.Context(), id, card[0].NKK.Text())
			if err != nil || got.Outcome != clientsdk.FillDone || len(got.Members) != len(card) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wait.Wait()
	if m := peopleOf(t, u, id); len(m) != len(card) {
		t.Errorf("%d members of a card of %d", len(m), len(card))
	}
}

func TestAnOddRecordKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	r, u := cardUser(t)
	for i, x := range []struct {
		what    string
		odd     func(*registry.Person)
		entered bool
		birth   string
	}{
		{"born in the future", func(p *registry.Person) { p.Birth = "2999-01-01" }, true, ""},
		{"born in the year 1", func(p *registry.Person) { p.Birth = "0001-01-01" }, true, ""},
		{"born before 1900", func(p *registry.Person) { p.Birth = "1899-12-31" }, true, ""},
		{"a name of 250 signs", func(p *registry.Person) { p.Name = strings.Repeat("KEDUA ", 50) }, true, "1990-01-01"},
		{"no name", func(p *registry.Person) { p.Name = " " }, false, ""},
		{"the head's NIK", func(p *registry.Person) { p.NIK -= 50000 }, false, ""},
	} {
		nkk := 3204050101201000 + uint64(i)
		head, other := cardOf(nkk), cardOf(nkk)
		head.NIK, other.NIK = prokesga.NIK(3204055003900001+10*i), prokesga.NIK(3204055003950001+10*i)
		head.Name, other.Name, other.Relation = "KEPALA", "KEDUA", "ANAK"
		x.odd(&other)
		r.Put(other, head)
		id := beginFamily(t, u)
		got, err := u.FillFromCard(t.Context(), id, head.NKK.Text())
		if err != nil || got.Outcome != clientsdk.FillDone {
			t.Errorf("%s: %+v, %v", x.what, got, err)
			continue
		}
		people := peopleOf(t, u, id)
		if !x.entered {
			if len(people) != 1 || len(got.NotEntered) != 1 || got.NotEntered[0].Name != "" || got.NotEntered[0].Reason == "" || got.Message == "" {
				t.Errorf("%s: %+v, %v", x.what, got, people)
			}
			continue
		}
		if len(people) != 2 || people["KEPALA"] == nil || len(got.NotEntered) > 0 || got.Message != "" {
			t.Errorf("%s: %+v, %v", x.what, got, people)
		}
		for name, m := range people {
			if name != "KEPALA" && m.GetBirthDate() != x.birth {
				t.Errorf("%s: born %q", x.what, m.GetBirthDate())
			}
		}
	}
}

// fixedCard is a registry that answers one card as it is.
type fixedCard struct {
	dukcapil.Registry
	card dukcapil.Card
}

func (r fixedCard) FamilyCard(context.Context, prokesga.NKK) (*dukcapil.Card, error) {
	return &r.card, nil
}

// What the server lets through and the device refuses, as another server may, keeps nobody
// else out either.
func TestWhomTheChecksRefuseIsLeftOutAndTold(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	f.options.LookUpsPerUser, f.options.LookUpsInAll = 10, 10
	f.options.Registry = fixedCard{card: dukcapil.Card{LeftOut: 1, Persons: []*ksv1.RegistryPerson{
		{Nik: 3204055003900001, Name: "KEPALA", BirthDate: proto.String("1990-03-10")},
		{Nik: 3204055003950001, Name: "ESOK", BirthDate: proto.String("2999-01-01")},
		{Nik: 3204055003950002, Name: strings.Repeat("N", 201)},
		{Nik: 3204055003950003, Name: "ANAK", BirthDate: proto.String("2015-03-10")},
	}}}
	if err := f.Start(t.Context(), f.Address); err != nil {
		t.Fatal(err)
	}
	inForce(t, f, "surveyor1")
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id := beginFamily(t, u)
	got, err := u.FillFromCard(t.Context(), id, "3204050101201000")
	if err != nil || got.Outcome != clientsdk.FillDone || len(got.Members) != 2 || len(got.NotEntered) != 3 || got.Message == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []string{"Tanggal lahir sesudah hari ini", "Teks terlalu panjang", "Dukcapil"} {
		if n := got.NotEntered[i]; !strings.Contains(n.Reason, want) || (n.Name == "") != (i == 2) {
			t.Errorf("%+v, want %q", n, want)
		}
	}
	if people := peopleOf(t, u, id); len(people) != 2 || people["KEPALA"] == nil || people["ANAK"] == nil {
		t.Errorf("%v", people)
	}
}

// Who was entered twice and removed once is verified where they stand; who was removed
// altogether is told.
func TestWhoWasRemovedStaysSoAndIsTold(t *testing.T) {
	t.Parallel()
	r, u := cardUser(t)
	twice, gone, rest := cardOf(3204050101201000), cardOf(3204050101201000), cardOf(3204050101201000)
	twice.NIK, gone.NIK, rest.NIK = 3204055003900001, 3204055003900002, 3204055003900003
	twice.Name, gone.Name, rest.Name = "DUA KALI", "SUDAH PERGI", "LAIN"
	r.Put(twice, gone, rest)
	id := beginFamily(t, u)
	enter := func(p registry.Person, nik *uint64) clientsdk.ID {
		t.Helper()
		member := u.NewID()
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{
			Name: proto.String(p.Name), BirthDate: proto.String(p.Birth), Sex: ksv1.Sex_SEX_FEMALE.Enum(), Nik: nik,
		}}); err != nil {
			t.Fatal(err)
		}
		return member
	}
	remove := func(member clientsdk.ID, why ksv1.RemovalReason) {
		t.Helper()
		if err := u.RemoveMember(t.Context(), id, member, &ksv1.Removal{Reason: why}); err != nil {
			t.Fatal(err)
		}
	}
	remove(enter(twice, proto.Uint64(uint64(twice.NIK))), ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE)
	stands := enter(twice, nil)
	remove(enter(gone, nil), ksv1.RemovalReason_REMOVAL_REASON_MOVED)
	got, err := u.FillFromCard(t.Context(), id, rest.NKK.Text())
	if err != nil || len(got.Members) != 2 || got.Members[0].ID != stands || got.Members[0].Added || !got.Members[1].Added {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(got.NotEntered) != 1 || got.NotEntered[0].Name != gone.Name || !strings.Contains(got.NotEntered[0].Reason, "dikeluarkan") {
		t.Errorf("not entered: %+v", got.NotEntered)
	}
}
