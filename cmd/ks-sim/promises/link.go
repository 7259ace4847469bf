package promises

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// link is a stream between a device and the server: two queues in order, until
// it is cut.
type link struct {
	up   []upMessage
	down []downMessage
}

type upMessage struct {
	request *ksv1.SyncRequest
	page    *ksv1.UploadPage
}

// reader is the page as the server's machine takes it; nil without one.
func (m upMessage) reader() syncing.PageReader {
	if m.page == nil {
		return nil
	}
	return func() (*ksv1.UploadPage, error) { return m.page, nil }
}

type downMessage struct {
	response *ksv1.SyncResponse
	page     *ksv1.FeedPage
}

type deviceLink struct{ *link }

func (l deviceLink) Send(r *ksv1.SyncRequest) error {
	l.up = append(l.up, upMessage{request: r})
	return nil
}

func (l deviceLink) SendUpload(number uint64, page *ksv1.UploadPage) error {
	chunk := &ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: number}}}
	l.up = append(l.up, upMessage{chunk, proto.Clone(page).(*ksv1.UploadPage)})
	return nil
}

type serverLink struct{ *link }

func (l serverLink) Send(r *ksv1.SyncResponse) error {
	l.down = append(l.down, downMessage{response: r})
	return nil
}

func (l serverLink) SendDownload(number uint64, page *ksv1.FeedPage) error {
	chunk := &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Download{Download: &ksv1.SyncChunk{Number: number}}}
	l.down = append(l.down, downMessage{chunk, page})
	return nil
}

func (l serverLink) UseCompression(ksv1.Compression) error { return nil }

// maxMessages bounds a session: one that needs more does not make progress.
const maxMessages = 20_000

// sync runs one session, over a link that may be cut at any message, with
// crashes of either end at any step where faults are asked for.
func (w *World) sync(ctx context.Context, r *replica, faults bool) error {
	if w.now.Before(r.until) {
		return nil // no signal
	}
	if through, err := w.goOnline(ctx, r, faults); err != nil || !through {
		return err
	}
	w.Report.Sessions++
	cut, crash := -1, false
	if faults && w.rng.IntN(3) == 0 {
		w.Report.Faulty++
		cut = w.rng.IntN(25)
		crash = w.rng.IntN(2) == 0
	}
	caller, err := w.caller(ctx, r.owner)
	if err == nil && r == w.boss {
		err = w.noteAcked(ctx)
	}
	if err != nil {
		return err
	}
	l := &link{}
	// Half of the devices know the server and don't wait for its welcome.
	offer := device.Offer{}
	if w.rng.IntN(2) == 0 {
		offer.Upload = ksv1.Compression_COMPRESSION_IDENTITY
	}
	server := session.New(w.backend, caller, serverLink{l})
	dev, err := device.StartSession(ctx, r.store, deviceLink{l}, "sim", offer)
	if err != nil {
		return err
	}
	for n := 0; !dev.Finished(); n++ {
		if n == cut {
			w.Report.Cuts++
			if crash {
				return w.crashDevice(ctx, r)
			}
			return nil
		}
		if n > maxMessages || len(l.up)+len(l.down) == 0 {
			w.Report.violate("session of device %d stalls after %d messages", r.owner.device, n)
			return nil
		}
		err := w.deliver(ctx, l, caller, server, dev)
		if errors.Is(err, device.ErrReincarnated) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("session of device %d: %w", r.owner.device, err)
		}
	}
	r.settleLoss()
	if dev.Progress.Repaired > 0 || dev.Differing != nil {
		w.Report.violate("device %d and server differed in %d RT after a sync", r.owner.device, dev.Progress.Repaired)
	}
	_, err = w.deliverCarried(ctx, r, faults)
	return err
}

// deliver takes one message in one direction.
func (w *World) deliver(ctx context.Context, l *link, caller *access.Caller, server *session.Session, dev *device.Session) error {
	if len(l.up) > 0 && (len(l.down) == 0 || w.rng.IntN(2) == 0) {
		m := l.up[0]
		l.up = l.up[1:]
		chunks, err := server.Receive(ctx, m.request, m.reader())
		if err != nil {
			return err
		}
		// What came of a database that turned out to be a copy the server has not taken, and
		// its device has given new names.
		if m.page != nil && len(chunks) > 0 {
			w.sent = append(w.sent, m.page)
		}
		for _, chunk := range chunks {
			ack, err := server.CommitChunk(ctx, chunk)
			if err != nil {
				return err
			}
			if err := w.remember(ctx, caller, m.page, ack); err != nil {
				return err
			}
			if err := w.rememberVerdicts(ctx, caller, m.page, ack); err != nil {
				return err
			}
			if err := server.Committed(ctx, ack); err != nil {
				return err
			}
		}
		return nil
	}
	m := l.down[0]
	l.down = l.down[1:]
	if m.page == nil {
		return dev.Receive(ctx, m.response, nil)
	}
	page, err := device.LookAt(m.page)
	if err != nil {
		return err
	}
	return dev.Receive(ctx, m.response, page)
}

// remember keeps what the server has acknowledged. What it says it applied must
// lie where its sender may write.
func (w *World) remember(ctx context.Context, caller *access.Caller, page *ksv1.UploadPage, ack *ksv1.SyncUploadAck) error {
	for i, c := range page.GetChanges() {
		status := ack.GetReceipts()[i].GetStatus()
		w.foreign[merge.ContentHash(c)] = status == ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED
		if status != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED && status != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE {
			continue
		}
		w.acked[merge.ID(c.GetId())] = savedAs(c)
		if status == ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE {
			continue
		}
		former, err := w.formerUser(ctx, c, caller)
		if err != nil {
			return err
		}
		err = w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
			f, err := snap.FindFamily(ctx, []uint32{c.GetVillage()}, merge.ID(c.GetFamilyId()))
			if err == nil && !caller.Collects(f.Village, f.Place) && !former.Collects(f.Village, f.Place) {
				w.Report.violate("scope: work of device %d was merged in village %d RT %s, outside its assignment", caller.Device, f.Village, f.Place)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// replayOne commits an old change once more, as its device would have; one that was made
// under a hand-over no device brings by itself.
func (w *World) replayOne(ctx context.Context, c *ksv1.Change) error {
	if w.handovers.grantOf(c) != nil || w.foreign[merge.ContentHash(c)] {
		return nil
	}
	for _, s := range w.surveyors {
		if s.device != c.GetStamp().GetDevice() {
			continue
		}
		caller, err := w.caller(ctx, s)
		if err != nil {
			return err
		}
		sender := &ingest.Sender{Account: s.account, Device: s.device, MayCollect: true, Covers: caller.Covers}
		in := ingest.Prepare(c, sender, w.serverNow().UnixMilli())
		_, _, err = w.backend.Changes.Commit(ctx, c.GetVillage(), []*ingest.Incoming{in})
		return err
	}
	return nil
}
