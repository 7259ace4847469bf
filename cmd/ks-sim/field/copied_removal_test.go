package field

import (
	"crypto/rand"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// A database and its copy work on; the copy is the first to be synced, and what the other one
// has made since gets other names. What it removed, merged and refused still says for whom and
// of what it was.

// syncAsCopy syncs a device that is told that it is a copy, until it has nothing to do.
func syncAsCopy(t *testing.T, u *clientsdk.User) {
	t.Helper()
	for range 3 {
		if _, err := u.Sync(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
}

func TestAFamilyMergedByACopyStillSaysForWhich(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	if _, err := server.AddAccount(t.Context(), f.Store, f.Ring, rand.Reader, server.NewAccount{
		UserName: "dua", FullName: "Dua Peran", Password: f.Password, Roles: []ksv1.Role{ksv1.Role_ROLE_SUPERVISOR, ksv1.Role_ROLE_SURVEYOR},
		Puskesmas: PuskesmasCode, Assigned: f.Surveyors[0].Assigned, PasswordCost: f.options.PasswordCost,
	}); err != nil {
		t.Fatal(err)
	}
	surveyor := signIn(t, f, "surveyor1")
	mustSync(t, surveyor)
	g := NewGenerator(6, 320405, time.Now())
	old, err := Interview(t.Context(), surveyor, village(t, surveyor), "001/001", g.FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, surveyor)
	copied(t, f, "dua", nil)

	u := signInOn(t, deviceOf(t, f, "dua"), f, "dua")
	kept, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	twice := u.NewID()
	if _, err := u.Save(t.Context(), kept, clientsdk.Edit{
		Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: twice},
		Set: &ksv1.Member{Name: proto.String("Ganda"), Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("2001-01-01")},
	}); err != nil {
		t.Fatal(err)
	}
	if err := u.RemoveMember(t.Context(), kept, twice, &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: membersOf(t, u, kept, true)[3].String(),
	}); err != nil {
		t.Fatal(err)
	}
	if err := u.MergeFamily(t.Context(), old, kept, "sama"); err != nil {
		t.Fatal(err)
	}

	other := signInOn(t, deviceOf(t, f, "copy"), f, "dua")
	strangers := NewGenerator(77, 320405, time.Now())
	for range 2 {
		if _, err := Interview(t.Context(), other, village(t, other), "001/001", strangers.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, other)
	syncAsCopy(t, u)

	h, err := u.Family(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	stands, err := u.Family(t.Context(), mustID(t, h.GetFamily().GetRemoval().GetKeptId()))
	if err != nil || len(stands.GetMembers()) != 9 {
		t.Fatalf("merged into %s, which has %d members: %v", h.GetFamily().GetRemoval().GetKeptId(), len(stands.GetMembers()), err)
	}
	ids := map[string]bool{}
	for _, m := range stands.GetMembers() {
		ids[m.GetMemberId()] = true
	}
	for _, m := range stands.GetMembers() {
		if r := m.GetMember().GetRemoval(); r != nil && !ids[r.GetKeptId()] {
			t.Errorf("a member is kept as %s, who is none of the family", r.GetKeptId())
		}
	}
	// Work that comes late goes over to the family.
	late := answered(t, surveyor, old)
	mustSync(t, surveyor)
	mustSync(t, u)
	now := mustID(t, stands.GetFamilyId())
	if err := u.MergeFamily(t.Context(), old, now, "lagi"); err != nil {
		t.Fatal(err)
	}
	if stands, err = u.Family(t.Context(), now); err != nil || !late(stands) {
		t.Errorf("what came late is not in the family that stands: %v", err)
	}
}

// The copy corrects a name; the other database, unseen of that, edits and removes the member.
func TestACorrectionOnACopyShowsAgainstARemoval(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	var id clientsdk.ID
	member := clientsdk.Key{Kind: clientsdk.KindMember}
	copied(t, f, "surveyor1", func(u *clientsdk.User) {
		var err error
		if id, err = Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour()); err != nil {
			t.Fatal(err)
		}
		member.Member = membersOf(t, u, id, true)[3]
	})
	save := func(u *clientsdk.User, set *ksv1.Member) {
		t.Helper()
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: member, Set: set}); err != nil {
			t.Fatal(err)
		}
	}
	other := signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1")
	save(other, &ksv1.Member{Name: proto.String("Nama Dibetulkan")})
	u := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	time.Sleep(2 * time.Millisecond) // later than the copy's
	save(u, &ksv1.Member{Number: proto.Uint32(7)})
	if err := u.RemoveMember(t.Context(), id, member.Member, &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, other)
	syncAsCopy(t, u)
	mustSync(t, other)
	conflicts, err := other.Conflicts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(conflicts) != 1 || conflicts[0].Key != member || conflicts[0].Field != 1 || conflicts[0].Removal == nil {
		t.Errorf("conflicts %+v, want the copy's correction alone against the removal", conflicts)
	}
}

// As TestASurveyThatTheRefusalDidNotKnowStands, on a database and its copy.
func TestASurveyOnACopyStandsAgainstARefusal(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	load(t, f, alone2018, 0)
	var family, member, round clientsdk.ID
	copied(t, f, "surveyor1", func(u *clientsdk.User) { family, member, round = begunAgain(t, u, u) })
	asked := signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1")
	completed(t, asked, family, member, round, "2019-02-03")
	time.Sleep(2 * time.Millisecond) // later than the copy's
	refused := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	if _, err := refused.Save(t.Context(), family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Baru 1")}}); err != nil {
		t.Fatal(err)
	}
	recordRefusal(t, refused, family, round)
	mustSync(t, asked)
	syncAsCopy(t, refused)
	mustSync(t, asked)
	if n := surveyedOf(t, f, 2019); n != 1 {
		t.Errorf("the survey counts %d families, want 1", n)
	}
}
