package field

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Two lives of a database used one family's id in two villages. Admitted in the second, the
// family would stand in both, and a device, which holds it in one, would differ for good.
func TestWorkUnderTheIDOfAFamilyOfAnotherVillageIsNotAdmitted(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		here := village(t, u)
		known, _, err := u.StartFamily(t.Context(), here, "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		ctx := store.AsOperator(t.Context())
		core := &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}
		for n, c := range []struct {
			family  clientsdk.ID
			village uint32
			want    error
		}{
			{known, here + 1, ingest.ErrIDTaken},
			{known, here, nil},
			{merge.NewID(77, 1, 1000), here + 1, nil}, // in no village
		} {
			fields, err := proto.Marshal(&ksv1.Family{FamilyNumber: proto.String("2")})
			if err != nil {
				t.Fatal(err)
			}
			id := merge.NewID(77, 1, uint64(n+1))
			change := &ksv1.Change{
				Id: id[:], Stamp: &ksv1.Stamp{TimeMs: uint64(time.Now().UnixMilli()), Device: 77, Incarnation: 1, Counter: uint32(n)},
				Author: u.Account().GetNumber(), Village: c.village, FamilyId: c.family[:],
				Writes: []*ksv1.Write{{Kind: ksv1.RecordKind_RECORD_KIND_FAMILY, Fields: fields}},
			}
			in := ingest.Prepare(change, &ingest.Sender{Account: u.Account().GetNumber(), Device: 77}, time.Now().UnixMilli())
			receipts, _, err := core.Commit(ctx, c.village, []*ingest.Incoming{in})
			if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
				t.Fatalf("%d: %v, %v", n, receipts, err)
			}
			d := ingest.Decision{Admit: true, Note: "percobaan", Supervisor: 999, Villages: []uint32{here, here + 1}}
			if _, err := core.Decide(ctx, id, d); !errors.Is(err, c.want) {
				t.Errorf("%d: %v, want %v", n, err, c.want)
			}
			if c.want == nil {
				continue
			}
			d.Admit = false
			if _, err := core.Decide(ctx, id, d); err != nil {
				t.Errorf("%d, kept out: %v", n, err)
			}
		}
		mustSync(t, u)
		mustSync(t, u)
	})
}
