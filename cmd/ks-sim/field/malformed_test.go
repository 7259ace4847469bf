package field

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// withMember is a user with a family and a member in it.
func withMember(t *testing.T) (u *clientsdk.User, family, member clientsdk.ID) {
	t.Helper()
	f := newField(t, 1, nil)
	u = signIn(t, f, "surveyor1")
	mustSync(t, u)
	member = u.NewID()
	family, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Name: proto.String("Budi")}})
	if err != nil {
		t.Fatal(err)
	}
	return u, family, member
}

// What an app has put together wrongly is refused whole, and told in Indonesian.
func TestAWronglyPutTogetherSaveIsRefused(t *testing.T) {
	t.Parallel()
	u, family, m := withMember(t)
	member := clientsdk.Key{Kind: clientsdk.KindMember, Member: m}
	name := &ksv1.Member{Name: proto.String("Asep")}
	for what, edit := range map[string]clientsdk.Edit{
		"another kind's message":       {Key: member, Set: &ksv1.Round{SurveyDate: proto.String("2026-11-11")}},
		"a visit as a round":           {Key: clientsdk.Key{Kind: clientsdk.KindRound, Record: u.NewID()}, Set: &ksv1.Visit{Date: proto.String("2026-11-11")}},
		"a member without an id":       {Key: clientsdk.Key{Kind: clientsdk.KindMember}, Set: name},
		"no kind":                      {Key: clientsdk.Key{Member: m}, Set: name},
		"no field's number":            {Key: member, Clear: []protowire.Number{-1}},
		"a field that is not there":    {Key: member, Clear: []protowire.Number{999}},
		"a field cleared twice":        {Key: member, Clear: []protowire.Number{2, 2}},
		"a field that is set, cleared": {Key: member, Set: name, Clear: []protowire.Number{1}},
		"text that is no UTF-8":        {Key: member, Set: &ksv1.Member{Name: proto.String("As\xff")}},
	} {
		_, err := u.Save(t.Context(), family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. A")}}, edit)
		if !errors.Is(err, clientsdk.ErrMalformedEdit) || !strings.HasPrefix(err.Error(), "aplikasi ini") {
			t.Errorf("%s: %v", what, err)
		}
	}
	h, err := u.Family(t.Context(), family)
	if err != nil || h.GetFamily().GetAddress() != "" || len(h.GetRounds()) != 0 || h.GetMembers()[0].GetMember().GetName() != "Budi" {
		t.Errorf("%v, %v", h, err)
	}
}

// Of two edits of one record in a save the later holds; the caller's messages stay as they
// were.
func TestTwoEditsOfOneRecordAreOne(t *testing.T) {
	t.Parallel()
	u, family, m := withMember(t)
	key := clientsdk.Key{Kind: clientsdk.KindMember, Member: m}
	first := &ksv1.Member{Name: proto.String("Asep"), Nik: proto.Uint64(3204050101800001)}
	_, err := u.Save(t.Context(), family, clientsdk.Edit{Key: key, Set: first},
		clientsdk.Edit{Key: key, Set: &ksv1.Member{Name: proto.String("Ujang")}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := u.Family(t.Context(), family)
	if got := h.GetMembers()[0].GetMember(); err != nil || got.GetName() != "Ujang" || got.GetNik() != 3204050101800001 || first.GetName() != "Asep" {
		t.Errorf("%v of %v, %v", got, first, err)
	}
}

// Who is no member is not made one by being removed or asked.
func TestAStrangerIsNeitherRemovedNorAsked(t *testing.T) {
	t.Parallel()
	u, family, m := withMember(t)
	died := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2025-03-01"}
	if err := u.RemoveMember(t.Context(), family, u.NewID(), died); !errors.Is(err, clientsdk.ErrNotMember) {
		t.Errorf("removed: %v", err)
	}
	parts := map[clientsdk.ID]*ksv1.Individual{m: {Relation: ksv1.Relation_RELATION_HEAD.Enum()}, u.NewID(): {}}
	if _, err := u.SaveRound(t.Context(), family, u.NewID(), &ksv1.Round{SurveyDate: proto.String("2026-11-11")}, parts); !errors.Is(err, clientsdk.ErrNotMember) {
		t.Errorf("asked: %v", err)
	}
	if err := u.RemoveMember(t.Context(), family, m, nil); !errors.Is(err, clientsdk.ErrMalformedEdit) {
		t.Errorf("no removal: %v", err)
	}
	if _, err := u.ReviewItem(t.Context(), nil); !errors.Is(err, clientsdk.ErrNotFound) {
		t.Errorf("no line: %v", err)
	}
	u.OnChange(nil)
	if err := u.RemoveMember(t.Context(), family, m, died); err != nil || died.GetSeen() != nil {
		t.Errorf("%v, %v", died, err)
	}
	if h, err := u.Family(t.Context(), family); err != nil || len(h.GetMembers()) != 1 || len(h.GetRounds()) != 0 {
		t.Errorf("%v, %v", h, err)
	}
}

// The RT of a scope that is the whole village are "*", which is no place of a family.
func TestAFamilyIsStartedInAnRT(t *testing.T) {
	t.Parallel()
	u, _, _ := withMember(t)
	for _, place := range []string{"*", "", "003", "1000/001"} {
		_, _, err := u.StartFamily(t.Context(), village(t, u), place, nil)
		if !errors.Is(err, clientsdk.ErrPlace) || !strings.HasPrefix(err.Error(), "RW dan RT keliru") {
			t.Errorf("%q: %v", place, err)
		}
	}
}
