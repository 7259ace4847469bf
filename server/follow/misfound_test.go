package follow_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// misfound is how many families verify finds to be found by others than their own numbers.
func (v *village) misfound() int {
	v.t.Helper()
	found, err := server.Verify(v.t.Context(), v.core.Store, v.core.Vault.Ring(), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return found.Misfound
}

// A process that was handed what a commit knew, and then went on with a store that lacks the
// commit, as versions before timelines were kept did, took it for that of another family.
func TestVerifySeesAFamilyThatIsFoundByAnothersNumbers(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		known := &ingest.Identified{}
		lost := newVillage(t, open(), known)
		left := newVillage(t, open(), nil)
		lost.number, left.core.Vault = left.number, lost.core.Vault
		home := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
		lost.save(lost.id(), home, person(lost.id(), firstNIK))
		left.clock, left.counter = lost.clock, lost.counter
		family, member := left.id(), left.id()
		left.save(family, home, person(member, secondNIK))
		if n := left.misfound(); n != 0 {
			t.Errorf("%d differ before the index has come to them", n)
		}
		f := &follow.Identifiers{Store: left.core.Store, Vault: left.core.Vault, Known: known}
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := left.misfound(); left.found(secondNIK, family, member) || n != 1 {
			t.Errorf("%d families are found otherwise, want 1", n)
		}
	})
}
