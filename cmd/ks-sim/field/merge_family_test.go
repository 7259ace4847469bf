package field

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// twoFamilies are two whom a surveyor recorded, and who are to be one.
func twoFamilies(t *testing.T, u *clientsdk.User) (kept, other clientsdk.ID) {
	t.Helper()
	g := NewGenerator(6, 320405, time.Now())
	for _, id := range []*clientsdk.ID{&kept, &other} {
		var err error
		if *id, err = Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour()); err != nil {
			t.Fatal(err)
		}
	}
	return kept, other
}

// A sync of the app's own, begun by the first thing that is seen of the merge, brings a
// member who was added to the family that goes: it must not be removed as if seen.
func TestAMemberAddedWhileFamiliesAreMergedIsNotLeftBehindUntold(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		mustSync(t, u)
		mustSync(t, s)
		baby := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: u.NewID()}, Set: &ksv1.Member{
			Name: proto.String("Bayi Baru"), BirthDate: proto.String("2026-01-02"), Sex: ksv1.Sex_SEX_MALE.Enum(),
		}}
		if _, err := u.Save(t.Context(), other, baby); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		var once atomic.Bool
		s.OnChange(func() {
			if once.CompareAndSwap(false, true) {
				mustSync(t, s)
			}
		})
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		mustSync(t, u)
		into, err := u.Family(t.Context(), kept)
		if err != nil {
			t.Fatal(err)
		}
		conflicts, err := u.Conflicts(t.Context(), other)
		if err != nil || len(conflicts) == 0 && !strings.Contains(into.String(), "Bayi Baru") {
			t.Errorf("the new member stays in the removed family, and nothing tells: %v", err)
		}
	})
}

func TestALargeFamilyIsMergedWhole(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		for n := range 7 {
			var edits []clientsdk.Edit
			for range 10 {
				edits = append(edits, clientsdk.Edit{
					Key: clientsdk.Key{Kind: clientsdk.KindVisit, Record: u.NewID()},
					Set: &ksv1.Visit{Note: proto.String(fmt.Sprint(n, strings.Repeat(" catatan", 249)))},
				})
			}
			if _, err := u.Save(t.Context(), other, edits...); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, u)
		mustSync(t, s)
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		if n, err := s.Counts(t.Context()); err != nil || n.Pending+n.Refused+n.Quarantined != 0 {
			t.Errorf("the merge stands: %+v, %v", n, err)
		}
		mustSync(t, u)
		into, err := u.Family(t.Context(), kept)
		if err != nil {
			t.Fatal(err)
		}
		went, err := u.Family(t.Context(), other)
		if err != nil || went.GetFamily().GetRemoval() == nil || len(into.GetMembers()) != 8 || len(into.GetVisits()) < 70 {
			t.Errorf("kept: %d members, %d visits; removed: %t, %v", len(into.GetMembers()), len(into.GetVisits()), went.GetFamily().GetRemoval() != nil, err)
		}
	})
}

// What two devices entered against each other is no obstacle to a merge on a third, as it is
// none in the pages, and nobody is lost by it.
func TestTwoOfOneNIKAreMergedOnADevice(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		u, v, s := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2"), signIn(t, f, "supervisor")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		mustSync(t, u)
		mustSync(t, v)
		siti := func(user *clientsdk.User, family clientsdk.ID, name string) {
			t.Helper()
			_, err := user.Save(t.Context(), family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: user.NewID()}, Set: &ksv1.Member{
				Name: proto.String(name), BirthDate: proto.String("1970-01-01"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), Nik: proto.Uint64(3204054101700003),
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		siti(u, kept, "Siti")
		siti(u, other, "Siti")
		siti(v, other, "Dewi")
		mustSync(t, u)
		mustSync(t, v)
		mustSync(t, s)
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		into, err := s.Family(t.Context(), kept)
		if err != nil {
			t.Fatal(err)
		}
		names := into.String()
		if n := len(into.GetMembers()); n != 10 || !strings.Contains(names, "Dewi") || !strings.Contains(names, "Siti") {
			t.Errorf("%d members: %s", n, names)
		}
	})
}

// The other family tells that one of two twins without a name died. Merged again, with an
// answer that came late, they do not lose the second.
func TestFamiliesMergedAgainLoseNoSecondTwin(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		kept, other := twoFamilies(t, u)
		baby := func(family clientsdk.ID, removal *ksv1.Removal) {
			if _, err := u.Save(t.Context(), family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: u.NewID()}, Set: &ksv1.Member{
				Name: proto.String("Bayi Ny. Siti"), BirthDate: proto.String("2026-01-02"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), Removal: removal,
			}}); err != nil {
				t.Fatal(err)
			}
		}
		baby(kept, nil)
		baby(kept, nil)
		baby(other, &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2026-02-01"})
		mustSync(t, u)
		for _, when := range []string{"once", "again"} {
			if status, body := mergeInto(t, f, other, kept); status != http.StatusOK {
				t.Fatal(when, status, body)
			}
			mustSync(t, s)
			h, err := s.Family(t.Context(), kept)
			if err != nil {
				t.Fatal(err)
			}
			dead := 0
			for _, m := range h.GetMembers() {
				if m.GetMember().GetRemoval() != nil {
					dead++
				}
			}
			if dead != 1 {
				t.Errorf("merged %s, %d have died", when, dead)
			}
			if when == "once" {
				answered(t, u, other)
				mustSync(t, u)
			}
		}
	})
}
