package session

import (
	"context"
	"errors"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// Slots are all sessions': one that stayed taken would be missing for good.
func TestAChunkThatGoesNoFurtherLeavesItsSlot(t *testing.T) {
	t.Parallel()
	unreadable := errors.New("unreadable")
	readable := func() (*ksv1.UploadPage, error) { return &ksv1.UploadPage{}, nil }
	for name, c := range map[string]struct {
		page   func() (*ksv1.UploadPage, error)
		now    func() time.Time
		finish func(t *testing.T, s *Session, p *PreparedChunk)
	}{
		"can't be decoded":         {page: func() (*ksv1.UploadPage, error) { return nil, unreadable }},
		"panics":                   {page: func() (*ksv1.UploadPage, error) { panic("spoiled") }},
		"panics as it is prepared": {page: readable, now: func() time.Time { panic("no clock") }},
		"is discarded":             {page: readable, finish: func(_ *testing.T, _ *Session, p *PreparedChunk) { p.Discard() }},
		"is not committed": {page: readable, finish: func(t *testing.T, s *Session, p *PreparedChunk) {
			s.waiting = ingest.MaxQuarantined
			if _, err := s.CommitPrepared(t.Context(), p); !errors.Is(err, ingest.ErrQuarantineFull) {
				t.Error(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slots, preparers := make(chan struct{}, 1), make(chan struct{}, 1)
			s := &Session{backend: &Backend{Now: c.now, Slots: slots, Preparers: preparers}, sender: &ingest.Sender{}}
			if c.now == nil {
				s.backend.Now = time.Now
			}
			func() {
				defer func() { _ = recover() }() // as whoever runs the stage does
				p, err := s.PrepareChunk(t.Context(), Chunk{Number: 1, Page: c.page})
				switch {
				case c.finish == nil && err == nil:
					t.Error("was prepared")
				case c.finish != nil && err != nil:
					t.Error(err)
				case c.finish != nil:
					if len(slots) != 1 {
						t.Error("was prepared in no slot")
					}
					c.finish(t, s, p)
				}
			}()
			if len(slots) != 0 || len(preparers) != 0 {
				t.Errorf("still taken: %d slots, %d of those who prepare", len(slots), len(preparers))
			}
		})
	}
}

// One that gives up before it is its turn to be prepared leaves its slot, too.
func TestAChunkWaitsToBePreparedAsLongAsItsSession(t *testing.T) {
	t.Parallel()
	slots, preparers := make(chan struct{}, 1), make(chan struct{}, 1)
	preparers <- struct{}{} // another's
	s := &Session{backend: &Backend{Now: time.Now, Slots: slots, Preparers: preparers}, sender: &ingest.Sender{}}
	ctx, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer end()
	readable := func() (*ksv1.UploadPage, error) { return &ksv1.UploadPage{}, nil }
	if _, err := s.PrepareChunk(ctx, Chunk{Number: 1, Page: readable}); !errors.Is(err, context.DeadlineExceeded) || len(slots) != 0 {
		t.Errorf("out of turn: %v; %d slots are taken", err, len(slots))
	}
}
