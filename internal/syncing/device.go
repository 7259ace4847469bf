package syncing

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ErrProtocol is returned when the other end does what the protocol does not
// allow; the session is over, nothing is lost.
var ErrProtocol = errors.New("sync protocol violated")

// DeviceEvent is something that happened to the device's session.
type DeviceEvent interface{ deviceEvent() }

// Events of the device's machine.
type (
	// ResponseReceived: a message came; Page is the content of its download
	// chunk, decompressed and decoded, nil for other messages.
	ResponseReceived struct {
		Response *ksv1.SyncResponse
		Page     *ksv1.FeedPage
	}
	// PendingRead answers ReadPending: the next unsent work in order of saving.
	// An empty page means that there is none.
	PendingRead struct{ Page *ksv1.UploadPage }
	// PageStored answers StorePage: the page and its cursors are durable.
	PageStored struct{ Number uint64 }
	// DigestsCompared answers CompareDigests; Differing has no villages where all
	// is equal.
	DigestsCompared struct{ Differing *ksv1.SyncRepair }
)

func (ResponseReceived) deviceEvent() {}
func (PendingRead) deviceEvent()      {}
func (PageStored) deviceEvent()       {}
func (DigestsCompared) deviceEvent()  {}

// DeviceEffect is something that the device's driver is to do.
type DeviceEffect interface{ deviceEffect() }

// Effects of the device's machine.
type (
	// SendRequest: send the message.
	SendRequest struct{ Request *ksv1.SyncRequest }
	// SendUpload: compress the page into a chunk of this number and send it.
	SendUpload struct {
		Number uint64
		Page   *ksv1.UploadPage
	}
	// ReadPending: read unsent work of up to MaxBytes (at least one change, if
	// there is any) beyond what this session has already read; then tell
	// PendingRead.
	ReadPending struct{ MaxBytes int }
	// StoreWelcome: store the scope, the clock offset and the nonce; forget the
	// cursors and confirmed states of the villages that are reset and offer
	// their work of the last 35 days again.
	StoreWelcome struct{ Welcome *ksv1.SyncWelcome }
	// Reincarnate: the database is a copy; draw a new incarnation, renumber
	// unsent work, and open a new session.
	Reincarnate struct{}
	// StoreReceipts: store what became of the chunk's changes, in one
	// transaction.
	StoreReceipts struct {
		Ack  *ksv1.SyncUploadAck
		Page *ksv1.UploadPage
	}
	// StorePage: store the page with its cursors in one transaction; then tell
	// PageStored.
	StorePage struct {
		Number uint64
		Page   *ksv1.FeedPage
	}
	// CompareDigests: compare with the confirmed states; then tell
	// DigestsCompared.
	CompareDigests struct{ Digests *ksv1.SyncDigests }
	// ReportDifference: digests still differ after a repair; say so loudly.
	ReportDifference struct{ Differing *ksv1.SyncRepair }
	// Finish: everything went both ways; close the stream.
	Finish struct{}
)

func (SendRequest) deviceEffect()      {}
func (SendUpload) deviceEffect()       {}
func (ReadPending) deviceEffect()      {}
func (StoreWelcome) deviceEffect()     {}
func (Reincarnate) deviceEffect()      {}
func (StoreReceipts) deviceEffect()    {}
func (StorePage) deviceEffect()        {}
func (CompareDigests) deviceEffect()   {}
func (ReportDifference) deviceEffect() {}
func (Finish) deviceEffect()           {}

// Device is the device's end of one session.
type Device struct {
	welcomed bool
	over     bool
	// chunkBytes bounds the first chunks, chunkMax all.
	chunkBytes int
	chunkMax   int
	window     window
	nextUpload uint64
	inFlight   map[uint64]*ksv1.UploadPage
	reading    bool
	uploadDone bool
	lastChunk  uint64
	repairs    int
}

// OpenDevice starts a session: what is to be done first. Where the opening
// message names the compression of uploads, they follow at once; otherwise they
// wait for the welcome.
// chunkBytes bounds its first chunks below ChunkBytes; 0: it does not.
func OpenDevice(open *ksv1.SyncOpen, chunkBytes int) (*Device, []DeviceEffect) {
	open.ProtocolVersion = ProtocolVersion
	d := &Device{inFlight: map[uint64]*ksv1.UploadPage{}, chunkBytes: ChunkBytes, chunkMax: UploadBytes}
	if chunkBytes > 0 {
		d.chunkBytes = min(chunkBytes, ChunkBytes)
	}
	effects := []DeviceEffect{SendRequest{&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: open}}}}
	if open.GetUploadCompression() != ksv1.Compression_COMPRESSION_UNSPECIFIED {
		effects = append(effects, d.read()...)
	}
	return d, effects
}

// Handle takes one event. Errors: ErrProtocol.
func (d *Device) Handle(event DeviceEvent) ([]DeviceEffect, error) {
	if d.over {
		return nil, nil
	}
	switch e := event.(type) {
	case ResponseReceived:
		return d.received(e)
	case PendingRead:
		return d.pendingRead(e.Page)
	case PageStored:
		return []DeviceEffect{SendRequest{&ksv1.SyncRequest{Message: &ksv1.SyncRequest_DownloadAck{
			DownloadAck: &ksv1.SyncDownloadAck{Number: e.Number},
		}}}}, nil
	case DigestsCompared:
		return d.digestsCompared(e.Differing)
	default:
		return nil, fmt.Errorf("%w: unknown event %T", ErrProtocol, event)
	}
}

func (d *Device) received(e ResponseReceived) ([]DeviceEffect, error) {
	if w := e.Response.GetWelcome(); w != nil {
		return d.welcome(w)
	}
	if !d.welcomed {
		return nil, fmt.Errorf("%w: message before the welcome", ErrProtocol)
	}
	switch m := e.Response.GetMessage().(type) {
	case *ksv1.SyncResponse_UploadAck:
		return d.uploadAcked(m.UploadAck)
	case *ksv1.SyncResponse_Download:
		if m.Download.GetNumber() != d.lastChunk+1 || e.Page == nil {
			return nil, fmt.Errorf("%w: download chunk %d after %d", ErrProtocol, m.Download.GetNumber(), d.lastChunk)
		}
		d.lastChunk++
		return []DeviceEffect{StorePage{Number: d.lastChunk, Page: e.Page}}, nil
	case *ksv1.SyncResponse_Digests:
		return []DeviceEffect{CompareDigests{m.Digests}}, nil
	case *ksv1.SyncResponse_Done:
		return nil, nil
	default:
		// A newer server may say more than we understand.
		return nil, nil
	}
}

func (d *Device) welcome(w *ksv1.SyncWelcome) ([]DeviceEffect, error) {
	if d.welcomed {
		return nil, fmt.Errorf("%w: a second welcome", ErrProtocol)
	}
	d.welcomed = true
	if w.GetForked() {
		d.over = true
		return []DeviceEffect{Reincarnate{}}, nil
	}
	if n := int(w.GetChunkBytes()); n > 0 {
		d.chunkBytes, d.chunkMax = min(n, d.chunkBytes), min(n, d.chunkMax)
	}
	return append([]DeviceEffect{StoreWelcome{w}}, d.read()...), nil
}

// read asks for unsent work while the window is open.
func (d *Device) read() []DeviceEffect {
	if d.reading || d.uploadDone || !d.window.open() {
		return nil
	}
	d.reading = true
	return []DeviceEffect{ReadPending{MaxBytes: d.uploadBytes()}}
}

// uploadBytes bounds the next chunk: half of what the session has carried, so that what a
// broken link loses is little beside what went through it.
func (d *Device) uploadBytes() int {
	return min(max(d.window.carried/2, d.chunkBytes), d.chunkMax)
}

func (d *Device) pendingRead(page *ksv1.UploadPage) ([]DeviceEffect, error) {
	d.reading = false
	if len(page.GetChanges()) == 0 && len(page.GetSubmissions()) == 0 && len(page.GetDecisions()) == 0 {
		// Where receipts ask for work to be sent again, the next session does.
		d.uploadDone = true
		return []DeviceEffect{SendRequest{&ksv1.SyncRequest{Message: &ksv1.SyncRequest_UploadDone{
			UploadDone: &ksv1.SyncUploadDone{},
		}}}}, nil
	}
	d.nextUpload++
	d.window.sent(d.nextUpload, proto.Size(page))
	d.inFlight[d.nextUpload] = page
	return append([]DeviceEffect{SendUpload{Number: d.nextUpload, Page: page}}, d.read()...), nil
}

func (d *Device) uploadAcked(ack *ksv1.SyncUploadAck) ([]DeviceEffect, error) {
	page := d.inFlight[ack.GetNumber()]
	if page == nil || !d.window.acked(ack.GetNumber()) {
		return nil, fmt.Errorf("%w: ack of chunk %d, which is not under way", ErrProtocol, ack.GetNumber())
	}
	delete(d.inFlight, ack.GetNumber())
	// A server that does not know verdicts yet gives no receipts for them.
	want := len(page.GetChanges()) + len(page.GetSubmissions())
	if got := len(ack.GetReceipts()); got != want && got != want+len(page.GetDecisions()) {
		return nil, fmt.Errorf("%w: %d receipts for %d changes", ErrProtocol, got, want)
	}
	effects := []DeviceEffect{StoreReceipts{Ack: ack, Page: page}}
	if forked(ack) {
		d.over = true
		return append(effects, Reincarnate{}), nil
	}
	return append(effects, d.read()...), nil
}

func forked(ack *ksv1.SyncUploadAck) bool {
	for _, r := range ack.GetReceipts() {
		if r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
			return true
		}
	}
	return false
}

func (d *Device) digestsCompared(differing *ksv1.SyncRepair) ([]DeviceEffect, error) {
	if len(differing.GetVillages()) == 0 {
		d.over = true
		return []DeviceEffect{Finish{}}, nil
	}
	if d.repairs >= RepairRounds {
		d.over = true
		return []DeviceEffect{ReportDifference{differing}, Finish{}}, nil
	}
	d.repairs++
	return []DeviceEffect{SendRequest{&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Repair{Repair: differing}}}}, nil
}
