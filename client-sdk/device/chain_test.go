package device

import (
	"crypto/sha256"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A database that a version before has written is whole: its chain goes over what removals say
// to have seen.
func TestAChainOfAVersionBeforeIsWhole(t *testing.T) {
	t.Parallel()
	fields, err := proto.Marshal(&ksv1.Family{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Seen: []*ksv1.Stamp{{TimeMs: 1, Device: 2, Incarnation: 3}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	id := merge.NewID(1, 2, 3)
	c := &ksv1.Change{Id: id[:], Writes: []*ksv1.Write{{Kind: ksv1.RecordKind_RECORD_KIND_FAMILY, Fields: fields}}}
	before := sha256.Sum256([]byte("before"))
	now, former := chainNext(before, 7, c), chainOn(before, 7, c, merge.FormerContentHash(c))
	if now == former {
		t.Fatal("the chain goes over what was seen")
	}
	for name, hash := range map[string]struct {
		hash [32]byte
		fits bool
	}{"now": {now, true}, "of a version before": {former, true}, "of another change": {before, false}} {
		if follows(before, 7, c, hash.hash) != hash.fits {
			t.Errorf("%s: fits %t", name, !hash.fits)
		}
	}
}
