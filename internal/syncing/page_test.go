package syncing_test

import (
	"cmp"
	"testing"

	"google.golang.org/protobuf/proto"

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

// Chunks of uploads grow with what the session has carried, too, from as small as the device's
// links were found to need, and never beyond what the server or the protocol takes.
func TestUploadsGrowWithWhatTheSessionHasCarried(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct{ first, server, largest int }{
		"usual":          {0, syncing.UploadBytes, syncing.UploadBytes},
		"broken links":   {8 << 10, syncing.UploadBytes, syncing.UploadBytes},
		"earlier server": {0, syncing.ChunkBytes, syncing.ChunkBytes},
		"later server":   {0, 2 * syncing.UploadBytes, syncing.UploadBytes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, effects := syncing.OpenDevice(&ksv1.SyncOpen{}, of.first)
			handle := func(e syncing.DeviceEvent) {
				t.Helper()
				more, err := d.Handle(e)
				if err != nil {
					t.Fatal(err)
				}
				effects = append(effects, more...)
			}
			handle(syncing.ResponseReceived{Response: &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Welcome{Welcome: &ksv1.SyncWelcome{ChunkBytes: uint32(of.server)}}}})
			first, carried, largest := cmp.Or(of.first, syncing.ChunkBytes), 0, 0
			for range 200 {
				if len(effects) == 0 {
					t.Fatal("the session stands still")
				}
				next := effects[0]
				effects = effects[1:]
				switch e := next.(type) {
				case syncing.ReadPending:
					if e.MaxBytes > max(first, carried/2) || e.MaxBytes > of.largest {
						t.Fatalf("a chunk of %d bytes after %d", e.MaxBytes, carried)
					}
					largest = max(largest, e.MaxBytes)
					handle(syncing.PendingRead{Page: &ksv1.UploadPage{Changes: []*ksv1.Change{{FamilyId: make([]byte, e.MaxBytes-100)}}}})
				case syncing.SendUpload:
					carried += proto.Size(e.Page)
					ack := &ksv1.SyncUploadAck{Number: e.Number, Receipts: []*ksv1.Receipt{{}}}
					handle(syncing.ResponseReceived{Response: &ksv1.SyncResponse{Message: &ksv1.SyncResponse_UploadAck{UploadAck: ack}}})
				}
			}
			if largest != of.largest {
				t.Errorf("chunks grew to %d bytes, want %d", largest, of.largest)
			}
		})
	}
}
