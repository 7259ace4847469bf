package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ErrReincarnated ends a session whose database turned out to be a copy: it has
// a new incarnation now, and the next session goes on.
var ErrReincarnated = errors.New("data di perangkat ini ternyata salinan yang juga dipakai di tempat lain; data tetap aman. Sinkronkan sekali lagi untuk melanjutkan pengiriman")

// Link sends to the server; the driver never waits for an answer in it.
type Link interface {
	// Send sends a message as it is.
	Send(*ksv1.SyncRequest) error
	// SendUpload compresses the page into a chunk of the number and sends it.
	SendUpload(number uint64, page *ksv1.UploadPage) error
}

// Progress is how far a session is, in records and honest: totals that are not
// known yet are 0.
type Progress struct {
	// Sent and Pending are changes, submissions and verdicts: those with a receipt, and those
	// to be sent in all, which rise where more is saved meanwhile.
	Sent, Pending int
	// Received and Expected are families stored, and families to come in all: as many as the
	// server announced as the sync began, which rise where more come, as those committed
	// meanwhile, the own work too. At the end of a session both are what came.
	Received, Expected int
	// Refused and Quarantined are receipts of this session.
	Refused, Quarantined int
	// Repaired are RT whose digests differed and that were fetched anew.
	Repaired int
}

// Session drives the device's machine: it carries out each effect on the store
// and the link. It is not safe for concurrent use.
type Session struct {
	store   *Store
	machine *syncing.Device
	link    Link
	// Progress is kept up to date between calls.
	Progress Progress
	// Differing is what still differed after a repair; nil: all digests are
	// equal.
	Differing *ksv1.SyncRepair
	finished  bool
	page      *Page // of the message that is being received
}

// Offer is how a device says that it can compress: by what it can do, best
// first, and where it knows what the server chooses, by what it uses at once.
type Offer struct {
	Compressions []ksv1.Compression
	Upload       ksv1.Compression
	// ChunkBytes bounds a chunk, before compression, below the protocol's bound; 0:
	// the protocol's. What a broken link wastes is at most a chunk on its way.
	ChunkBytes int
}

// StartSession reads what the device holds and sends the opening message, and
// unsent work behind it where the offer names the compression of uploads.
func StartSession(ctx context.Context, store *Store, link Link, sdkVersion string, offer Offer) (*Session, error) {
	open, err := store.openSession(ctx, sdkVersion)
	if err != nil {
		return nil, err
	}
	steps, err := store.unsentSteps(ctx)
	if err != nil {
		return nil, err
	}
	open.Compressions, open.UploadCompression = offer.Compressions, offer.Upload
	machine, first := syncing.OpenDevice(open, offer.ChunkBytes)
	s := &Session{store: store, machine: machine, link: link, Progress: Progress{Pending: int(open.PendingChanges) + steps}}
	return s, s.carryOut(ctx, first)
}

// Finished tells whether everything went both ways and digests were compared.
func (s *Session) Finished() bool { return s.finished }

// Receive takes a message from the server and does all that follows from it.
// Errors: ErrReincarnated, syncing.ErrProtocol, and those of store and link.
// page is the content of a download chunk; nil for other messages.
func (s *Session) Receive(ctx context.Context, response *ksv1.SyncResponse, page *Page) error {
	received := syncing.ResponseReceived{Response: response}
	if page != nil {
		received.Page = page.FeedPage
	}
	s.page = page
	effects, err := s.machine.Handle(received)
	if err != nil {
		return err
	}
	return s.carryOut(ctx, effects)
}

// carryOut does what the machine asks for, and what follows from that.
func (s *Session) carryOut(ctx context.Context, effects []syncing.DeviceEffect) error {
	for len(effects) > 0 {
		event, err := s.do(ctx, effects[0])
		if err != nil {
			return err
		}
		effects = effects[1:]
		if event == nil {
			continue
		}
		more, err := s.machine.Handle(event)
		if err != nil {
			return err
		}
		effects = append(effects, more...)
	}
	return nil
}

// do carries out one effect; what it tells in return, if anything, is an event.
func (s *Session) do(ctx context.Context, effect syncing.DeviceEffect) (syncing.DeviceEvent, error) {
	switch e := effect.(type) {
	case syncing.SendRequest:
		return nil, s.link.Send(e.Request)
	case syncing.SendUpload:
		return nil, s.link.SendUpload(e.Number, e.Page)
	case syncing.ReadPending:
		page, err := s.store.readPending(ctx, e.MaxBytes)
		return syncing.PendingRead{Page: page}, err
	case syncing.StoreWelcome:
		s.Progress.Expected = int(e.Welcome.GetDownloadFamilies())
		return nil, s.store.storeWelcome(ctx, e.Welcome)
	case syncing.Reincarnate:
		if err := s.store.reincarnate(ctx); err != nil {
			return nil, err
		}
		return nil, ErrReincarnated
	case syncing.StoreReceipts:
		err := s.store.storeReceipts(ctx, e.Page, e.Ack)
		if err == nil {
			s.count(e.Ack)
		}
		return nil, err
	case syncing.StorePage:
		err := s.store.storePage(ctx, s.page)
		if err == nil && !comesAgain(e.Page) {
			s.Progress.Received += len(e.Page.GetFamilies())
			s.Progress.Expected = max(s.Progress.Expected, s.Progress.Received)
		}
		return syncing.PageStored{Number: e.Number}, err
	case syncing.CompareDigests:
		differing, err := s.store.compareDigests(ctx, e.Digests)
		for _, v := range differing.GetVillages() {
			s.Progress.Repaired += len(v.GetPlaces())
		}
		return syncing.DigestsCompared{Differing: differing}, err
	case syncing.ReportDifference:
		s.Differing = e.Differing
		return nil, nil
	case syncing.Finish:
		s.finished = true
		s.Progress.Expected = s.Progress.Received // what was announced may be changed or removed since
		return nil, s.store.finishSession(ctx)
	default:
		return nil, fmt.Errorf("unknown effect %T", effect)
	}
}

// comesAgain tells whether a page is one ahead of the feed, whose families are counted
// when they come in their place.
func comesAgain(page *ksv1.FeedPage) bool {
	return page.GetCursor() == nil && page.GetBackfill() == nil && page.GetRepair() == nil
}

func (s *Session) count(ack *ksv1.SyncUploadAck) {
	for _, r := range ack.GetReceipts() {
		switch r.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD:
			continue
		case ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
			s.Progress.Refused++
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
			s.Progress.Quarantined++
		}
		s.Progress.Sent++
	}
	s.Progress.Pending = max(s.Progress.Pending, s.Progress.Sent)
}

func (s *Store) finishSession(ctx context.Context) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		s.identity.lastSyncMS = s.nowMS()
		// What was unsent in villages taken away is safe now.
		return s.finishLeaving(ctx, tx)
	})
	if err == nil {
		s.storeMark()
	}
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

// LastSync is the device time of the last complete sync; zero: never.
func (s *Store) LastSync() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.identity.lastSyncMS == 0 {
		return time.Time{}
	}
	return time.UnixMilli(s.identity.lastSyncMS)
}
