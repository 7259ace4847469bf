package field

import (
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// implausibleFile has family K1, of two, both of a pressure.
func implausibleFile(updated, systolic string) string {
	k := k1("2024-02-03")
	k.updated = updated
	return withColumn(withColumn(withColumn(k.of(m1, m2), "survei_individu_sistolik", systolic), "survei_rw_new", "001"), "survei_rt_new", "001")
}

// withImplausible imports a family of a pressure that nobody has, which is also recorded on a
// device; the supervisor holds both.
func withImplausible(t *testing.T, f *Field) (u, s *clientsdk.User, kept, imported clientsdk.ID) {
	t.Helper()
	u, s = signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	kept, _ = twoFamilies(t, u)
	mustSync(t, u)
	if r, told := bring(t, f, implausibleFile("2024-02-04 08:00:00", "301")); r.Refused != 0 {
		t.Fatalf("%+v %s", r, told)
	}
	mustSync(t, u)
	mustSync(t, s)
	return u, s, kept, clientsdk.ID(rawsurvei.UUIDOf("family", "K1"))
}

// wentOver wants the imported family's survey, and its pressures, in the kept one.
func wentOver(t *testing.T, u *clientsdk.User, kept, imported clientsdk.ID) {
	t.Helper()
	mustSync(t, u)
	into, err := u.Family(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := u.Family(t.Context(), imported)
	if err != nil {
		t.Fatal(err)
	}
	implausible := 0
	for _, r := range into.GetRounds() {
		for _, x := range r.GetIndividuals() {
			if x.GetIndividual().GetSystolicMmhg() == 301 {
				implausible++
			}
		}
	}
	if len(into.GetMembers()) != 6 || len(into.GetRounds()) != 2 || implausible != 2 || gone.GetFamily().GetRemoval() == nil {
		t.Errorf("%d members, %d rounds, %d pressures of 301; the other: %v", len(into.GetMembers()), len(into.GetRounds()), implausible, gone.GetFamily().GetRemoval())
	}
}

func TestAFamilyOfAnImplausiblePressureIsMergedOnADevice(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s, kept, imported := withImplausible(t, f)
		if err := s.MergeFamily(t.Context(), imported, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		if n, err := s.Counts(t.Context()); err != nil || n.Refused != 0 || n.Pending != 0 || n.Quarantined != 0 {
			t.Errorf("%+v %v", n, err)
		}
		wentOver(t, u, kept, imported)
	})
}

func TestAFamilyOfAnImplausiblePressureIsMergedInPages(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, _, kept, imported := withImplausible(t, f)
		if status, body := mergeInto(t, f, imported, kept); status != 200 {
			t.Fatal(status, body)
		}
		wentOver(t, u, kept, imported)
	})
}

// disputed is a conflict of 130 with an implausible pressure that a file brought.
func disputed(t *testing.T, f *Field) (u, s *clientsdk.User, id clientsdk.ID) {
	t.Helper()
	u, s = signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	bring(t, f, implausibleFile("2024-02-04 08:00:00", "120"))
	mustSync(t, u)
	id = clientsdk.ID(rawsurvei.UUIDOf("family", "K1"))
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	bring(t, f, implausibleFile("2024-03-04 08:00:00", "301"))
	key := clientsdk.Key{Kind: clientsdk.KindIndividual, Record: mustID(t, h.GetRounds()[0].GetRoundId()), Member: mustID(t, h.GetMembers()[0].GetMemberId())}
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: key, Set: &ksv1.Individual{SystolicMmhg: proto.Uint32(130)}}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, s)
	return u, s, id
}

// keptImplausible wants it to have been kept.
func keptImplausible(t *testing.T, u *clientsdk.User, id clientsdk.ID) {
	t.Helper()
	mustSync(t, u)
	left, err := u.Conflicts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range h.GetRounds()[0].GetIndividuals() {
		if x.GetIndividual().GetSystolicMmhg() != 301 || len(left) != 0 {
			t.Errorf("%d mmHg, %d conflicts", x.GetIndividual().GetSystolicMmhg(), len(left))
		}
	}
}

// An implausible value of a conflict can be kept, though nobody can enter it.
func TestAnImplausibleValueIsKeptFromAConflictOnADevice(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s, id := disputed(t, f)
		list, err := s.Conflicts(t.Context(), id)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d conflicts: %v", len(list), err)
		}
		other := clientsdk.Edit{Key: list[0].Key, Set: &ksv1.Individual{SystolicMmhg: proto.Uint32(302)}}
		if _, err := s.Save(t.Context(), id, other); err == nil {
			t.Error("another implausible value can be entered")
		}
		for at, v := range list[0].Values {
			var x ksv1.Individual
			if err := proto.Unmarshal(v.Element, &x); err != nil {
				t.Fatal(err)
			}
			if x.GetSystolicMmhg() != 301 {
				continue
			}
			if err := s.KeepValue(t.Context(), id, list[0], at); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, s)
		if n, err := s.Counts(t.Context()); err != nil || n.Refused != 0 {
			t.Errorf("%+v %v", n, err)
		}
		keptImplausible(t, u, id)
	})
}

func TestAnImplausibleValueIsKeptFromAConflictInPages(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, _, id := disputed(t, f)
		settledInPages(t, f, "301")
		keptImplausible(t, u, id)
	})
}
