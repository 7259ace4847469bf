package field

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// budis is a family that the surveyor starts, with a name and an address; all have it.
func budis(t *testing.T, surveyor *clientsdk.User, others ...*clientsdk.User) clientsdk.ID {
	t.Helper()
	mustSync(t, surveyor)
	id, _, err := surveyor.StartFamily(t.Context(), village(t, surveyor), "001/001", &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String("Jl. Nol")})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, surveyor)
	for _, u := range others {
		mustSync(t, u)
	}
	return id
}

// A third value comes by a sync of the app's own while the supervisor looks at two.
func TestAValueThatCameWhileAConflictWasShownIsNotSuperseded(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		a, b, s := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2"), signIn(t, f, "supervisor")
		c := signInOn(t, deviceOf(t, f, "tablet-lain"), f, "surveyor2")
		id := budis(t, a, b, c, s)
		for u, address := range map[*clientsdk.User]string{a: "Jl. A", b: "Jl. B", c: "Jl. C"} {
			edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(address)}}
			if _, err := u.Save(t.Context(), id, edit); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, a)
		mustSync(t, b)
		mustSync(t, s)
		shown, err := s.Conflicts(t.Context(), id)
		if err != nil || len(shown) != 1 || len(shown[0].Values) != 2 {
			t.Fatalf("%v %v", shown, err)
		}
		mustSync(t, c)
		mustSync(t, s)
		if err := s.KeepValue(t.Context(), id, shown[0], 0); !errors.Is(err, clientsdk.ErrValuesChanged) {
			t.Errorf("of what was shown before: %v", err)
		}
		if shown, err = s.Conflicts(t.Context(), id); err != nil || len(shown) != 1 || len(shown[0].Values) != 3 {
			t.Fatalf("%v %v", shown, err)
		}
		if err := s.KeepValue(t.Context(), id, shown[0], 1); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		if left, err := s.Conflicts(t.Context(), id); err != nil || len(left) != 0 {
			t.Errorf("%v %v", left, err)
		}
	})
}

// A form is open with an address while a sync of the app's own brings another.
func TestAValueThatCameWhileAFormWasOpenIsNotSuperseded(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
		id := budis(t, a, b)
		edit := func(address string) clientsdk.Edit {
			return clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String(address)}}
		}
		_, seen, err := a.FamilySeen(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Save(t.Context(), id, edit("Jl. B")); err != nil {
			t.Fatal(err)
		}
		mustSync(t, b)
		mustSync(t, a)
		if _, err := a.SaveSeen(t.Context(), id, seen, edit("Jl. Nol")); err != nil {
			t.Fatal(err)
		}
		if h, err := a.Family(t.Context(), id); err != nil || h.GetFamily().GetAddress() != "Jl. B" {
			t.Errorf("what the form did not alter is %q, %v", h.GetFamily().GetAddress(), err)
		}
		if _, err := a.SaveSeen(t.Context(), id, seen, edit("Jl. A")); err != nil {
			t.Fatal(err)
		}
		mustSync(t, a)
		mustSync(t, b)
		for _, u := range []*clientsdk.User{a, b} {
			conflicts, err := u.Conflicts(t.Context(), id)
			if err != nil || len(conflicts) != 1 || len(conflicts[0].Values) != 2 {
				t.Errorf("the address that came meanwhile is superseded: %v, %v", conflicts, err)
			}
		}
		// Back to what it was, by the same form: its own edit it has seen.
		if _, err := a.SaveSeen(t.Context(), id, seen, edit("Jl. Nol")); err != nil {
			t.Fatal(err)
		}
		h, err := a.Family(t.Context(), id)
		if err != nil || h.GetFamily().GetAddress() != "Jl. Nol" {
			t.Errorf("after another save: %q, %v", h.GetFamily().GetAddress(), err)
		}
		if conflicts, err := a.Conflicts(t.Context(), id); err != nil || len(conflicts) != 1 || len(conflicts[0].Values) != 2 {
			t.Errorf("after another save: %v, %v", conflicts, err)
		}
		if _, err := a.SaveSeen(t.Context(), a.NewID(), seen, edit("Jl. C")); !errors.Is(err, clientsdk.ErrNotFound) {
			t.Errorf("in another family: %v", err)
		}
	})
}

// Whatever page of a list is asked for, it is of what the list has.
func TestAPageOfAListIsOfWhatThereIs(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	var ids []clientsdk.ID
	for range 3 {
		id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := u.Submit(t.Context(), ids, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	for name, list := range map[string]func(clientsdk.Query) ([]clientsdk.Summary, int){"families": u.Families, "queue": u.ReviewQueue, "returned": u.Returned} {
		_, all := list(clientsdk.Query{})
		if want := map[string]int{"families": 3, "queue": 3}[name]; all != want {
			t.Errorf("%s: %d, want %d", name, all, want)
		}
		for _, limit := range []int{math.MinInt, -1, 0, 1, 2, math.MaxInt} {
			for _, offset := range []int{math.MinInt, -1, 0, 1, 3, 9, math.MaxInt} {
				want := all - min(max(offset, 0), all)
				if limit > 0 {
					want = min(want, limit)
				}
				if got, total := list(clientsdk.Query{Limit: limit, Offset: offset}); len(got) != want || total != all {
					t.Errorf("%s, %d from %d: %d of %d, want %d of %d", name, limit, offset, len(got), total, want, all)
				}
			}
		}
	}
}

// A device's clock is an hour ahead when a form saves first; the server has it stamp that anew.
func TestAFormGoesOnWhenItsSaveWasStampedAnew(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	var off atomic.Int64
	u := withClock(t, f, func() time.Time { return time.Now().Add(time.Duration(off.Load())) })
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String("Jl. Nol")})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	_, seen, err := u.FamilySeen(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	off.Store(int64(time.Hour))
	for n, address := range []string{"Jl. A", "Jl. B", "Jl. A"} {
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String(address)}}
		if _, err := u.SaveSeen(t.Context(), id, seen, edit); err != nil {
			t.Fatalf("save %d: %v", n, err)
		}
		if h, err := u.Family(t.Context(), id); err != nil || h.GetFamily().GetAddress() != address {
			t.Errorf("behind save %d the address is %q, %v", n, h.GetFamily().GetAddress(), err)
		}
		mustSync(t, u)
		off.Store(0)
	}
	if conflicts, err := u.Conflicts(t.Context(), id); err != nil || len(conflicts) != 0 {
		t.Errorf("%v, %v", conflicts, err)
	}
}

// Two forms of one user show a family, as in two windows, and save in turn, also a field that
// neither has seen a value of and a member that one of them made.
func TestTwoFormsOfOneUserAreOneDevice(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
		id := budis(t, a, b)
		var forms [2]*clientsdk.Seen
		for i := range forms {
			var err error
			if _, forms[i], err = a.FamilySeen(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		other := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{FamilyNumber: proto.String("9")}}
		if _, err := b.Save(t.Context(), id, other); err != nil {
			t.Fatal(err)
		}
		mustSync(t, b)
		mustSync(t, a)
		member := clientsdk.Key{Kind: clientsdk.KindMember, Member: a.NewID()}
		for n := range 6 {
			text := fmt.Sprint("Form ", n)
			edits := []clientsdk.Edit{
				{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{
					HeadName: proto.String("Budi"), Address: proto.String(text), BuildingNumber: proto.String(fmt.Sprint(n))}},
				{Key: member, Set: &ksv1.Member{Name: proto.String(text)}},
			}
			if _, err := a.SaveSeen(t.Context(), id, forms[n%2], edits...); err != nil {
				t.Fatal(err)
			}
			if n == 3 {
				mustSyncOnce(t, a)
			}
		}
		mustSyncOnce(t, a)
		if conflicts, err := a.Conflicts(t.Context(), id); err != nil || len(conflicts) > 0 {
			t.Errorf("one user in conflict: %v, %v", conflicts, err)
		}
		// What another wrote since, neither form has seen.
		own := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{FamilyNumber: proto.String("1")}}
		if _, err := a.SaveSeen(t.Context(), id, forms[0], own); err != nil {
			t.Fatal(err)
		}
		mustSyncOnce(t, a)
		h, err := a.Family(t.Context(), id)
		if err != nil || h.GetFamily().GetAddress() != "Form 5" || len(h.GetMembers()) != 1 || h.GetMembers()[0].GetMember().GetName() != "Form 5" {
			t.Errorf("%v, %v", h, err)
		}
		if conflicts, err := a.Conflicts(t.Context(), id); err != nil || len(conflicts) != 1 {
			t.Errorf("with another: %v, %v", conflicts, err)
		}
	})
}

// mustSyncOnce is mustSync that the database is not told to be a copy by.
func mustSyncOnce(t *testing.T, u *clientsdk.User) {
	t.Helper()
	before := u.NewID()
	mustSync(t, u)
	_, was, _, _ := before.Source()
	if _, is, _, _ := u.NewID().Source(); is != was {
		t.Error("the device passes for a copy of itself")
	}
}

// One form's answers are saved by themselves, several at a time.
func TestAFormSavesSeveralAnswersAtATime(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
	if err != nil {
		t.Fatal(err)
	}
	_, seen, err := u.FamilySeen(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var answering sync.WaitGroup
	for i := range 4 {
		answering.Go(func() {
			for n := range 5 {
				edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(fmt.Sprint("Jl. ", i, n))}}
				if _, err := u.SaveSeen(t.Context(), id, seen, edit); err != nil {
					t.Error(err)
				}
			}
		})
	}
	answering.Wait()
	if conflicts, err := u.Conflicts(t.Context(), id); err != nil || len(conflicts) > 0 {
		t.Errorf("%v, %v", conflicts, err)
	}
	mustSyncOnce(t, u)
	if _, err := u.SaveSeen(t.Context(), id, nil); !errors.Is(err, clientsdk.ErrNotFound) {
		t.Errorf("seen by nobody: %v", err)
	}
}
