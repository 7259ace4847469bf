package field

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Two devices see that a person was entered twice, and each removes the other entry: the
// person counts no more, which is told.
func TestTwoWhoRemoveEachOthersEntryAreTold(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		first, second := membersOf(t, u, id, true)[3], addBaby(t, u, id)
		mustSync(t, u)
		mustSync(t, s)
		for _, x := range []struct {
			by            *clientsdk.User
			removed, kept clientsdk.ID
		}{{u, first, second}, {s, second, first}} {
			removal := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: x.kept.String(), Date: "2026-11-30"}
			if err := x.by.RemoveMember(t.Context(), id, x.removed, removal); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, u)
		if codes := codesOf(t, f, id); slices.Contains(codes, "BOTH_REMOVED") {
			t.Errorf("one is removed, and the pages tell %v", codes)
		}
		mustSync(t, s)
		mustSync(t, u)
		if codes := codesOf(t, f, id); !slices.Contains(codes, "BOTH_REMOVED") {
			t.Errorf("both are removed, and the pages tell %v", codes)
		}
		// Whoever saves anything is told, and takes one removal back.
		told, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Baru")}})
		has := func(f clientsdk.Finding) bool { return f.Code.String() == "BOTH_REMOVED" }
		if err != nil || !slices.ContainsFunc(told, has) {
			t.Errorf("the surveyor is told %v: %v", told, err)
		}
		const removal = 9
		back := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: second}, Set: &ksv1.Member{}, Clear: []protowire.Number{removal}}
		if told, err = u.Save(t.Context(), id, back); err != nil || slices.ContainsFunc(told, has) {
			t.Errorf("taken back, and the surveyor is told %v: %v", told, err)
		}
	})
}

// A family was entered three times. Two devices, unseen of each other, each make one of the
// doubles one with the third, which had none of a baby of whom both tell: the baby is in it
// twice, which is told.
func TestOnePersonTwiceByTwoUnionsIsTold(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		third, _ := twoFamilies(t, u)
		for _, id := range []clientsdk.ID{other, third} {
			addBaby(t, u, id)
		}
		mustSync(t, u)
		a, b := spareDevice(t, f, "a"), spareDevice(t, f, "b")
		for s, id := range map[*clientsdk.User]clientsdk.ID{a: other, b: third} {
			if err := s.MergeFamily(t.Context(), id, kept, "sama"); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, a)
		if codes := codesOf(t, f, kept); slices.Contains(codes, "SAME_PERSON_TWICE") {
			t.Errorf("one has gone over, and the pages tell %v", codes)
		}
		mustSync(t, b)
		if codes := codesOf(t, f, kept); !slices.Contains(codes, "SAME_PERSON_TWICE") {
			t.Errorf("both have gone over, and the pages tell %v", codes)
		}
	})
}

func addBaby(t *testing.T, u *clientsdk.User, family clientsdk.ID) clientsdk.ID {
	t.Helper()
	id := u.NewID()
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: id}, Set: &ksv1.Member{
		Name: proto.String("Bayi"), Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("2026-06-01"),
	}}
	if _, err := u.Save(t.Context(), family, edit); err != nil {
		t.Fatal(err)
	}
	return id
}

// codesOf are the codes of what the pages tell of a family.
func codesOf(t *testing.T, f *Field, id clientsdk.ID) (codes []string) {
	t.Helper()
	var page struct{ Findings []struct{ Code string } }
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/families/"+id.String(), &page)
	for _, found := range page.Findings {
		codes = append(codes, found.Code)
	}
	return codes
}
