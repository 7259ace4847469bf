package field

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// manyVisits are more than one change may hold.
func manyVisits(u *clientsdk.User) (edits []clientsdk.Edit) {
	for n := range 70 {
		edits = append(edits, clientsdk.Edit{
			Key: clientsdk.Key{Kind: clientsdk.KindVisit, Record: u.NewID()},
			Set: &ksv1.Visit{Note: proto.String(fmt.Sprint(n, strings.Repeat(" catatan", 249)))},
		})
	}
	return edits
}

// The server refused it, and every later save of the family with it.
func TestASaveLargerThanAChangeIsSentAsSeveral(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		u, other := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
		mustSync(t, u)
		id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if _, err := u.Save(t.Context(), id, manyVisits(u)...); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if n, err := u.Counts(t.Context()); err != nil || n.Applied < 3 || n.Pending+n.Refused+n.Quarantined != 0 {
			t.Errorf("it stands: %+v, %v", n, err)
		}
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Kenari")}}); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		mustSync(t, other)
		h, err := other.Family(t.Context(), id)
		if err != nil || len(h.GetVisits()) != 70 || h.GetFamily().GetAddress() != "Jl. Kenari" {
			t.Errorf("at the other device: %d visits, %q, %v", len(h.GetVisits()), h.GetFamily().GetAddress(), err)
		}
	})
}
