package field

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// A family's trail keeps who read the list of its RT, after the RT was corrected, the village
// got another code by decree.
func TestTheTrailKeepsReadsOfWhereAFamilyStood(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, id := surveyed(t, f)
		reader := tokenFor(t, f, "supervisor")
		if _, body := rest(t, f, "GET", reader, "/v1/families?area=32.04.05.2001~001~001", ""); !strings.Contains(string(body), id.String()) {
			t.Fatalf("the list does not show the family: %.200s", body)
		}
		check := func(when string) {
			t.Helper()
			n := readsBySupervisor(t, f, id)
			if n != 1 {
				t.Errorf("%s: %d entries of the supervisor, not 1", when, n)
			}
		}
		check("before")
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Place: proto.String("001/002")}}
		if _, err := u.Save(t.Context(), id, edit); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		check("after the RT was corrected")
		err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().Recode(ctx, time.Now().UnixMilli(), func(path string) string { return strings.Replace(path, "32.04.05.2001", "32.04.05.2099", 1) })
		})
		if err != nil {
			t.Fatal(err)
		}
		check("after the decree")
	})
}

// surveyed is a family of RT 001/RW 001 that a surveyor has sent, and a head who may read
// trails.
func surveyed(t *testing.T, f *Field) (*clientsdk.User, clientsdk.ID) {
	t.Helper()
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(3, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := f.addHead(t.Context(), "kepala"); err != nil {
		t.Fatal(err)
	}
	return u, id
}

// readsBySupervisor counts the supervisor's entries in a family's trail.
func readsBySupervisor(t *testing.T, f *Field, id clientsdk.ID) (n int) {
	t.Helper()
	for _, e := range auditEntries(t, f, tokenFor(t, f, "kepala"), "pageSize=900&familyId="+id.String()) {
		if e.UserName == "supervisor" {
			n++
		}
	}
	return n
}
