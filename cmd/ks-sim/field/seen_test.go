package field

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A third value comes by a sync of the app's own while the supervisor looks at two.
func TestAValueThatCameWhileAConflictWasShownIsNotSuperseded(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		a, b, s := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2"), signIn(t, f, "supervisor")
		c := signInOn(t, deviceOf(t, f, "tablet-lain"), f, "surveyor2")
		mustSync(t, a)
		id, _, err := a.StartFamily(t.Context(), village(t, a), "001/001", &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String("Jl. Nol")})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range []*clientsdk.User{a, b, c, s} {
			mustSync(t, u)
		}
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

func TestAListOfReviewBeginsAtTheFirst(t *testing.T) {
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	for _, q := range []clientsdk.Query{{Offset: -1}, {Limit: -1}, {Offset: 9}} {
		for _, list := range []func(clientsdk.Query) ([]clientsdk.Summary, int){u.ReviewQueue, u.Returned} {
			if got, total := list(q); len(got) != 0 || total != 0 {
				t.Errorf("%+v: %d of %d", q, len(got), total)
			}
		}
	}
}
