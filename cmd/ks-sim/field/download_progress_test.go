package field

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A sync shows no more families as received than are to come, announces those that changed
// however often they did, and ends with all of them received.
func TestProgressOfADownloadEndsAtItsTotal(t *testing.T) {
	onEachEngine(t, 1, progressOfADownloadEndsAtItsTotal)
}

func progressOfADownloadEndsAtItsTotal(t *testing.T, f *Field) {
	u, supervisor := signIn(t, f, "surveyor1"), signIn(t, f, f.Supervisor)
	mustSync(t, u)
	g := NewGenerator(6, 320405, time.Now())
	var ids []clientsdk.ID
	for range 8 {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	progressOf(t, u, "own families", 0, 8)
	progressOf(t, supervisor, "all families", 8, 8)
	for i := range 5 {
		for _, id := range ids[:2] {
			address := &ksv1.Family{Address: proto.String(fmt.Sprint("Jl. ", i))}
			if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: address}); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, u)
	}
	progressOf(t, supervisor, "two families changed five times", 2, 2)
	progressOf(t, supervisor, "nothing", 0, 0)
	if _, err := u.Submit(t.Context(), ids, ""); err != nil {
		t.Fatal(err)
	}
	progressOf(t, u, "own submissions", 0, 8)
	progressOf(t, supervisor, "submissions", 8, 8)
	for _, id := range ids {
		if _, err := supervisor.Approve(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	progressOf(t, supervisor, "own verdicts", 0, 8)
	progressOf(t, u, "verdicts", 8, 8)
}

// progressOf syncs, and looks at what is told as it goes: how many families were announced
// before the first came, and how many came.
func progressOf(t *testing.T, u *clientsdk.User, what string, announced, came int) {
	t.Helper()
	first, last := -1, clientsdk.Progress{}
	result, err := u.Sync(t.Context(), func(p clientsdk.Progress) {
		if first < 0 {
			first = p.Expected
		}
		if p.Received > p.Expected {
			t.Errorf("%s: %d of %d", what, p.Received, p.Expected)
		}
		last = p
	})
	if err != nil {
		t.Fatal(err)
	}
	if first != announced || last.Received != came || last.Expected != came || result.Progress != last {
		t.Errorf("%s: %d were announced, want %d; then %d of %d, want %d; at the end %+v", what, first, announced, last.Received, last.Expected, came, result.Progress)
	}
}

// A first download that was broken off announces what is left of it.
func TestADownloadThatWasBrokenOffAnnouncesTheRest(t *testing.T) {
	onEachEngine(t, 1, aDownloadThatWasBrokenOffAnnouncesTheRest)
}

func aDownloadThatWasBrokenOffAnnouncesTheRest(t *testing.T, f *Field) {
	u, supervisor := signIn(t, f, "surveyor1"), signIn(t, f, f.Supervisor)
	mustSync(t, u)
	const families = 400 // more than a session sends before the first page is acknowledged
	for i := range families {
		if _, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String(fmt.Sprint("Kepala ", i))}); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	received := 0
	_, err := supervisor.Sync(ctx, func(p clientsdk.Progress) {
		if received = p.Received; received > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || received == 0 || received == families {
		t.Fatalf("broken off after %d families: %v", received, err)
	}
	progressOf(t, supervisor, "the rest", families-received, families-received)
}
