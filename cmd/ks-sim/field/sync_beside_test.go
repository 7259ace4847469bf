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
