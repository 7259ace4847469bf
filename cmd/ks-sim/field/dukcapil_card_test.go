package field

import (
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
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
