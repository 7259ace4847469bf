package field

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Who waits for another's sync waits no longer than was said.
func TestASyncBesideAnotherEndsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour()); err != nil {
		t.Fatal(err)
	}
	held, release, first := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		_, err := u.Sync(t.Context(), func(clientsdk.Progress) {
			once.Do(func() {
				close(held)
				<-release
			})
		})
		first <- err
	}()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := u.Sync(ctx, nil)
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits behind its context's end")
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	mustSync(t, u)
}

// A submission and a verdict are sent too, as is what is saved meanwhile: more is never told
// as sent than there was to be sent, and in the end it is all.
func TestNoMoreIsToldAsSentThanWasToBeSent(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u, boss := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	saved := func() {
		if _, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", nil); err != nil {
			t.Error(err)
		}
	}
	toldHonestly := func(u *clientsdk.User, want int, meanwhile func()) {
		t.Helper()
		var last clientsdk.Progress
		result, err := u.Sync(t.Context(), func(p clientsdk.Progress) {
			if last = p; p.Sent > p.Pending {
				t.Errorf("%d of %d sent", p.Sent, p.Pending)
			}
			meanwhile()
		})
		if err != nil || last.Sent < last.Pending || result.Sent != want || result.Pending != want {
			t.Errorf("%+v in the end, %+v in all, want %d; %v", last, result, want, err)
		}
	}
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	counts, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	toldHonestly(u, counts.Pending+2, func() { once.Do(saved) })
	mustSync(t, boss)
	if _, err := boss.Return(t.Context(), id, clientsdk.Return{Note: "Periksa alamat"}); err != nil {
		t.Fatal(err)
	}
	toldHonestly(boss, 1, func() {})
}
