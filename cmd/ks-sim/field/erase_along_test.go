package field

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// Later work on a new family that was let in, though the split was kept out, goes with whom it
// is of.
func TestWhoStandsInANewFamilyWhoseSplitWasKeptOutIsErasedToo(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		old, members := household(t, u)
		names := append(people(t, u, old)[3:], "Nama Sesudah")
		made := split(t, u, old, members[3])
		assign(t, f, f.Surveyors[0].Account, "32.04.05.2001/002/001")
		mustSync(t, u)
		decideAll(t, f, false)
		saveName(t, u, made, "Nama Sesudah")
		mustSync(t, u)
		decideAll(t, f, true)
		s := signIn(t, f, "supervisor")
		mustSync(t, s)
		if shown := people(t, s, made); !slices.Contains(shown, "Nama Sesudah") {
			t.Fatalf("the new family has %v", shown)
		}
		erase(t, f, person.Selector{Family: old})
		for range 2 {
			mustSync(t, u)
			mustSync(t, s)
		}
		saysNobodyOf(t, f, made, names, u, s)
	})
}

// Nor does who was erased stay by such work where the split comes behind the erasure.
func TestASplitThatComesBehindLaterWorkBringsNobodyBack(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		old, members := household(t, u)
		names := append(people(t, u, old)[3:], "Nama Sesudah")
		made := split(t, u, old, members[3])
		saveName(t, u, made, "Nama Sesudah")
		entries, err := u.Outbox(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		later := proto.CloneOf(entries[0].Change)
		in := ingest.Prepare(later, &ingest.Sender{Trusted: true}, time.Now().UnixMilli())
		if _, _, err := personService(t, f).Core.Commit(store.AsOperator(t.Context()), later.GetVillage(), []*ingest.Incoming{in}); err != nil {
			t.Fatal(err)
		}
		if kept := keptOf(t, f, made); !strings.Contains(kept, "Nama Sesudah") || strings.Contains(kept, names[0]) {
			t.Fatal("the later work alone should be in")
		}
		erase(t, f, person.Selector{Family: old})
		for range 2 {
			mustSync(t, u)
			mustSync(t, s)
		}
		saysNobodyOf(t, f, made, names, u, s)
	})
}
