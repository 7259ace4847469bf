package app

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// shownMax is how many forms are held as they were shown: a page has one open, and few
// have more than one page. Who goes on with one of before is asked to look again.
const shownMax = 64

// errFormChanged: what a form showed is held no more, as after the app was locked.
var errFormChanged = errors.New("isian keluarga ini perlu dimuat ulang; lihat lagi, lalu ulangi jawaban terakhir")

// shownForm is a family as a form of the page shows it.
type shownForm struct {
	etag string
	id   clientsdk.ID
	mu   sync.Mutex
	seen *clientsdk.Seen // guarded by mu
}

// shownForms are the forms shown last, by etag: a save supersedes what its author saw, not
// what a sync has brought since. Safe for concurrent use; the zero value is ready.
type shownForms struct {
	mu    sync.Mutex
	forms []*shownForm // guarded by mu; the newest last
}

// keep holds a family as it is shown, and names it: by chance, for a page may be open for
// longer than the app runs, and must find nothing that it did not show.
func (s *shownForms) keep(id clientsdk.ID, seen *clientsdk.Seen) (etag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	etag = rand.Text()
	if len(s.forms) == shownMax {
		s.forms = s.forms[1:]
	}
	s.forms = append(s.forms, &shownForm{etag: etag, id: id, seen: seen})
	return etag
}

// find finds what a form showed of a family. Errors: errFormChanged.
func (s *shownForms) find(etag string, id clientsdk.ID) (*shownForm, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.forms {
		if f.etag == etag && f.id == id {
			return f, nil
		}
	}
	return nil, errFormChanged
}

// forget forgets what was shown to whoever was signed in.
func (s *shownForms) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forms = nil
}

// save saves edits by who saw this.
func (f *shownForm) save(ctx context.Context, user *clientsdk.User, edits []clientsdk.Edit) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := user.SaveSeen(ctx, f.id, f.seen, edits...)
	return err
}
