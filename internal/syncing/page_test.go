package syncing_test

import (
	"testing"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Pages grow with what the session has carried: the first are as small as a broken
// link needs, and none is larger than half of what went before.
func TestPagesGrowWithWhatTheSessionHasCarried(t *testing.T) {
	t.Parallel()
	s := syncing.NewServer()
	var effects []syncing.ServerEffect
	handle := func(e syncing.ServerEvent) {
		t.Helper()
		more, err := s.Handle(e)
		if err != nil {
			t.Fatal(err)
		}
		effects = append(effects, more...)
	}
	handle(syncing.RequestReceived{Request: &ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: &ksv1.SyncOpen{}}}})
	handle(syncing.SessionOpened{Welcome: &ksv1.SyncWelcome{}, Villages: []syncing.VillagePlan{{Village: 1}}})
	carried, largest := 0, 0
	for range 200 {
		if len(effects) == 0 {
			t.Fatal("the session stands still")
		}
		next := effects[0]
		effects = effects[1:]
		switch e := next.(type) {
		case syncing.ReadFeed:
			if e.MaxBytes > max(syncing.ChunkBytes, carried/2) || e.MaxBytes > syncing.PageBytes {
				t.Fatalf("a page of %d bytes after %d", e.MaxBytes, carried)
			}
			largest = max(largest, e.MaxBytes)
			state := make([]byte, e.MaxBytes-100)
			handle(syncing.FeedRead{Page: &ksv1.FeedPage{Village: 1, Families: []*ksv1.FeedFamily{{State: state}}}, More: true})
		case syncing.SendDownload:
			carried += len(e.Page.GetFamilies()[0].GetState()) + 100
			handle(syncing.RequestReceived{Request: &ksv1.SyncRequest{Message: &ksv1.SyncRequest_DownloadAck{DownloadAck: &ksv1.SyncDownloadAck{Number: e.Number}}}})
		}
	}
	if largest != syncing.PageBytes {
		t.Errorf("pages grew to %d bytes, want %d", largest, syncing.PageBytes)
	}
}
